//! The snapshots that there are.

use std::fmt::Write;

use super::text::{escaped, grouped, size};
use crate::snapshots::SnapshotStatus;

/// So many are shown.
const FILES: usize = 25;

/// Writes what has become of snapshots, and which there are. They are not served: who may look at the page may have the heap of now.
pub(super) fn snapshots(html: &mut String, status: &SnapshotStatus) {
    let written: u64 = status.written.iter().map(|(_, count)| count).sum();
    let skipped: u64 = status.skipped.iter().map(|(_, count)| count).sum();
    let _ = writeln!(
        html,
        "<h2 id=\"snapshots\">Snapshots</h2>\n<p>In <code>{}</code>: {} written, <span{}>{} failed</span>, {} skipped.</p>",
        escaped(&status.folder.to_string_lossy()),
        grouped(written),
        if status.failed > 0 { " class=\"critical\"" } else { "" },
        grouped(status.failed),
        grouped(skipped),
    );
    if status.files.is_empty() {
        html.push_str("<p class=\"dim\">There is none yet.</p>\n");
        return;
    }
    html.push_str(
        "<div class=\"scroll\" role=\"region\" aria-labelledby=\"snapshots\" tabindex=\"0\">\n<table>\n<thead><tr>\
         <th scope=\"col\" class=\"number\">Live</th><th scope=\"col\" class=\"number\">Size</th>\
         <th scope=\"col\">File</th></tr></thead>\n<tbody>\n",
    );
    for file in status.files.iter().take(FILES) {
        let _ = writeln!(
            html,
            "<tr><td class=\"number\">{}</td><td class=\"number\">{}</td><th scope=\"row\" class=\"site\">{}</th></tr>",
            size(file.live_bytes() as f64),
            size(file.bytes as f64),
            escaped(&file.file_name()),
        );
    }
    html.push_str("</tbody>\n</table>\n</div>\n");
    let older = status.files.len().saturating_sub(FILES);
    if older > 0 {
        let _ = writeln!(html, "<p class=\"dim\">{older} older ones are not shown.</p>");
    }
}
