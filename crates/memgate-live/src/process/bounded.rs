//! Reading no more than a bound.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Something that can be read at a place.
pub(crate) trait Bytes {
    /// Fills `buffer`, or gives none.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Option<()>;
}

#[cfg(unix)]
impl Bytes for File {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Option<()> {
        std::os::unix::fs::FileExt::read_exact_at(self, buffer, offset).ok()
    }
}

/// Nothing says there which files are mapped.
#[cfg(not(unix))]
impl Bytes for File {
    fn read_at(&self, _: u64, _: &mut [u8]) -> Option<()> {
        None
    }
}

impl Bytes for [u8] {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Option<()> {
        let start = usize::try_from(offset).ok()?;
        buffer.copy_from_slice(self.get(start..start.checked_add(buffer.len())?)?);
        Some(())
    }
}

/// The text of a file, up to `limit` bytes of it; none when it can't be read. Kernel files have no size that could be asked for.
pub(crate) fn read_bounded(path: &Path, limit: u64) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(limit).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_read_beyond_the_end() {
        let bytes: &[u8] = &[1, 2, 3];
        let mut buffer = [0; 2];
        assert_eq!(Bytes::read_at(bytes, 1, &mut buffer), Some(()));
        assert_eq!(buffer, [2, 3]);
        for offset in [2, 3, u64::MAX] {
            assert_eq!(Bytes::read_at(bytes, offset, &mut buffer), None);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_without_end_is_cut_off() {
        assert_eq!(read_bounded(Path::new("/dev/zero"), 5).unwrap().len(), 5);
        assert_eq!(read_bounded(Path::new("/nonexistent"), 5), None);
    }
}
