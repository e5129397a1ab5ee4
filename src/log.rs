//! The log file: capped, for its owner only, off the screen.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::Arc;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::platform::files::private;

/// What libraries say by this way of requests, with their addresses and headers, is left out at compile time.
const _: () = assert!(matches!(::log::STATIC_MAX_LEVEL, ::log::LevelFilter::Off));

/// Starts logging what is at least as bad as `level` (`error`, `warn`, `info`, `debug`, `trace`, `off`). A file of more
/// than `most` bytes is begun anew; the one before it is kept under `.1`.
///
/// # Errors
/// When the file cannot be opened, or the level has another name.
pub fn init(path: &Path, level: &str, most: u64) -> Result<(), String> {
    let level: LevelFilter = level
        .parse()
        .map_err(|_| format!("--log {level}: expected error, warn, info, debug, trace or off"))?;
    let file =
        open(path, most).map_err(|e| format!("The log file {} cannot be opened: {e}.", path.display()))?;
    // Only our own words: what libraries log of requests may hold addresses, headers and names.
    let filter = Targets::new().with_target("retitle", level).with_default(LevelFilter::OFF);
    let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Arc::new(file));
    tracing_subscriber::registry().with(filter).with(layer).try_init().map_err(|e| e.to_string())
}

fn open(path: &Path, most: u64) -> std::io::Result<File> {
    if std::fs::metadata(path).is_ok_and(|m| m.len() > most) {
        std::fs::rename(path, path.with_extension("log.1"))?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    private(&mut options).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_log_is_begun_anew_and_the_one_before_is_kept() {
        let dir = tempfile::TempDir::new().unwrap();
        let path = dir.path().join("retitle.log");
        std::fs::write(&path, "x".repeat(100)).unwrap();
        open(&path, 1_000).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 100);
        open(&path, 50).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 0);
        assert_eq!(std::fs::metadata(dir.path().join("retitle.log.1")).unwrap().len(), 100);
    }
}
