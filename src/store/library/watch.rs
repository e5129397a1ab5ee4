//! Changes that another running copy made, told by the file system and confirmed by SQLite.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};

/// Watches the library's folder. `ask` is called when a look is worth it, at most once until it is no longer `waiting`.
pub(super) fn watch(
    library: &Path,
    waiting: Arc<AtomicBool>,
    ask: impl Fn() + Send + 'static,
) -> notify::Result<RecommendedWatcher> {
    let name = library.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let ours = event.is_ok_and(|event| {
            let written = event.kind.is_modify() || event.kind.is_create();
            written
                && event.paths.iter().any(|path| {
                    path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(&name))
                })
        });
        if ours && !waiting.swap(true, Ordering::AcqRel) {
            ask();
        }
    })?;
    let folder = library.parent().unwrap_or_else(|| Path::new("."));
    watcher.watch(folder, RecursiveMode::NonRecursive)?;
    Ok(watcher)
}
