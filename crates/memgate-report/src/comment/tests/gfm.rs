//! What Markdown becomes on GitHub, as far as another implementation of its dialect can tell.

use comrak::Options;
use comrak::nodes::NodeValue;

/// The options under which everything that could become active does.
fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.autolink = true;
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.math_dollars = true;
    options.render.r#unsafe = true;
    options
}

/// Markdown, read.
pub(super) struct Page {
    /// The addresses of links and of images.
    pub(super) links: Vec<String>,
    /// Every text outside of code.
    pub(super) plain: String,
    /// How many tables there are.
    pub(super) tables: usize,
    /// The elements of HTML, in order, as they are written.
    pub(super) elements: Vec<String>,
}

impl Page {
    pub(super) fn of(markdown: &str) -> Self {
        let arena = comrak::Arena::new();
        let root = comrak::parse_document(&arena, markdown, &options());
        let mut page = Self { links: Vec::new(), plain: String::new(), tables: 0, elements: Vec::new() };
        for node in root.descendants() {
            match &node.data.borrow().value {
                NodeValue::Link(link) | NodeValue::Image(link) => page.links.push(link.url.clone()),
                NodeValue::Table(_) => page.tables += 1,
                NodeValue::Text(text) => page.plain += &format!("{text}\n"),
                NodeValue::HtmlBlock(block) => page.add_html(&block.literal),
                NodeValue::HtmlInline(html) => page.add_html(html),
                _ => {}
            }
        }
        page
    }

    fn add_html(&mut self, html: &str) {
        let mut rest = html;
        let mut is_code = false;
        while let Some((before, after)) = rest.split_once('<') {
            if !is_code {
                self.plain += before;
            }
            let (element, after) = after.split_once('>').expect("an element that ends");
            match element {
                "code" | "pre" => is_code = true,
                "/code" | "/pre" => is_code = false,
                _ => {}
            }
            self.elements.push(element.to_owned());
            rest = after;
        }
        if !is_code {
            self.plain += rest;
        }
    }

    /// Asserts that there is no link but the one that is expected, no element but harmless ones without attributes, that every
    /// element is closed where it should be, and that no text outside of code is one that GitHub makes something of.
    #[track_caller]
    pub(super) fn is_inert(&self, run_url: Option<&str>) {
        let expected: Vec<&str> = run_url.into_iter().collect();
        assert_eq!(self.links, expected);
        let mut open = Vec::new();
        for element in &self.elements {
            match element.strip_prefix('/') {
                Some(closed) => assert_eq!(open.pop(), Some(closed), "{:?}", self.elements),
                None if element == "br" => {}
                None => {
                    assert!(
                        ["details", "summary", "sub", "code", "pre"].contains(&element.as_str()),
                        "{element}"
                    );
                    open.push(element);
                }
            }
        }
        assert!(open.is_empty(), "{open:?}");
        for line in self.plain.lines() {
            for active in ["@", "#", "://", "www.", "GH-", ":tada:", "[", "]", "<", "javascript"] {
                assert!(!line.contains(active), "{active} in {line}");
            }
            let is_commit = |word: &str| word.len() >= 7 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(!line.split(|character: char| !character.is_alphanumeric()).any(is_commit), "{line}");
        }
    }
}
