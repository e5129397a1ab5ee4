//! A recording on disk: one JSON object a line, for its owner only.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;

use uuid::Uuid;

use crate::core::fault::{Fault, FaultKind};
use crate::core::record::{Blur, Line};
use crate::platform::files::private;
use crate::ports::Recorder;

/// A file that is being written; `None` after a failure.
#[derive(Debug)]
pub struct Recording {
    file: Mutex<Option<File>>,
    blur: Blur,
}

impl Recording {
    /// Begins a file. One that is there already is not overwritten.
    ///
    /// # Errors
    /// `Disk` when it exists or cannot be made.
    pub fn begin(path: &Path) -> Result<Self, Fault> {
        let mut options = OpenOptions::new();
        options.create_new(true).write(true);
        let file = private(&mut options).open(path).map_err(|error| {
            Fault::new(FaultKind::Disk, format!("--record: {} cannot be made: {error}.", path.display()))
        })?;
        let (high, low) = Uuid::new_v4().as_u64_pair();
        Ok(Self { file: Mutex::new(Some(file)), blur: Blur { salt: high ^ low } })
    }
}

impl Recorder for Recording {
    fn write(&self, line: &Line) {
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let written = file.as_mut().map(|file| {
            let mut bytes = serde_json::to_vec(line)?;
            bytes.push(b'\n');
            file.write_all(&bytes)
        });
        if let Some(Err(error)) = written {
            tracing::warn!(%error, "the recording ends here");
            *file = None;
        }
    }

    fn blur(&self) -> Blur {
        self.blur
    }
}
