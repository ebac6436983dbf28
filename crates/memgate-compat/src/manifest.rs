//! Points a published manifest's dependency on criterion to the facade.

use std::path::Path;

/// The manifest with the facade in criterion's place, or none when it has no such table. Cargo writes every dependency of a
/// published manifest as a table of its own.
pub(crate) fn with_facade(manifest: &str, facade: &Path) -> Option<String> {
    let header = "dev-dependencies.criterion]\n";
    let begin = manifest.find(header)? + header.len();
    let end = manifest.get(begin..)?.find("\n[").map_or(manifest.len(), |length| begin + length);
    let (before, table, after) = (manifest.get(..begin)?, manifest.get(begin..end)?, manifest.get(end..)?);
    let mut changed = format!("package = \"memgate-criterion\"\npath = {:?}\n", facade.display().to_string());
    for line in table.lines().filter(|line| !line.starts_with("version =")) {
        changed += line;
        changed.push('\n');
    }
    if changed.contains("default-features = false") {
        // The allocator is one of the facade's default features.
        changed = if changed.contains("\nfeatures = [") {
            changed.replace("\nfeatures = [", "\nfeatures = [\"allocator\", ")
        } else {
            changed + "features = [\"allocator\"]\n"
        };
    }
    // By itself, wherever the copy lies.
    Some(format!("{before}{changed}{after}\n[workspace]\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_criterion_is_all_that_changes() {
        let pointed = |criterion: &str| {
            let manifest = format!(
                "[dev-dependencies.criterion]\nversion = \"0.5\"\n{criterion}\n[dependencies.a]\nversion = \"1\"\n"
            );
            with_facade(&manifest, Path::new("/f")).unwrap()
        };
        let changed = |criterion: &str| {
            format!(
                "[dev-dependencies.criterion]\npackage = \"memgate-criterion\"\npath = \"/f\"\n{criterion}\n\
                 [dependencies.a]\nversion = \"1\"\n\n[workspace]\n"
            )
        };
        assert_eq!(pointed(""), changed(""));
        let without_defaults = "default-features = false\n";
        assert_eq!(
            pointed(without_defaults),
            changed("default-features = false\nfeatures = [\"allocator\"]\n")
        );
        assert_eq!(
            pointed("features = [\n    \"html_reports\",\n]\ndefault-features = false\n"),
            changed("features = [\"allocator\", \n    \"html_reports\",\n]\ndefault-features = false\n")
        );
        assert_eq!(with_facade("[dependencies.a]\nversion = \"1\"\n", Path::new("/f")), None);
    }
}
