//! `--output`: what goes where, and what can't be, before anything is measured.

use std::path::{Path, PathBuf};

use memgate_report::render::Format;
use memgate_report::text::nearest;

use super::arguments::OutputArguments;
use super::choice::named;
use crate::error::Error;
use crate::session::destination;
use crate::store::Destination;

/// A report that is wanted besides the one on standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OutputFile {
    pub(super) format: Format,
    /// As it is given.
    pub(super) path: PathBuf,
    pub(super) destination: Destination,
}

impl OutputArguments {
    /// The files to write, each once.
    ///
    /// # Errors
    /// When no format follows from a name, or two reports have one place.
    pub(super) fn files(&self) -> Result<Vec<OutputFile>, Error> {
        let mut files: Vec<OutputFile> = Vec::new();
        for output in &self.outputs {
            let (format, path) = parse_output(output).map_err(Error::Usage)?;
            let destination = destination(&path)?;
            let file = OutputFile { format, path, destination };
            if file.destination == Destination::Stdout && self.format != Format::Terminal {
                return Err(Error::Usage(format!(
                    "--output {output} and --format are both for standard output; leave one out, or name a file"
                )));
            }
            let same = files.iter().find(|other| other.destination == file.destination);
            match same {
                Some(other) if other.format == format => {}
                Some(other) if !file.destination.takes_several() => {
                    return Err(Error::Usage(format!(
                        "--output {output}: another report goes to {} already; give each a place of its own",
                        other.path.display()
                    )));
                }
                _ => files.push(file),
            }
        }
        Ok(files)
    }

    /// Looks whether what is asked for can be written, while it has cost nothing yet.
    ///
    /// # Errors
    /// As [`Self::files`], and when a file can't be written.
    pub(super) fn check(&self) -> Result<(), Error> {
        for file in self.files()? {
            file.destination.check().map_err(Error::file("write", file.path))?;
        }
        Ok(())
    }
}

/// The file of a command that writes JSON alone, which may say so, as where there are several formats.
///
/// # Errors
/// When another format is in front of the path, or what is there is no format.
pub(super) fn json_file(path: &Path) -> Result<PathBuf, Error> {
    match path.to_str().and_then(prefix) {
        None => Ok(path.to_owned()),
        Some(("json", rest)) if !rest.is_empty() => Ok(rest.into()),
        Some((word, rest)) => {
            let rest = if rest.is_empty() { "PATH" } else { rest };
            Err(Error::Usage(format!(
                "--output {}: this command writes JSON alone; leave `{word}:` out, or write ./{word}:{rest} for a file of that name",
                path.display()
            )))
        }
    }
}

fn parse_output(output: &str) -> Result<(Format, PathBuf), String> {
    let path = match prefix(output) {
        Some((word, "")) => return Err(format!("--output {output}: no file is named; write {word}:PATH")),
        Some((word, path)) => match named(&Format::ALL, word) {
            Some(format) => return Ok((format, path.into())),
            None => return Err(unknown_format(output, word, path)),
        },
        None => PathBuf::from(output),
    };
    let format = match path.extension().and_then(|extension| extension.to_str()) {
        Some("json") => Format::Json,
        Some("md") => Format::Markdown,
        Some("xml") => Format::Junit,
        Some("prom") => Format::Openmetrics,
        Some("txt") => Format::Terminal,
        _ => {
            return Err(format!(
                "--output {output}: no format follows from this name; write FORMAT:PATH, such as markdown:{output}"
            ));
        }
    };
    Ok((format, path))
}

/// What stands in front of the first colon, and what follows. None for a drive of Windows, which is one letter, and where the colon
/// is in a folder's or file's name further on.
fn prefix(output: &str) -> Option<(&str, &str)> {
    output.split_once(':').filter(|(word, _)| word.chars().count() > 1 && !word.contains(['/', '\\']))
}

fn unknown_format(output: &str, word: &str, path: &str) -> String {
    let names = Format::ALL.map(|(_, name, _)| name);
    let nearest = nearest(word, names).map(|name| format!("; the nearest is `{name}`")).unwrap_or_default();
    format!(
        "--output {output}: `{word}` is no format{nearest}; the formats are {}; write ./{word}:{path} for a file of that name",
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::ColorChoice;

    #[test]
    fn formats_are_named_or_follow_from_the_ending() {
        assert_eq!(parse_output("a.json"), Ok((Format::Json, "a.json".into())));
        assert_eq!(parse_output("bencher:a.json"), Ok((Format::Bencher, "a.json".into())));
        assert_eq!(parse_output("memgate.prom"), Ok((Format::Openmetrics, "memgate.prom".into())));
        assert_eq!(parse_output("json:a:b"), Ok((Format::Json, "a:b".into())));
        assert!(parse_output("report").unwrap_err().contains("markdown:report"));
    }

    #[test]
    fn a_word_that_is_no_format_is_no_part_of_a_name() {
        for (output, problem) in [
            (
                "mardown:b.md",
                "`mardown` is no format; the nearest is `markdown`; the formats are terminal, markdown,",
            ),
            ("md:o/a.json", "`md` is no format"),
            ("JSON:a.json", "write ./JSON:a.json for a file of that name"),
            ("json:", "no file is named; write json:PATH"),
        ] {
            let said = parse_output(output).unwrap_err();
            assert!(said.contains(problem), "{said}");
        }
        for (output, format) in [
            ("./odd:a.md", Format::Markdown),
            ("folder/odd:a.md", Format::Markdown),
            ("C:a.json", Format::Json),
            ("C:\\a.json", Format::Json),
        ] {
            assert_eq!(parse_output(output), Ok((format, output.into())));
        }
    }

    #[test]
    fn a_command_that_writes_json_alone_takes_no_other_word() {
        let file = |path: &str| json_file(Path::new(path)).map_err(|error| error.to_string());
        assert_eq!(file("json:run.json"), Ok("run.json".into()));
        for path in ["run.json", "./json:run.json", "C:run.json", "-"] {
            assert_eq!(file(path), Ok(path.into()));
        }
        assert!(file("json:").unwrap_err().contains("write ./json:PATH"));
        for (path, word) in [("markdown:run.md", "markdown"), ("odd:run.json", "odd")] {
            assert!(file(path).unwrap_err().contains(&format!("leave `{word}:` out")), "{path}");
        }
    }

    fn arguments(format: Format, outputs: &[&str]) -> OutputArguments {
        OutputArguments {
            format,
            outputs: outputs.iter().map(|output| (*output).to_owned()).collect(),
            color: ColorChoice::Never,
            verbose: false,
            cold: false,
        }
    }

    #[test]
    fn each_place_has_one_report() {
        let said = |format, outputs: &[&str]| match arguments(format, outputs).files() {
            Ok(files) => files.len().to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(said(Format::Terminal, &["a.json", "json:a.json"]), "1", "one report, said twice");
        assert_eq!(
            said(Format::Terminal, &["a.json", "markdown:./x/../a.json"]),
            "--output markdown:./x/../a.json: another report goes to a.json already; give each a place of its own"
        );
        assert_eq!(said(Format::Terminal, &["json:-"]), "1");
        assert!(said(Format::Terminal, &["json:-", "markdown:-"]).contains("goes to - already"));
        assert!(said(Format::Markdown, &["json:-"]).contains("both for standard output"));
    }
}
