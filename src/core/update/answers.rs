//! Answers of Graph and of the library, each handed to who asked for it. One with an unknown number changes nothing.

use super::{
    add, batch, conflict, create, errand, last, many, menu, peek, reload, rename, save, turns, undo, walk,
};
use crate::core::effect::Effect;
use crate::core::fault::Fault;
use crate::core::model::Model;
use crate::core::msg::{GraphReply, ReqId};
use crate::core::pending::Pending;
use crate::core::store::{Newest, StoreReply};

impl Model {
    pub(super) fn graph_answered(
        &mut self,
        req: ReqId,
        answer: Result<GraphReply, Fault>,
        out: &mut Vec<Effect>,
    ) {
        match self.pending.remove(&req) {
            Some(Pending::Page) => walk::page(self, req, answer, out),
            Some(Pending::Look(key)) => walk::looked(self, &key, answer, out),
            Some(Pending::Learn(key)) => errand::learnt(self, &key, answer, out),
            Some(Pending::Add) => add::answered(self, req, answer, out),
            Some(Pending::Base(key)) => conflict::answered(self, &key, req, answer, out),
            Some(Pending::Check(key)) => save::checked(self, &key, req, answer, out),
            Some(Pending::Send(key)) => save::sent(self, &key, req, answer, out),
            Some(Pending::SendMany(keys)) => many::answered(self, &keys, req, answer, out),
            Some(Pending::Workspaces(profile)) => menu::workspaces_came(self, &profile, answer),
            Some(Pending::Prompts(key)) => peek::prompts_came(self, &key, answer),
            Some(Pending::Create(profile, name)) => {
                create::answered(self, req, (&profile, &name), answer, out);
            }
            // An answer to a request that was never made of Graph: put it back and change nothing.
            Some(
                other @ (Pending::Commit(_)
                | Pending::CommitAll
                | Pending::Settle(_)
                | Pending::Draft(_)
                | Pending::Remember
                | Pending::RememberSome
                | Pending::Claim(_)
                | Pending::Load
                | Pending::Reload
                | Pending::Find(_)
                | Pending::Recall
                | Pending::Renames(_)
                | Pending::History),
            ) => {
                self.pending.insert(req, other);
            }
            None => {}
        }
    }

    pub(super) fn store_answered(
        &mut self,
        req: ReqId,
        answer: Result<StoreReply, Fault>,
        out: &mut Vec<Effect>,
    ) {
        match self.pending.remove(&req) {
            Some(Pending::Commit(key)) => save::committed(self, &key, req, answer, out),
            Some(Pending::CommitAll) => batch::committed(self, req, answer),
            Some(Pending::Draft(key)) => match answer {
                Ok(_) => drop(self.unkept.remove(&key)),
                Err(fault) => rename::draft_refused(self, &key, &fault),
            },
            Some(Pending::Claim(key)) => turns::turned(self, &key, answer, out),
            Some(Pending::Load) => reload::loaded(self, answer, out),
            Some(Pending::Reload) => reload::answered(self, answer, out),
            Some(Pending::Find(Newest::Batch)) => last::came(self, answer),
            Some(Pending::Find(what)) => undo::found(self, what, answer, out),
            Some(Pending::History) => undo::came(self, answer),
            Some(Pending::Recall) => rename::recalled(self, answer),
            Some(Pending::Renames(key)) => peek::renames_came(self, &key, answer),
            Some(Pending::Settle(_) | Pending::Remember | Pending::RememberSome) => {
                if let Err(fault) = answer {
                    self.complain(fault.say);
                }
            }
            Some(
                other @ (Pending::Page
                | Pending::Look(_)
                | Pending::Learn(_)
                | Pending::Add
                | Pending::Base(_)
                | Pending::Check(_)
                | Pending::Send(_)
                | Pending::SendMany(_)
                | Pending::Workspaces(_)
                | Pending::Prompts(_)
                | Pending::Create(..)),
            ) => {
                self.pending.insert(req, other);
            }
            None => {}
        }
    }
}
