//! The page as HTML.

use super::{PageInput, page_data};

/// The page with its data, as HTML.
///
/// Everything in the data may come from somebody else. It stands in a block that is never executed, with every character that could
/// end the block escaped; the script puts it into the page as text alone, and the page's policy allows no connection.
#[must_use]
pub fn render_page(input: &PageInput<'_>) -> String {
    include_str!("page.html")
        .replacen("/*STYLE*/", include_str!("page.css"), 1)
        .replacen("/*SCRIPT*/", include_str!("page.js"), 1)
        // Last, so that nothing in it is taken for a placeholder.
        .replacen("/*DATA*/", &escaped(&page_data(input)), 1)
}

/// JSON within a script element: only these characters can begin what ends it.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' => text += "\\u003c",
            '>' => text += "\\u003e",
            '&' => text += "\\u0026",
            '\u{2028}' => text += "\\u2028",
            '\u{2029}' => text += "\\u2029",
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use memgate_protocol::Metric;

    use super::*;
    use crate::history::page::PageCommit;
    use crate::history::{FollowedRename, Point, Series, SeriesKey, Timeline};
    use crate::model::{MetricKey, Rename};

    #[test]
    fn a_series_has_the_names_that_it_had() {
        let mut timeline = Timeline::default();
        for id in ["p/t/new", "p/t/other"] {
            let key = SeriesKey {
                id: id.parse().unwrap(),
                target: "triple".to_owned(),
                metric: MetricKey::steady(Metric::Allocs),
            };
            let points = vec![Point { position: 0, value: 3 }, Point { position: 1, value: 4 }];
            timeline.series.insert(key, Series { points, other_environments: Vec::new() });
        }
        let rename = Rename::new("p/t/<old>".parse().unwrap(), "p/t/new".parse().unwrap()).unwrap();
        timeline.renames = vec![FollowedRename { position: 1, rename }];
        let page = render_page(&PageInput { timeline: &timeline, commits: &[], commit_url: None });
        assert_eq!(page.matches("\"formerly\":[[1,\"p/t/\\u003cold\\u003e\"]]").count(), 1);
        assert_eq!(page.matches("\"formerly\":").count(), 1, "the other was never called anything else");
        assert!(page.contains("<p id=\"formerly\" hidden>"));
    }

    #[test]
    fn what_others_wrote_ends_no_block() {
        let mut timeline = Timeline::default();
        let key = SeriesKey {
            id: "p/t/</script><img src=x onerror=alert(1)>".parse().unwrap(),
            target: "triple".to_owned(),
            metric: MetricKey::steady(Metric::Allocs),
        };
        let points = vec![Point { position: 0, value: 3 }];
        timeline.series.insert(key, Series { points, other_environments: Vec::new() });
        let commits = [PageCommit {
            id: "0123".to_owned(),
            subject: "<!-- <script> /*STYLE*/ </SCRIPT>".to_owned(),
            author_date: "2026-11-23".to_owned(),
        }];
        let page = render_page(&PageInput { timeline: &timeline, commits: &commits, commit_url: None });
        assert_eq!(page.matches("</script>").count(), 2, "the data's and the script's");
        assert!(!page.contains("<img") && !page.contains("</SCRIPT>") && !page.contains("<!-- "));
        assert!(page.contains("\\u003c/script\\u003e\\u003cimg"));
        for outside in ["http://", "https://", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
    }
}
