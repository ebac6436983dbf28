//! Names of folders for what is kept of one benchmark.

use std::path::{Path, PathBuf};

use super::BenchmarkId;

/// The folder of what is kept of a benchmark: `package/bench-target/name`. A name may be anything; a folder's may not, so what is odd in it is replaced, and a digest
/// of the whole id keeps those apart that look alike then.
#[must_use]
pub fn folder_name(id: &BenchmarkId) -> PathBuf {
    const MOST_CHARACTERS: usize = 80;
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
    let plain: String =
        id.name.chars().map(|character| if is_plain(character) { character } else { '_' }).collect();
    let plain: String = plain.chars().take(MOST_CHARACTERS).collect();
    let name = if plain == id.name { plain } else { format!("{plain}-{:08x}", digest(&id.name)) };
    Path::new(&id.package).join(&id.bench_target).join(name)
}

/// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/): the same on every machine, and nobody's security.
fn digest(text: &str) -> u32 {
    text.bytes().fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_folder_of_its_own() {
        let folder = |name: &str| folder_name(&BenchmarkId::new("p", "t", name)).display().to_string();
        assert_eq!(folder("tokens"), "p/t/tokens");
        assert!(folder("../../etc/passwd").starts_with("p/t/______etc_passwd-"));
        assert_ne!(folder("a/1"), folder("a_1"));
        assert_ne!(folder("a/1"), folder("a 1"));
        assert!(folder(&"é".repeat(300)).len() < 100);
    }
}
