//! DHAT's viewer, opened in a browser as a person would.

use std::path::{Path, PathBuf};

use super::programs;

const VIEWERS: [&str; 3] = [
    "/usr/libexec/valgrind/dh_view.html",
    "/usr/lib/valgrind/dh_view.html",
    "/usr/local/libexec/valgrind/dh_view.html",
];

/// Gives the viewer a file as a person would, then looks at it under every sort metric.
const SCRIPT: &str = r#"
window.addEventListener("error", event => note("error", event.message));
window.addEventListener("load", () => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([FILE], "dhat.json"));
  const input = document.querySelector("input[type=file]");
  input.files = transfer.files;
  input.dispatchEvent(new Event("change"));
  const loading = setInterval(() => {
    if (!document.querySelector("pre, .error")) return;
    clearInterval(loading);
    const select = document.querySelector("select");
    for (const [index, option] of [...select.options].entries()) {
      if (option.disabled) continue;
      select.selectedIndex = index;
      select.dispatchEvent(new Event("change"));
      const shown = document.querySelector("pre");
      note(shown ? "metric" : "error", option.label + "\n" + (shown ?? document.body).textContent);
    }
    note("finished", "");
  }, 10);
});
function note(kind, text) {
  const element = document.createElement("div");
  element.className = kind;
  element.textContent = text;
  document.documentElement.append(element);
}
"#;

/// The viewer with a file in it, or none when the viewer is not installed.
pub(crate) fn page(folder: &str, json: &str) -> Option<PathBuf> {
    let viewer = programs::file("valgrind's dh_view.html", &VIEWERS)?;
    let folder = programs::folder(folder);
    std::fs::write(folder.join("dhat.json"), json).unwrap();
    for extension in ["js", "css"] {
        let file = viewer.with_extension(extension);
        std::fs::copy(&file, folder.join(file.file_name().unwrap())).unwrap();
    }
    let html = std::fs::read_to_string(&viewer).unwrap();
    assert!(html.contains("</html>"), "{html}");
    // Inside of a script element, `</` could end it.
    let literal = serde_json::to_string(json).unwrap().replace("</", "<\\/");
    let script = format!("<script>const FILE = {literal};{SCRIPT}</script></html>");
    let page = folder.join("page.html");
    std::fs::write(&page, html.replace("</html>", &script)).unwrap();
    Some(page)
}

/// What the viewer shows under each sort metric, the metric's name first. Fails when it complains.
#[track_caller]
pub(crate) fn shown(browser: &Path, page: &Path) -> Vec<String> {
    let dom = programs::unescaped(&programs::dom(browser, page));
    assert!(dom.contains(r#"<div class="finished">"#), "{dom}");
    assert!(!dom.contains(r#"class="error""#), "{dom}");
    let metrics = dom.split(r#"<div class="metric">"#).skip(1);
    metrics.map(|rest| rest.split("</div>").next().unwrap_or_default().to_owned()).collect()
}

/// The lines of the outermost program point.
pub(crate) fn root(shown: &str) -> Vec<&str> {
    shown.lines().skip_while(|line| !line.contains("PP 1/1")).take_while(|line| !line.contains("}")).collect()
}
