//! The desktop around the terminal: the browser and the clipboard.

use std::hash::{DefaultHasher, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, PoisonError};

use arboard::Clipboard;
use tokio::process::Command;
use webbrowser::{Browser, BrowserOptions, open_browser_with_options};

use crate::core::bulk::sheet::FILE_BEGINS;
use crate::core::fault::{Fault, FaultKind};
use crate::platform;
use crate::ports::{Answer, Desk};

/// The system's browser, clipboard and editor.
pub struct SystemDesk {
    /// Where the text lies while it is edited: names are nobody else's business, so not in a folder for all.
    folder: PathBuf,
    /// Kept open: on X11 and Wayland the text lives as long as who offers it.
    clipboard: Arc<Mutex<Option<Clipboard>>>,
}

impl SystemDesk {
    /// The desktop, with a folder of the person's own for texts that are edited.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, clipboard: Arc::default() }
    }
}

/// The person's editor on a file: `$VISUAL`, else `$EDITOR`, else what every system has. As a shell reads it, so that
/// options and quotes mean what they mean elsewhere.
fn editor(file: &Path) -> Command {
    let named = ["VISUAL", "EDITOR"].into_iter().filter_map(std::env::var_os).find(|name| !name.is_empty());
    if platform::WINDOWS {
        // No shell takes it apart there: a program's path may hold spaces, else what follows it are its options.
        let named = named.map_or_else(|| "notepad".to_owned(), |name| name.to_string_lossy().into_owned());
        let mut words = named.split_whitespace();
        let program = if Path::new(&named).exists() { None } else { words.next() };
        let mut command = Command::new(program.unwrap_or(&named));
        if program.is_some() {
            command.args(words);
        }
        command.arg(file);
        return command;
    }
    let mut script = named.unwrap_or_else(|| "vi".into());
    script.push(" \"$1\"");
    let mut command = Command::new("sh");
    command.arg("-c").arg(script).arg("sh").arg(file);
    command
}

/// A number for a text: the file's name tells by it whether anybody has changed what is in the file.
fn number(text: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(text);
    format!("{:016x}-", hasher.finish())
}

/// Of files that editors had when retitle ended, removes those in which nobody's words can be, and returns the rest. Only
/// for who knows that no copy runs that has one open.
pub fn tidy(left: Vec<PathBuf>) -> Vec<PathBuf> {
    let untouched = |path: &PathBuf| {
        let name = path.file_name()?.to_str()?.strip_prefix(FILE_BEGINS)?.to_owned();
        name.starts_with(&number(&std::fs::read(path).ok()?)).then_some(())
    };
    left.into_iter().filter(|path| untouched(path).is_none() || std::fs::remove_file(path).is_err()).collect()
}

async fn edit(folder: &Path, text: &str, typed: bool) -> std::io::Result<Result<String, ExitStatus>> {
    let number = if typed { String::new() } else { number(text.as_bytes()) };
    let begins = format!("{FILE_BEGINS}{number}");
    let mut file = tempfile::Builder::new().prefix(&begins).suffix(".tsv").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.flush()?;
    let status = editor(file.path()).status().await?;
    if !status.success() {
        return Ok(Err(status));
    }
    // By its path: many editors put a new file in its place.
    std::fs::read(file.path()).map(|bytes| Ok(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Whether a browser has anywhere to appear. A system without a display starts one all the same, and it ends unseen; that
/// cannot be told from one that opened. Whoever names a browser has one that needs no display, or shows it elsewhere.
fn has_display(named: impl Fn(&str) -> bool) -> bool {
    platform::WINDOWED || ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "WSL_DISTRO_NAME"].into_iter().any(named)
}

impl Desk for SystemDesk {
    fn edit(&self, text: String, typed: bool) -> Answer<String> {
        let folder = self.folder.clone();
        Box::pin(async move {
            let words = match edit(&folder, &text, typed).await {
                Ok(Ok(text)) => return Ok(text),
                Ok(Err(status)) => format!("The editor ended with {status}, so no name is changed."),
                Err(error) => format!("The editor cannot be run: {error}. VISUAL or EDITOR names one."),
            };
            Err(Fault::new(FaultKind::Refused, words))
        })
    }

    fn open(&self, url: String) -> Answer<()> {
        Box::pin(async move {
            if !has_display(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty())) {
                let words = format!("No display for a browser: open {url} yourself.");
                return Err(Fault::new(FaultKind::Bug, words));
            }
            let address = url.clone();
            let opened = tokio::task::spawn_blocking(move || {
                // A browser's own words must not land on our screen.
                let quiet = BrowserOptions::new().with_suppress_output(true).to_owned();
                open_browser_with_options(Browser::Default, &address, &quiet)
            })
            .await;
            match opened {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) | Err(_) => {
                    Err(Fault::new(FaultKind::Bug, format!("No browser opened: open {url} yourself.")))
                }
            }
        })
    }

    fn copy(&self, text: String) -> Answer<bool> {
        let clipboard = Arc::clone(&self.clipboard);
        Box::pin(async move {
            // Over ssh this machine's clipboard is not the one under the person's hands.
            let far = ["SSH_CONNECTION", "SSH_TTY"].iter().any(|name| std::env::var_os(name).is_some());
            if far {
                return Ok(false);
            }
            let copied = tokio::task::spawn_blocking(move || {
                let mut kept = clipboard.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.is_none() {
                    *kept = Clipboard::new().ok();
                }
                kept.as_mut().is_some_and(|clipboard| clipboard.set_text(text).is_ok())
            })
            .await;
            Ok(copied.unwrap_or(false))
        })
    }
}
