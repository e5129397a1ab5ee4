//! Moving, filtering, copying, opening.

use url::Url;

use crate::core::effect::Effect;
use crate::core::line::LineEdit;
use crate::core::model::{Mode, Model, Pending};
use crate::core::notice::Notice;
use crate::core::session::SessionId;
use crate::core::store::StoreCall;

/// Rows in one page: the height, less one for the eye.
pub(super) fn page(model: &Model) -> isize {
    isize::try_from(model.list_height()).unwrap_or(isize::MAX).saturating_sub(1).max(1)
}

pub(super) fn open_filter(model: &mut Model) {
    model.mode = Mode::Filter(LineEdit::new(model.list.filter()));
}

/// Esc on the list: the message goes, and without one the filter.
pub(super) fn clear(model: &mut Model) {
    if model.notice.take().is_none() {
        model.list.set_filter("");
    }
}

/// The portal's address of a session.
///
/// The form stands in Microsoft's own samples and is not documented; it names no workspace.
fn link(portal: &str, id: &SessionId) -> Option<String> {
    let mut url = Url::parse(portal).ok()?;
    url.path_segments_mut().ok()?.pop_if_empty().extend(["sessions", id.as_str()]);
    Some(url.into())
}

pub(super) fn open_portal(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(id) = chosen_id(model) else { return };
    let Some(url) = link(&model.settings.portal, &id) else { return };
    let key = model.key(&id);
    let now = model.now;
    if let Some(session) = model.list.get_mut(&key) {
        session.opened = Some(now);
        let session = session.clone();
        let req = model.ask(Pending::Remember);
        out.push(Effect::Store(req, StoreCall::Remember(vec![session])));
    }
    model.notice = Some(Notice::info(now, format!("Opening {url}")));
    out.push(Effect::OpenUrl(url));
}

pub(super) fn copy_id(model: &mut Model, out: &mut Vec<Effect>) {
    if let Some(id) = chosen_id(model) {
        copy(model, id.as_str().into(), "ID", out);
    }
}

pub(super) fn copy_link(model: &mut Model, out: &mut Vec<Effect>) {
    let url = chosen_id(model).and_then(|id| link(&model.settings.portal, &id));
    if let Some(url) = url {
        copy(model, url, "Link", out);
    }
}

/// Whether a terminal takes the text cannot be known, so the words do not claim it.
pub(super) fn copy(model: &mut Model, text: String, what: &str, out: &mut Vec<Effect>) {
    model.notice = Some(Notice::info(model.now, format!("{what} sent to the terminal's clipboard: {text}")));
    out.push(Effect::Copy(text));
}

fn chosen_id(model: &mut Model) -> Option<SessionId> {
    let id = model.chosen().map(|s| s.key.id.clone());
    if id.is_none() {
        model.notice = Some(Notice::info(model.now, "No session is selected."));
    }
    id
}
