//! Files and folders for their owner only. On Windows the access list under LOCALAPPDATA is its owner's already, so there
//! each of these does what is left to do.

use std::fs::{File, Metadata, OpenOptions};
use std::io::Result;
use std::path::Path;
use std::time::SystemTime;

/// A file that these options make is its owner's only.
pub fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Opens a file for writing as it is; one that is missing is made, its owner's only.
///
/// # Errors
/// When it cannot be made or opened.
pub fn open_or_make(path: &Path) -> Result<File> {
    private(OpenOptions::new().create(true).truncate(false).write(true)).open(path)
}

/// Makes a file private that others can read; it may have come out of a backup.
///
/// # Errors
/// When it cannot be looked at or changed.
pub fn tighten(path: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if std::fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// What tells that a file is the one that it was, unchanged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Version {
    len: u64,
    modified: Option<SystemTime>,
    /// Device, number and last change of any kind, where there are such.
    identity: (u64, u64, i64, i64),
}

impl Version {
    /// The version of a file that these are about.
    pub fn of(meta: &Metadata) -> Self {
        #[cfg(unix)]
        let identity = {
            use std::os::unix::fs::MetadataExt;
            (meta.dev(), meta.ino(), meta.ctime(), meta.ctime_nsec())
        };
        #[cfg(not(unix))]
        let identity = (0, 0, 0, 0);
        Self { len: meta.len(), modified: meta.modified().ok(), identity }
    }
}

/// Makes a folder, or the one that is there, its owner's only.
///
/// # Errors
/// When it cannot be made, or cannot be made private.
#[cfg(unix)]
pub fn private_folder(path: &Path) -> Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    if std::fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Makes a folder.
///
/// # Errors
/// When it cannot be made.
#[cfg(not(unix))]
pub fn private_folder(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path)
}

/// The mode of a file, where files have one.
#[cfg(unix)]
pub fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    Some(std::fs::metadata(path).ok()?.permissions().mode() & 0o777)
}

/// The mode of a file, where files have one.
#[cfg(not(unix))]
pub fn mode(_: &Path) -> Option<u32> {
    None
}

/// Why a file or folder is not as private as it should be, if so.
#[cfg(unix)]
pub fn too_open(path: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let meta = std::fs::metadata(path).ok()?;
    if meta.uid() != rustix::process::geteuid().as_raw() {
        return Some(format!("{} belongs to another user", path.display()));
    }
    let mode = meta.mode() & 0o777;
    (mode & 0o077 != 0).then(|| format!("{} can be read by others (mode {mode:03o})", path.display()))
}

/// Why a file or folder is not as private as it should be, if so.
#[cfg(not(unix))]
pub fn too_open(_: &Path) -> Option<String> {
    None
}

/// Puts what was renamed in a folder on the disk. Elsewhere than on Unix a folder cannot be opened for that.
///
/// # Errors
/// When the disk refuses.
pub fn sync_folder(path: &Path) -> Result<()> {
    #[cfg(unix)]
    File::open(path)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Whether what is said there is kept in a file.
#[cfg(unix)]
pub fn is_file(stream: &std::io::Stderr) -> bool {
    use std::os::fd::AsFd;
    let kept = stream.as_fd().try_clone_to_owned().map(File::from);
    kept.and_then(|file| file.metadata()).is_ok_and(|meta| meta.is_file())
}

/// What stands behind a handle is not told simply here, so the careful answer is given.
#[cfg(not(unix))]
pub fn is_file(_: &std::io::Stderr) -> bool {
    true
}
