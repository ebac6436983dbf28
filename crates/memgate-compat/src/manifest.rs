//! Points a published manifest's dependency on criterion to the facade.

use std::path::Path;

/// The manifest with the facade in criterion's place, or none when it has no such table. Cargo writes every dependency of a
/// published manifest as a table of its own, and there may be one for each platform. Libraries of measurements depend on
/// criterion in their code as well.
pub(crate) fn with_facade(manifest: &str, facade: &Path) -> Option<String> {
    if manifest.contains("\nname = \"criterion\"\n") {
        return Some(own_suite(manifest, facade));
    }
    let header = "dependencies.criterion]\n";
    let mut parts = manifest.split(header);
    let mut text = parts.next()?.to_owned();
    let mut is_found = false;
    for part in parts {
        is_found = true;
        let end = part.find("\n[").unwrap_or(part.len());
        let (table, after) = part.split_at(end);
        text += header;
        text += &pointed(table, facade);
        text += after;
    }
    // By itself, wherever the copy lies.
    is_found.then(|| text + "\n[workspace]\n")
}

/// The manifest of criterion itself, whose own benchmarks use more of it than anyone's. They name it as they would a
/// dependency; so the package, and its library, get another name, and the facade has that one.
fn own_suite(manifest: &str, facade: &Path) -> String {
    let manifest = manifest
        .replace("\nname = \"criterion\"\npath", "\nname = \"criterion_itself\"\npath")
        .replace("\nname = \"criterion\"\n", "\nname = \"criterion-itself\"\n");
    format!(
        "{manifest}\n[dev-dependencies.criterion]\npackage = \"memgate-criterion\"\npath = {:?}\nfeatures = [\"stable\"]\n\n\
         [workspace]\n",
        facade.display().to_string()
    )
}

/// The lines of a dependency's table, with the facade in place of a version.
fn pointed(table: &str, facade: &Path) -> String {
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
    changed
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
        let twice = "[dev-dependencies.criterion]\nversion = \"1\"\n\n[target.x.dev-dependencies.criterion]\nversion = \"1\"\n";
        assert!(!with_facade(twice, Path::new("/f")).unwrap().contains("version"));
        let normal = "[dependencies.criterion]\nversion = \"1\"\n";
        assert!(with_facade(normal, Path::new("/f")).is_some_and(|text| text.contains("memgate-criterion")));
        assert_eq!(with_facade("[dependencies.a]\nversion = \"1\"\n", Path::new("/f")), None);
        let own = "[package]\nname = \"criterion\"\n\n[lib]\nname = \"criterion\"\npath = \"src/lib.rs\"\n";
        let own = with_facade(own, Path::new("/f")).unwrap();
        assert!(
            own.contains("name = \"criterion-itself\"") && own.contains("name = \"criterion_itself\""),
            "{own}"
        );
    }
}
