//! Where files lie, and that they are ours alone.

use crate::core::bulk::sheet::FILE_BEGINS;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use crate::core::fault::{Fault, FaultKind};
use crate::platform::files::{private_folder, too_open};

/// All places of one run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Paths {
    pub config: PathBuf,
    pub state: PathBuf,
}

impl Paths {
    /// What the system suggests, unless told otherwise. Tokens and names belong into local state: a cache folder is
    /// cleaned by others, and a roaming one leaves the machine.
    ///
    /// # Errors
    /// When the system names no home folder and nothing was told.
    pub fn find(config: Option<&Path>, state: Option<&Path>) -> Result<Self, Fault> {
        let dirs = ProjectDirs::from("", "", "retitle");
        let homeless =
            || Fault::new(FaultKind::Disk, "No home folder is known. Give --config and --state-dir.");
        let config = match (config, &dirs) {
            (Some(path), _) => path.to_owned(),
            (None, Some(dirs)) => dirs.config_dir().join("config.toml"),
            (None, None) => return Err(homeless()),
        };
        let state = match (state, &dirs) {
            (Some(path), _) => path.to_owned(),
            (None, Some(dirs)) => dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir()).to_owned(),
            (None, None) => return Err(homeless()),
        };
        Ok(Self { config, state })
    }

    /// The folder of the token cache.
    pub fn auth(&self) -> PathBuf {
        self.state.join("auth")
    }

    /// The library.
    pub fn library(&self) -> PathBuf {
        self.state.join("library.db")
    }

    /// The log file.
    pub fn log(&self) -> PathBuf {
        self.state.join("retitle.log")
    }

    /// Makes the state folders, for their owner only.
    ///
    /// # Errors
    /// When a folder cannot be made, or cannot be made private.
    pub fn prepare(&self) -> Result<(), Fault> {
        for folder in [self.state.clone(), self.auth()] {
            private_folder(&folder).map_err(|error| {
                let words = format!(
                    "The folder {} cannot be used for retitle's state: {error}. Choose another with --state-dir.",
                    folder.display()
                );
                Fault::new(FaultKind::Disk, words)
            })?;
        }
        Ok(())
    }
}

/// Names in files for an editor: of a retitle that ended while it was open, or of one that still runs.
pub fn left_by_editors(paths: &Paths) -> Vec<PathBuf> {
    belongings(paths)
        .into_iter()
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(FILE_BEGINS)))
        .collect()
}

/// Everything of ours in the state folder, and nothing else that somebody may keep there.
pub fn belongings(paths: &Paths) -> Vec<PathBuf> {
    let ours = |name: &str| {
        ["library.", "retitle.log", FILE_BEGINS].iter().any(|begins| name.starts_with(begins))
            || ["auth", "demo-port", "simulator.json"].contains(&name)
    };
    let files = std::fs::read_dir(&paths.state).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        files.filter(|file| ours(&file.file_name().to_string_lossy())).map(|file| file.path()).collect();
    found.sort_unstable();
    found
}

/// Erases a file, or a folder with all that is in it.
///
/// # Errors
/// When something cannot be removed.
pub fn erase(path: &Path) -> std::io::Result<()> {
    if std::fs::symlink_metadata(path)?.is_dir() {
        std::fs::remove_dir_all(path)
    } else {
        std::fs::remove_file(path)
    }
}

/// What is not as private as it should be, of the folders and of every file in them; the words name it.
pub fn exposed(paths: &Paths) -> Vec<String> {
    [paths.state.clone(), paths.auth()]
        .iter()
        .flat_map(|folder| {
            let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
            std::iter::once(folder.clone())
                .chain(files)
                .filter_map(|path| too_open(&path))
                .collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn state_folders_are_for_their_owner_only_even_if_they_were_wider() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::TempDir::new().unwrap();
        let state = dir.path().join("a/b");
        std::fs::create_dir_all(&state).unwrap();
        std::fs::set_permissions(&state, std::fs::Permissions::from_mode(0o755)).unwrap();
        let paths = Paths::find(None, Some(&state)).unwrap();
        paths.prepare().unwrap();
        for folder in [paths.state.clone(), paths.auth()] {
            assert_eq!(std::fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
        }
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let dir = tempfile::TempDir::new().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        let fault = Paths::find(None, Some(&file.join("state"))).unwrap().prepare().unwrap_err();
        assert!(fault.say.contains("file/state") && fault.say.contains("--state-dir"), "{}", fault.say);
    }
}
