//! What is in a folder, read by others than those who wrote it.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::decode::Decoded;

/// The snapshots in a folder, sorted by their names, and whatever else there is.
pub(crate) fn snapshots(folder: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().partition(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.starts_with("heap.") && name.ends_with(".pb.gz")
    })
}

/// Unpacks a file, whose sum has to be right, and reads the profile in it, which has to be whole.
pub(crate) fn read(path: &Path) -> Decoded {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).unwrap();
    flate2::read::GzDecoder::new(file)
        .read_to_end(&mut bytes)
        .unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let decoded = Decoded::of(&bytes);
    assert_eq!(decoded.sample_types, 4, "{path:?}");
    assert_eq!(decoded.strings.first().map(String::as_str), Some(""), "{path:?}");
    assert!(decoded.strings.iter().any(|text| text.starts_with("snapshot, ")), "{path:?}");
    decoded
}

/// Why a snapshot was taken, from its name.
pub(crate) fn reason(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().split('.').nth(4).unwrap().to_owned()
}
