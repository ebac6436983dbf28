//! Makes a page of a comment's Markdown, about as GitHub shows it, to look at in a browser:
//!
//! ```console
//! cargo run -p memgate-report --example comment_page -- COMMENT.md > comment.html
//! ```

#![expect(clippy::print_stdout, reason = "the page goes to standard output")]

/// The rules of GitHub's own style sheet that decide what a comment looks like: the column is as wide as on a pull request.
const STYLE: &str = "
body { margin: 0; background: #f6f8fa; }
article { box-sizing: border-box; width: 830px; margin: 16px; padding: 16px; background: #fff; color: #1f2328;
  border: 1px solid #d1d9e0; border-radius: 6px; font: 14px/1.5 -apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial,
  sans-serif; overflow-wrap: break-word; }
h2 { margin: 0 0 16px; padding-bottom: .3em; font-size: 1.5em; line-height: 1.25; border-bottom: 1px solid #d1d9e0b3; }
h3 { margin: 24px 0 16px; font-size: 1.25em; line-height: 1.25; }
p, ul, ol, table, details { margin: 0 0 16px; }
ul, ol { padding-left: 2em; } ul ul { margin: 0; } li + li { margin-top: .25em; }
table { display: block; width: max-content; max-width: 100%; overflow: auto; border-collapse: collapse;
  font-variant: tabular-nums; }
th, td { padding: 6px 13px; border: 1px solid #d1d9e0; } tr:nth-child(2n) { background: #f6f8fa; }
code { padding: .2em .4em; font: 85% ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace;
  white-space: break-spaces; background: #818b981f; border-radius: 6px; }
pre { padding: 16px; overflow: auto; font: 85%/1.45 ui-monospace, monospace; background: #f6f8fa; border-radius: 6px; }
summary { cursor: pointer; } a { color: #0969da; } sub { font-size: 75%; line-height: 0; position: relative;
  vertical-align: baseline; bottom: -.25em; }
";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).ok_or("failed to begin: give the file of a comment's Markdown")?;
    let markdown = std::fs::read_to_string(path)?;
    let mut options = comrak::Options::default();
    options.extension.autolink = true;
    options.extension.table = true;
    options.extension.strikethrough = true;
    // Folds are HTML. GitHub lets a few elements through, and the tests of the comment hold it to fewer.
    options.render.r#unsafe = true;
    let body = comrak::markdown_to_html(&markdown, &options);
    println!(
        "<!doctype html><meta charset=utf-8><title>comment</title><style>{STYLE}</style><article>{body}</article>"
    );
    Ok(())
}
