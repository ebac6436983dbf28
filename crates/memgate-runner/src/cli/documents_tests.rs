//! What the documents show: commands that are there, and links that lead somewhere.

use std::path::{Path, PathBuf};

use super::program::definition;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The README and every page, by path.
fn documents() -> Vec<(PathBuf, String)> {
    let pages = std::fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages = pages.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let paths = pages.chain(["README.md", "crates/memgate-runner/README.md"].map(|path| root().join(path)));
    paths.map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

/// The words of a line as a shell has them; none where it would do more than split it.
fn words(line: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut is_quoted) = (Vec::new(), None::<String>, false);
    for character in line.chars() {
        match character {
            '"' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            ' ' if !is_quoted => words.extend(word.take()),
            '#' if !is_quoted && word.is_none() => break,
            '$' | '`' | '|' | '>' | '<' | '&' | '(' | '\\' | '…' | '\'' => return None,
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Some(words)
}

#[test]
fn every_command_that_is_shown_is_there() {
    let mut count = 0;
    for (path, text) in documents() {
        for line in text.lines().map(|line| line.trim().trim_start_matches("- ").trim_start_matches("run: "))
        {
            let Some(rest) =
                ["cargo memgate", "cargo xtask memgate"].iter().find_map(|name| line.strip_prefix(name))
            else {
                continue;
            };
            // The beginning of a sentence, or of a table's cell.
            if !(rest.is_empty() || rest.starts_with(' ')) {
                continue;
            }
            let Some(words) = words(rest) else { continue };
            let parsed = definition().try_get_matches_from(["memgate".to_owned()].into_iter().chain(words));
            if let Err(error) = parsed {
                let is_help = matches!(
                    error.kind(),
                    clap::error::ErrorKind::DisplayHelp | clap::error::ErrorKind::DisplayVersion
                );
                assert!(is_help, "{}: {line}\n{error}", path.display());
            }
            count += 1;
        }
    }
    assert!(count > 25, "{count}");
}

/// The name by which a heading is linked to.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn every_link_leads_somewhere() {
    for (path, text) in documents() {
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let file = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            assert!(file.exists(), "{}: {link}", path.display());
            if !heading.is_empty() {
                let there = std::fs::read_to_string(&file).unwrap();
                let mut headings = there.lines().filter(|line| line.starts_with('#'));
                assert!(
                    headings.any(|line| anchor(line.trim_start_matches('#').trim()) == heading),
                    "{}: {link}",
                    path.display()
                );
            }
        }
    }
}
