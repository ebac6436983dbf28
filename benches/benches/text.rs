//! Searching and transforming text: regular expressions and Markdown.

use memgate::Bencher;
use memgate_benches::fixtures::{GRAPH_JSON, HANDBOOK_MD};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};
use regex::Regex;

/// A count with its unit, or something in back quotes.
const COUNTS_AND_CODE: &str = r"[0-9][0-9,.]*\s+(?:files|lines|bytes|[KM]iB)|`[a-z_][\w:./-]*`";
/// A requirement for a version, as it stands in the graph.
const REQUIREMENT: &str = r#""name":"(?<name>[\w-]+)","req":"(?<operator>[\^=~><]*)(?<version>[0-9.]+)""#;

fn regex_compile(bencher: Bencher) {
    bencher.bench(|| Regex::new(COUNTS_AND_CODE).unwrap());
}

/// Makes the caches that a regular expression searches with.
fn regex_first_search(bencher: Bencher) {
    bencher
        .with_inputs(|| Regex::new(COUNTS_AND_CODE).unwrap())
        .bench_refs(|regex| regex.is_match(HANDBOOK_MD));
}

/// Has the caches already, in every window but the cold one.
fn regex_find_iter(bencher: Bencher) {
    let regex = Regex::new(COUNTS_AND_CODE).unwrap();
    bencher.bench(|| regex.find_iter(HANDBOOK_MD).map(|found| found.as_str()).collect::<Vec<_>>());
}

fn regex_captures(bencher: Bencher) {
    let regex = Regex::new(REQUIREMENT).unwrap();
    bencher.bench(|| {
        regex
            .captures_iter(GRAPH_JSON)
            .map(|captures| format!("{} {}", &captures["name"], &captures["version"]))
            .collect::<Vec<_>>()
    });
}

fn regex_replace_all(bencher: Bencher) {
    let regex = Regex::new(REQUIREMENT).unwrap();
    bencher.bench(|| regex.replace_all(GRAPH_JSON, r#""$name":"$version""#).into_owned());
}

fn markdown_to_html(bencher: Bencher) {
    bencher.bench(|| {
        let mut page = String::new();
        html::push_html(&mut page, markdown());
        page
    });
}

/// The text of every heading.
fn markdown_headings(bencher: Bencher) {
    bencher.bench(|| {
        let mut headings = Vec::new();
        let mut heading = None;
        for event in markdown() {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => headings.extend(heading.take()),
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        headings
    });
}

fn markdown() -> Parser<'static> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    Parser::new_ext(HANDBOOK_MD, options)
}

memgate::main! {
    regex_compile,
    regex_first_search,
    regex_find_iter,
    regex_captures,
    regex_replace_all,
    markdown_to_html,
    markdown_headings,
}
