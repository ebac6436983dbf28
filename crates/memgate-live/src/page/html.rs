//! The page as HTML: nothing is loaded from anywhere, and it says all that matters without its script.

use std::collections::HashMap;
use std::fmt::Write;

use super::flame::tree;
use super::sites::{Site, sites};
use super::snapshots::snapshots;
use super::text::{escaped, grouped, size, span};
use crate::health::Verdict;
use crate::memory::{LimitSource, MemoryFigures};
use crate::pprof::without_addresses;
use crate::profile::HeapProfile;
use crate::snapshots::SnapshotStatus;
use crate::stack::WHY_THERE_ARE_NONE;

/// So many sites are shown.
const SITES: usize = 25;
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("flame.js");

/// What the page shows.
pub(crate) struct Page<'a> {
    pub(crate) profile: &'a HeapProfile,
    /// Demangled, by the addresses of calls.
    pub(crate) names: &'a HashMap<u64, String>,
    pub(crate) figures: &'a MemoryFigures,
    pub(crate) verdict: &'a Verdict,
    /// None where none are taken.
    pub(crate) snapshots: Option<&'a SnapshotStatus>,
    pub(crate) is_cmdline_served: bool,
    /// What the browser is told that the page's own script has, and no other.
    pub(crate) nonce: &'a str,
    /// As whoever looks at the page calls this machine.
    pub(crate) host: Option<&'a str>,
}

/// Writes the page.
pub(crate) fn page(page: &Page<'_>) -> String {
    let mut html = String::new();
    let _ = write!(
        html,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Heap of process {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        std::process::id()
    );
    header(&mut html, page);
    html.push_str("<main>\n");
    figures(&mut html, page);
    top(&mut html, page);
    flame(&mut html, page);
    if let Some(status) = page.snapshots {
        snapshots(&mut html, status);
    }
    links(&mut html, page);
    html.push_str("</main>\n</body>\n</html>\n");
    html
}

fn header(html: &mut String, page: &Page<'_>) {
    let Page { profile, verdict, .. } = page;
    let _ = writeln!(html, "<header>\n<h1>Heap of process {}</h1>", std::process::id());
    let sampling = match profile.sampling_interval_bytes {
        0 => "Sampling is stopped.".to_owned(),
        interval => format!("One sample in {} on average.", size(interval as f64)),
    };
    let _ = writeln!(
        html,
        "<p class=\"dim\">Sampled for {}. {sampling}</p>",
        span(profile.sampled_for.as_secs())
    );
    let _ = writeln!(
        html,
        "<p>Memory: <strong class=\"{health}\">{health}</strong>. <span class=\"dim\">{}</span></p>",
        escaped(&verdict.reason),
        health = verdict.health
    );
    if !profile.has_frame_pointers {
        let _ = writeln!(html, "<p class=\"high\">Note: {}.</p>", escaped(WHY_THERE_ARE_NONE));
    }
    if profile.is_table_full {
        html.push_str("<p class=\"high\">The table of stacks is full: what came later is in one row, and sums stay right.</p>\n");
    }
    if profile.unfollowed_live_bytes > 0.0 {
        let _ = writeln!(
            html,
            "<p class=\"high\">The table of live samples was full: {} of what is live is in the row {}, and each other site may have more by up to that \
             much.</p>",
            size(profile.unfollowed_live_bytes),
            escaped(without_addresses(profile))
        );
    }
    html.push_str("</header>\n");
}

fn figures(html: &mut String, page: &Page<'_>) {
    let counters = &page.profile.counters;
    let live = counters.allocated_bytes.saturating_sub(counters.freed_bytes);
    let blocks = counters.allocations.saturating_sub(counters.frees);
    let limit = page.figures.limit();
    let limit_name = match limit.map(|limit| limit.source) {
        Some(LimitSource::Cgroup) => "Limit (control group)",
        _ => "Limit (machine)",
    };
    html.push_str("<h2>Now</h2>\n<dl>\n");
    let rows = [
        ("Live", Some(size(live as f64))),
        ("Live blocks", Some(grouped(blocks))),
        ("Allocated since the start", Some(size(counters.allocated_bytes as f64))),
        ("Resident", page.figures.resident_bytes.map(|bytes| size(bytes as f64))),
        ("Anonymous", page.figures.anonymous_bytes.map(|bytes| size(bytes as f64))),
        (limit_name, limit.map(|limit| size(limit.bytes as f64))),
    ];
    for (name, value) in rows {
        if let Some(value) = value {
            let _ = writeln!(html, "<div><dt>{name}</dt><dd>{value}</dd></div>");
        }
    }
    html.push_str("</dl>\n");
}

fn top(html: &mut String, page: &Page<'_>) {
    let (sites, left_out) = sites(page.profile, page.names);
    html.push_str("<h2 id=\"top\">What is live, by site</h2>\n");
    if sites.is_empty() {
        html.push_str("<p>Nothing that was sampled is live.</p>\n");
        return;
    }
    html.push_str(
        "<div class=\"scroll\" role=\"region\" aria-labelledby=\"top\" tabindex=\"0\">\n<table>\n<thead><tr>\
         <th scope=\"col\" class=\"number\">Live</th><th scope=\"col\" class=\"number\">± 95 %</th>\
         <th scope=\"col\" class=\"number\">Blocks</th><th scope=\"col\" class=\"number\">Samples</th>\
         <th scope=\"col\" class=\"number\">Allocated</th><th scope=\"col\">Site</th></tr></thead>\n<tbody>\n",
    );
    for site in sites.iter().take(SITES) {
        row(html, site, page.profile.unfollowed_live_bytes > 0.0);
    }
    html.push_str("</tbody>\n</table>\n</div>\n");
    let smaller = sites.len().saturating_sub(SITES);
    if smaller > 0 {
        let _ = writeln!(html, "<p class=\"dim\">{smaller} smaller sites are not shown.</p>");
    }
    if left_out > 0 {
        let _ = writeln!(html, "<p class=\"dim\">{left_out} smaller stacks were not looked at.</p>");
    }
    html.push_str(
        "<p class=\"dim\">Estimates from samples; a site is the innermost function of the stack that is not of Rust's own \
         libraries. The figures above are exact.</p>\n",
    );
}

/// It is hidden until the script has drawn it.
fn flame(html: &mut String, page: &Page<'_>) {
    let tree = tree(page.profile, page.names);
    if tree.called.is_empty() {
        return;
    }
    let _ = writeln!(
        html,
        "<section id=\"flame-part\" hidden>\n<h2 id=\"flame-head\">What is live, by call</h2>\n\
         <p class=\"dim\" id=\"flame-help\">As wide as what is live; callers above. Click or Enter zooms, Escape goes back, the arrows go from \
         function to function.</p>\n\
         <div class=\"tools\"><label>Search <input id=\"flame-search\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\"></label>\
         <span id=\"flame-said\" role=\"status\"></span></div>\n\
         <div class=\"flame\" id=\"flame\" role=\"tree\" tabindex=\"0\" aria-labelledby=\"flame-head\" aria-describedby=\"flame-help\"></div>\n\
         <script type=\"application/json\" id=\"flame-data\">{}</script>\n<script nonce=\"{}\">\n{SCRIPT}</script>\n</section>",
        tree.json("all that is shown"),
        page.nonce
    );
}

fn row(html: &mut String, site: &Site, may_lack: bool) {
    let margin = match site.margin_bytes() {
        _ if may_lack => "unknown".to_owned(),
        Some(margin) => size(margin),
        None => "too few".to_owned(),
    };
    let _ = writeln!(
        html,
        "<tr><td class=\"number\">{}</td><td class=\"number dim\">{margin}</td><td class=\"number\">{}</td>\
         <td class=\"number\">{}</td><td class=\"number\">{}</td><th scope=\"row\" class=\"site\">{}</th></tr>",
        size(site.live_bytes),
        grouped(site.live_objects.round() as u64),
        grouped(site.samples),
        size(site.allocated_bytes),
        escaped(&site.name)
    );
}

fn links(html: &mut String, page: &Page<'_>) {
    html.push_str("<h2>What there is</h2>\n<ul>\n");
    let cmdline = if page.is_cmdline_served { "the command line" } else { "the command line (off)" };
    for (target, text) in [
        ("heap", "heap: what is live, for pprof"),
        ("heap?debug=1", "heap as text"),
        ("allocs", "allocs: what was allocated since the start, for pprof"),
        ("allocs?debug=1", "allocs as text"),
        ("heap?seconds=10", "heap and what is allocated within 10 seconds"),
        ("profile?seconds=10", "profile: where processor time goes within 10 seconds, for pprof"),
        ("threads?debug=2", "threads, with their stacks"),
        ("mutex?debug=1", "mutex: who lets others wait for locks"),
        ("block?debug=1", "block: who waits for locks"),
        ("symbol", "symbol: names of addresses, which pprof asks for"),
        ("cmdline", cmdline),
        ("../../metrics", "metrics for Prometheus"),
        ("../../readyz", "readiness"),
        ("../../livez", "liveness"),
    ] {
        if !is_built_in(target) {
            continue;
        }
        if target != "cmdline" || page.is_cmdline_served {
            let _ = writeln!(html, "<li><a href=\"{target}\">{text}</a></li>");
        } else {
            let _ = writeln!(html, "<li class=\"dim\">{text}</li>");
        }
    }
    let host = escaped(page.host.unwrap_or("HOST"));
    let _ = writeln!(
        html,
        "</ul>\n<pre tabindex=\"0\" role=\"region\" aria-label=\"Commands\"><code>\
         go tool pprof -top http://{host}/debug/pprof/heap\n\
         go tool pprof -top -sample_index=alloc_space -seconds 10 http://{host}/debug/pprof/allocs\n\
         go tool pprof -top -diff_base before.pb http://{host}/debug/pprof/heap</code></pre>"
    );
}

/// Whether there is something behind a link.
fn is_built_in(target: &str) -> bool {
    let has_signals = cfg!(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")));
    match target.split('?').next() {
        Some("profile") => cfg!(feature = "cpu") && has_signals,
        Some("threads") => cfg!(feature = "threads") && has_signals,
        Some("mutex" | "block") => cfg!(feature = "sync"),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::Health;
    use crate::profile::samples::{estimate, profile, stack};

    #[test]
    fn a_name_is_text_and_nothing_else() {
        let profile = profile(vec![stack(&[1], estimate(20, 3_000_000.0), estimate(12, 1_500_000.0))]);
        let names = HashMap::from([(0, "<a::B as c::D>::e::<'\"&\u{7}>".to_owned())]);
        let verdict = Verdict { health: Health::High, reason: "1 < 2".to_owned() };
        let html = page(&Page {
            profile: &profile,
            names: &names,
            figures: &MemoryFigures::default(),
            verdict: &verdict,
            snapshots: None,
            is_cmdline_served: false,
            nonce: "1f",
            host: Some("a<b"),
        });
        assert!(html.contains("&lt;a::B as c::D&gt;::e::&lt;&#39;&quot;&amp;\u{fffd}&gt;</th>"), "{html}");
        assert!(html.contains("http://a&lt;b/debug/pprof/heap"), "{html}");
        assert!(html.contains("1 &lt; 2") && html.contains("class=\"high\">high"), "{html}");
        assert!(html.contains(">1.4 MiB</td>") && html.contains(">1,500,000</td>"), "{html}");
        assert!(html.contains("a::B as c::D\\u003e::e") && !html.contains("href=\"cmdline"), "{html}");
        // The data, and the one script that may run.
        assert_eq!((html.matches("<script").count(), html.matches("<script nonce=\"1f\">").count()), (2, 1));
        assert!(
            html.contains("<td class=\"number dim\">2.3 KiB</td>") && !html.contains("was full"),
            "{html}"
        );
    }

    #[test]
    fn what_is_not_followed_is_said_and_nothing_is_certain_then() {
        let mut profile = profile(vec![stack(&[1], estimate(20, 3_000_000.0), estimate(12, 1_500_000.0))]);
        profile.unfollowed_live_bytes = f64::from(3 << 20);
        let verdict = Verdict { health: Health::High, reason: String::new() };
        let html = page(&Page {
            profile: &profile,
            names: &HashMap::new(),
            figures: &MemoryFigures::default(),
            verdict: &verdict,
            snapshots: None,
            is_cmdline_served: false,
            nonce: "",
            host: None,
        });
        assert!(
            html.contains("was full: 3.0 MiB of what is live is in the row [stacks beyond the limit]"),
            "{html}"
        );
        assert!(html.contains("<td class=\"number dim\">unknown</td>"), "{html}");
    }
}
