//! What uploads that broke off with their server have left in a folder.

use std::io::{ErrorKind, Result};
use std::path::Path;
use std::time::SystemTime;

/// Deletes staged files that are older than `before`; answers how many. Others upload and sweep meanwhile: what has
/// gone by itself is no failure.
pub(super) fn delete(folder: &Path, before: SystemTime) -> Result<u32> {
    let mut deleted = 0;
    for tenant in std::fs::read_dir(folder)? {
        let tenant = tenant?;
        if !tenant.file_type()?.is_dir() {
            continue;
        }
        let Some(files) = unless_gone(std::fs::read_dir(tenant.path()))? else { continue };
        for file in files {
            let file = file?;
            let is_staged = file.file_name().to_string_lossy().contains('#');
            if is_staged && unless_gone(delete_old(&file.path(), before))? == Some(true) {
                deleted += 1;
            }
        }
    }
    Ok(deleted)
}

fn delete_old(file: &Path, before: SystemTime) -> Result<bool> {
    let is_old = std::fs::symlink_metadata(file)?.modified()? < before;
    if is_old {
        std::fs::remove_file(file)?;
    }
    Ok(is_old)
}

fn unless_gone<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_gone_is_no_failure_and_anything_else_is() {
        let gone = std::fs::symlink_metadata("no/such/file");
        assert!(unless_gone(gone).unwrap().is_none());
        assert!(unless_gone(Err::<(), _>(std::io::Error::from(ErrorKind::PermissionDenied))).is_err());
        assert_eq!(unless_gone(Ok(7)).unwrap(), Some(7));
        assert!(delete_old(Path::new("no/such/file"), SystemTime::UNIX_EPOCH).is_err());
    }
}
