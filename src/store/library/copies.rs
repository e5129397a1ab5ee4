//! Which running copies are alive. Each holds a lock on a file of its own for as long as it runs; the system lets go of
//! it however the process ends, so a claim of the dead is known for what it is without any guess about process numbers.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::platform::files::{open_or_make, private_folder};

/// This copy's own mark.
#[derive(Debug)]
pub(super) struct Copies {
    folder: PathBuf,
    name: String,
    /// Held, never read.
    _lock: Option<File>,
}

impl Copies {
    /// Takes a name. On a file system without locks every other copy counts as alive.
    pub(super) fn join(library: &Path) -> std::io::Result<Self> {
        let folder = library.with_extension("copies");
        private_folder(&folder)?;
        let name = Uuid::new_v4().to_string();
        let file = open_or_make(&folder.join(&name))?;
        let lock = file.try_lock().is_ok().then_some(file);
        Ok(Self { folder, name, _lock: lock })
    }

    /// The name that claims bear.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether the copy of this name still runs.
    pub(super) fn is_alive(&self, name: &str) -> bool {
        name == self.name || is_alive(&self.folder, name)
    }
}

/// Whether any copy that has this library open still runs, beside the one of this name.
pub(super) fn any_alive(library: &Path, beside: Option<&str>) -> bool {
    let folder = library.with_extension("copies");
    let files = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
    names.filter(|name| Some(name.as_str()) != beside).any(|name| is_alive(&folder, &name))
}

/// Whether the copy of this name still runs. The file of a dead one is taken away.
fn is_alive(folder: &Path, name: &str) -> bool {
    // The name comes out of the database; it must not lead elsewhere.
    if Uuid::parse_str(name).is_err() {
        return false;
    }
    let path = folder.join(name);
    match OpenOptions::new().write(true).open(&path).map(|file| file.try_lock()) {
        Ok(Err(TryLockError::WouldBlock | TryLockError::Error(_))) => true,
        Ok(Ok(())) => {
            let _ = std::fs::remove_file(&path);
            false
        }
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    }
}

impl Drop for Copies {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.folder.join(&self.name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_alive_until_it_is_gone_however_it_went() {
        let dir = tempfile::TempDir::new().unwrap();
        let path = dir.path().join("library.db");
        let (one, two) = (Copies::join(&path).unwrap(), Copies::join(&path).unwrap());
        assert!(one.is_alive(two.name()) && two.is_alive(one.name()) && one.is_alive(one.name()));
        let name = two.name().to_owned();
        drop(two);
        assert!(!one.is_alive(&name), "left in order");
        // A kill leaves the file and takes the lock.
        let dead = Uuid::new_v4().to_string();
        std::fs::write(dir.path().join("library.copies").join(&dead), "").unwrap();
        assert!(!one.is_alive(&dead));
        assert!(!one.is_alive("../library.db"));
    }
}
