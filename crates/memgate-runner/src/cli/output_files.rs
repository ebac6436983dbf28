//! `--output`: what goes where, and what can't be, before anything is measured.

use std::path::PathBuf;

use memgate_report::render::Format;

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

fn parse_output(output: &str) -> Result<(Format, PathBuf), String> {
    let named = output.split_once(':').and_then(|(name, path)| Some((named(&Format::ALL, name)?, path)));
    if let Some((format, path)) = named.filter(|(_, path)| !path.is_empty()) {
        return Ok((format, path.into()));
    }
    let path = PathBuf::from(output);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::ColorChoice;

    #[test]
    fn formats_are_named_or_follow_from_the_ending() {
        assert_eq!(parse_output("a.json"), Ok((Format::Json, "a.json".into())));
        assert_eq!(parse_output("bencher:a.json"), Ok((Format::Bencher, "a.json".into())));
        assert_eq!(parse_output("memgate.prom"), Ok((Format::Openmetrics, "memgate.prom".into())));
        assert_eq!(parse_output("odd:a.md"), Ok((Format::Markdown, "odd:a.md".into())));
        assert!(parse_output("report").unwrap_err().contains("markdown:report"));
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
