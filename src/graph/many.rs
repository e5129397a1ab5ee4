//! `POST {graph}/$batch`: several renames in one request (Graph's page on JSON batching).

use std::collections::HashMap;

use reqwest::header::DATE;
use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use url::Url;

use super::GraphClient;
use super::calls::{Failed, Request, Success, refusal};
use super::fault::Asked;
use super::wire::{Batch, BatchAnswer, BatchHeaders, BatchPart, PartAnswer, Rename};
use crate::core::effect::{MOST_IN_BATCH, Part};
use crate::core::fault::{Fault, FaultKind};
use crate::core::session::{Account, Entity};
use crate::ports::Rejected;

/// What a rename brings: the session as it is now, and the server's id of the request.
type Renamed = (Entity, Option<String>);

/// One rename of a batch and its answer.
struct Slot<'p> {
    part: &'p Part,
    answer: Result<Renamed, Failed>,
}

impl GraphClient {
    /// Sends these in one request; one answer each, in their order. Fails when the request as a whole did.
    pub(super) async fn rename_many(
        &self,
        account: &Account,
        parts: &[Part],
    ) -> Result<Vec<Result<Renamed, Fault>>, Fault> {
        let (mut slots, token) = self.batch(account, parts.iter()).await?;
        let refused: Vec<&mut Slot<'_>> =
            slots.iter_mut().filter(|slot| matches!(slot.answer, Err(Failed::Token { .. }))).collect();
        if !refused.is_empty() {
            let claims = refused.iter().find_map(|slot| claims(&slot.answer));
            let renewed = self.once_more(account, Rejected { token, claims }, &refused).await;
            match renewed {
                Ok(second) => {
                    for (slot, new) in refused.into_iter().zip(second) {
                        slot.answer = new.answer;
                    }
                }
                Err(fault) => {
                    for slot in refused {
                        slot.answer = Err(Failed::Otherwise(fault.clone()));
                    }
                }
            }
        }
        Ok(slots.into_iter().map(|slot| slot.answer.map_err(Failed::into_fault)).collect())
    }

    /// What was refused for its token, and only that, with a fresh one: what single requests get too.
    async fn once_more<'p>(
        &self,
        account: &Account,
        rejected: Rejected,
        refused: &[&mut Slot<'p>],
    ) -> Result<Vec<Slot<'p>>, Fault> {
        self.tokens.access_token(account.clone(), Some(rejected)).await?;
        let (slots, _) = self.batch(account, refused.iter().map(|slot| slot.part)).await?;
        if let Some(claims) = slots.iter().find_map(|slot| claims(&slot.answer)) {
            self.tokens.challenged(claims);
        }
        Ok(slots)
    }

    async fn batch<'p>(
        &self,
        account: &Account,
        parts: impl Iterator<Item = &'p Part>,
    ) -> Result<(Vec<Slot<'p>>, SecretString), Fault> {
        let parts: Vec<(String, &Part)> = (1..).map(|n: usize| n.to_string()).zip(parts).collect();
        let bug = |words| Fault::new(FaultKind::Bug, words);
        let first = parts.first().ok_or_else(|| bug("A batch of nothing."))?.1;
        if parts.len() > MOST_IN_BATCH {
            return Err(bug("More renames than fit into one batch."));
        }
        // A part without an address fails alone.
        let requests = parts.iter().filter_map(|(id, part)| self.part(id, part).ok()).collect();
        let body = serde_json::to_vec(&Batch { requests })
            .map_err(|_| bug("The names cannot be put into a request."))?;
        let request = Request {
            asked: Asked::RenameMany,
            method: Method::POST,
            url: self.below_base(["$batch"].iter())?,
            body: Some(body),
            workspace: first.workspace.clone(),
        };
        let (answer, token) = self.send_with_token(account, request).await?;
        let mut answers = read(&answer).ok_or_else(|| self.unreadable(&answer))?;
        let slots = parts.into_iter().map(|(id, part)| match answers.remove(&id) {
            Some(own) => self.judge(part, &own, &answer),
            None => {
                let fault = self.part(&id, part).err().unwrap_or_else(|| self.left_out(&answer));
                Slot { part, answer: Err(fault.into()) }
            }
        });
        Ok((slots.collect(), token))
    }

    fn part<'a>(&self, id: &'a str, part: &'a Part) -> Result<BatchPart<'a>, Fault> {
        let url = self.address(&[part.workspace.as_str(), "sessions", part.id.as_str()])?;
        Ok(BatchPart {
            id,
            method: "PATCH",
            url: self.relative(&url),
            headers: BatchHeaders { content_type: "application/json" },
            body: Rename::to(part.name.as_deref()),
        })
    }

    /// An address as a part of a batch names it: what comes behind the base.
    fn relative(&self, url: &Url) -> String {
        let base = self.base.path().trim_end_matches('/');
        url.path().strip_prefix(base).unwrap_or_else(|| url.path()).to_owned()
    }

    /// Takes a part's answer as that of a request of its own. What it does not say, the whole does.
    fn judge<'p>(&self, part: &'p Part, own: &PartAnswer, whole: &Success) -> Slot<'p> {
        let mut headers = own.headers();
        if let (Some(date), false) = (whole.headers.get(DATE), headers.contains_key(DATE)) {
            headers.insert(DATE, date.clone());
        }
        let answer = Success { body: own.body(), headers };
        let request_id = answer.request_id().or_else(|| whole.request_id());
        let answer = match StatusCode::from_u16(own.status) {
            Ok(StatusCode::OK) => match self.session(&answer, &part.id) {
                Ok(entity) => Ok((entity, request_id)),
                Err(fault) => Err(fault.into()),
            },
            Ok(status) if status.is_success() => {
                Err(self.odd_success(status).with_request_id(request_id).into())
            }
            Ok(status) => Err(refusal(Asked::Rename, &part.workspace, status, &answer.headers, &answer.body)),
            Err(_) => Err(self.left_out(whole).into()),
        };
        Slot { part, answer }
    }

    fn left_out(&self, whole: &Success) -> Fault {
        let words = format!("{} left this rename out of its answer.", self.host());
        Fault::new(FaultKind::Unclear, words).with_request_id(whole.request_id())
    }
}

fn claims(answer: &Result<Renamed, Failed>) -> Option<String> {
    match answer {
        Err(Failed::Token { claims, .. }) => claims.clone(),
        Err(Failed::Otherwise(_)) | Ok(_) => None,
    }
}

/// The parts by their ids. Of two with one id the first counts; nobody can tell what the other is about.
fn read(answer: &Success) -> Option<HashMap<String, PartAnswer>> {
    let all = serde_json::from_slice::<BatchAnswer>(&answer.body).ok()?;
    let mut by_id = HashMap::new();
    for part in all.responses {
        if let Ok(part) = serde_json::from_value::<PartAnswer>(part) {
            by_id.entry(part.id.clone()).or_insert(part);
        }
    }
    Some(by_id)
}
