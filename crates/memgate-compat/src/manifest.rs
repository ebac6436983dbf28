//! Points a published manifest's dependency to a facade.

use std::path::Path;

use crate::facade::Facade;

/// The manifest with the facade in the place of what it stands for, or none when that is no dependency. Cargo writes every dependency of a
/// published manifest as a table of its own, and there may be one for each platform. Libraries of measurements depend on
/// criterion in their code as well.
pub(crate) fn with_facade(manifest: &str, facade: Facade, folder: &Path) -> Option<String> {
    if facade == Facade::Criterion && manifest.contains("\nname = \"criterion\"\n") {
        return Some(own_suite(manifest, folder));
    }
    let header = "dependencies.";
    let mut parts = manifest.split(header);
    let mut text = parts.next()?.to_owned();
    let mut is_found = false;
    for part in parts {
        let end = part.find("\n[").unwrap_or(part.len());
        let (table, after) = part.split_at(end);
        text += header;
        match table.split_once("]\n").filter(|(name, lines)| is_original(facade, name, lines)) {
            Some((name, lines)) => {
                is_found = true;
                text += &format!("{name}]\n{}", pointed(lines, facade, folder));
            }
            None => text += table,
        }
        text += after;
    }
    // By itself, wherever the copy lies.
    is_found.then(|| text + "\n[workspace]\n")
}

/// Whether a dependency is one in whose place the facade is put.
fn is_original(facade: Facade, name: &str, lines: &str) -> bool {
    let renamed = lines.lines().find_map(|line| line.strip_prefix("package = \"")?.strip_suffix('"'));
    facade.originals().contains(&renamed.unwrap_or(name))
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
fn pointed(table: &str, facade: Facade, folder: &Path) -> String {
    let mut changed =
        format!("package = {:?}\npath = {:?}\n", facade.package(), folder.display().to_string());
    let is_origin = |line: &&str| line.starts_with("version =") || line.starts_with("package =");
    for line in table.lines().filter(|line| !is_origin(line)) {
        changed += line;
        changed.push('\n');
    }
    if let Some(allocator) = facade.default_allocator()
        && changed.contains("default-features = false")
    {
        changed = if changed.contains("\nfeatures = [") {
            changed.replace("\nfeatures = [", &format!("\nfeatures = [\"{allocator}\", "))
        } else {
            changed + &format!("features = [\"{allocator}\"]\n")
        };
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_criterion(manifest: &str) -> Option<String> {
        with_facade(manifest, Facade::Criterion, Path::new("/f"))
    }

    #[test]
    fn divan_may_be_behind_another_package() {
        for origin in ["version = \"0.1\"\n", "version = \"5\"\npackage = \"codspeed-divan-compat\"\n"] {
            let manifest = format!("[dev-dependencies.divan]\n{origin}\n[dependencies.a]\nversion = \"1\"\n");
            assert_eq!(
                with_facade(&manifest, Facade::Divan, Path::new("/f")).unwrap(),
                "[dev-dependencies.divan]\npackage = \"memgate-divan\"\npath = \"/f\"\n\n[dependencies.a]\nversion = \"1\"\n\n[workspace]\n"
            );
            assert_eq!(with_criterion(&manifest), None);
        }
    }

    #[test]
    fn the_line_of_criterion_is_all_that_changes() {
        let pointed = |criterion: &str| {
            let manifest = format!(
                "[dev-dependencies.criterion]\nversion = \"0.5\"\n{criterion}\n[dependencies.a]\nversion = \"1\"\n"
            );
            with_criterion(&manifest).unwrap()
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
        assert!(!with_criterion(twice).unwrap().contains("version"));
        let normal = "[dependencies.criterion]\nversion = \"1\"\n";
        assert!(with_criterion(normal).is_some_and(|text| text.contains("memgate-criterion")));
        assert_eq!(with_criterion("[dependencies.a]\nversion = \"1\"\n"), None);
        let own = "[package]\nname = \"criterion\"\n\n[lib]\nname = \"criterion\"\npath = \"src/lib.rs\"\n";
        let own = with_criterion(own).unwrap();
        assert!(
            own.contains("name = \"criterion-itself\"") && own.contains("name = \"criterion_itself\""),
            "{own}"
        );
    }
}
