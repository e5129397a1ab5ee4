//! Changing a few keys of the file and leaving every comment and order in it as it is.

use std::io::Write;
use std::path::Path;

use toml_edit::{DocumentMut, Item, Table, value};

/// The text with these keys set: at the top level, or in a profile.
///
/// # Errors
/// When the text is no TOML, or a table is something else.
pub fn with_values(text: &str, profile: &str, values: &[(&str, &str)]) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|_| {
        "the file is no TOML; retitle config check says where, and nothing is changed".to_owned()
    })?;
    let table = if profile == "default" {
        document.as_table_mut()
    } else {
        let mut outer = Table::new();
        outer.set_implicit(true);
        document
            .entry("profiles")
            .or_insert(Item::Table(outer))
            .as_table_mut()
            .ok_or("profiles is no table in the file")?
            .entry(profile)
            .or_insert(Item::Table(Table::new()))
            .as_table_mut()
            .ok_or_else(|| format!("profiles.{profile} is no table in the file"))?
    };
    for (key, new) in values {
        match table.get_mut(key).and_then(Item::as_value_mut) {
            Some(old) => {
                // What stands around the value, comments above all, stays.
                let decor = old.decor().clone();
                *old = (*new).into();
                *old.decor_mut() = decor;
            }
            None => {
                table.insert(key, value(*new));
            }
        }
    }
    Ok(document.to_string())
}

/// Writes the file as a whole or not at all. A link is followed, so that it stays one.
///
/// # Errors
/// When a folder or the file cannot be written.
pub fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(text.as_bytes())?;
    if let Ok(meta) = std::fs::metadata(&target) {
        new.as_file().set_permissions(meta.permissions())?;
    }
    new.as_file().sync_all()?;
    new.persist(&target).map_err(|e| e.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_order_and_other_keys_stay() {
        let before = "# mine\nclient_id = \"old\"  # why\n\n[ui]\nglyphs = \"ascii\"\n";
        let after = with_values(before, "default", &[("client_id", "new"), ("tenant", "t")]).unwrap();
        assert_eq!(after, "# mine\nclient_id = \"new\"  # why\ntenant = \"t\"\n\n[ui]\nglyphs = \"ascii\"\n");
        let profile = with_values(before, "contoso", &[("tenant", "t")]).unwrap();
        assert_eq!(profile, format!("{before}\n[profiles.contoso]\ntenant = \"t\"\n"));
        assert!(with_values("a = ", "default", &[]).is_err());
        assert!(with_values("profiles = 1", "x", &[]).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_the_mode_stays_the_mode() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::TempDir::new().unwrap();
        let (real, link) = (dir.path().join("dotfiles.toml"), dir.path().join("config.toml"));
        std::fs::write(&real, "old").unwrap();
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        replace(&link, "new").unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::read_to_string(&real).unwrap(), "new");
        assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
        replace(&dir.path().join("a/b/new.toml"), "x").unwrap();
    }
}
