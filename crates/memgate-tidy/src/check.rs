//! What is held of a package.

use std::collections::{BTreeMap, BTreeSet};

use crate::circles::circles;
use crate::house::House;
use crate::module::Module;
use crate::package::Package;

/// Longer files are two.
const MOST_LINES: usize = 500;

/// Shorter files are none, unless something says why.
const FEWEST_LINES: usize = 16;

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, relative to the folder of sources.
    pub file: String,
    /// The line, counted from 1; zero for the whole file.
    pub line: usize,
    /// What is wrong.
    pub text: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.text),
            line => write!(f, "{}:{line}: {}", self.file, self.text),
        }
    }
}

/// All that does not hold of a package, exceptions included that are none any more.
#[must_use]
pub fn check_package(package: &Package, house: &House) -> Vec<Problem> {
    let imports = imports(package);
    let mut problems = order(&imports, house);
    problems.extend(file_circles(&imports, house));
    problems.extend(lengths(package, house));
    problems.extend(lists(package, house));
    problems.extend(impurities(package).filter(|_| house.is_pure));
    problems.sort();
    problems.dedup();
    problems
}

/// Whether a file should be two.
#[must_use]
pub fn is_too_long(text: &str) -> bool {
    text.lines().count() > MOST_LINES
}

/// A path in one file that names something in another.
struct Import<'p> {
    from: &'p str,
    line: usize,
    path: String,
    to: &'p str,
    /// Whether what is named is a module and not something in it.
    is_module: bool,
    /// Whether it stands within code.
    is_in_code: bool,
}

fn imports(package: &Package) -> Vec<Import<'_>> {
    let mut imports = Vec::new();
    for (path, module) in &package.modules {
        for reference in &module.references {
            let Some((target, is_module)) = package.target(path, reference) else { continue };
            let Some(to) = package.modules.get(&target) else { continue };
            if to.file != module.file {
                imports.push(Import {
                    from: &module.file,
                    line: reference.line,
                    path: reference.path.join("::"),
                    to: &to.file,
                    is_module,
                    is_in_code: reference.imported_as.is_none(),
                });
            }
        }
    }
    imports
}

/// The first module on the way to a file; the root has none.
fn room(file: &str) -> Option<&str> {
    let room = file.split('/').next().unwrap_or(file);
    Some(room.strip_suffix(".rs").unwrap_or(room)).filter(|room| *room != "lib")
}

fn order(imports: &[Import<'_>], house: &House) -> Vec<Problem> {
    let height = |room: &str| house.rooms.iter().position(|known| *known == room);
    let mut problems = Vec::new();
    for Import { from, line, path, to, .. } in imports {
        let mut say = |text| problems.push(Problem { file: (*from).to_owned(), line: *line, text });
        // The root is above all rooms.
        let Some(own) = room(from) else { continue };
        let Some(other) = room(to) else {
            say(format!("`{path}` is in the root, which is above every room"));
            continue;
        };
        match (height(own), height(other)) {
            _ if own == other => {}
            (Some(below), Some(above)) if above > below => {
                say(format!("`{path}` is in the room `{other}`, which is above `{own}`"));
            }
            (Some(_), Some(_)) => {}
            (None, _) => say(format!("the room `{own}` is not in the list of rooms")),
            (_, None) => say(format!("the room `{other}` is not in the list of rooms")),
        }
    }
    problems
}

fn is_list(file: &str) -> bool {
    file == "lib.rs" || file.ends_with("/mod.rs")
}

fn file_circles(imports: &[Import<'_>], house: &House) -> Vec<Problem> {
    let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Import { from, to, is_module, is_in_code, .. } in imports {
        // A list of modules names what is below it, and is named with it; neither is a need.
        let is_listing = !is_in_code
            && is_list(from)
            && to.starts_with(from.trim_end_matches("lib.rs").trim_end_matches("mod.rs"));
        let is_list_named = *is_module && is_list(to);
        if !(is_listing || is_list_named) {
            edges.entry(from).or_default().insert(to);
        }
    }
    let circles = circles(&edges);
    let is_named = |circle: &[&str]| house.circles.iter().any(|(known, _)| *known == circle);
    let found = circles.iter().filter(|circle| !is_named(circle)).map(|circle| Problem {
        file: circle[0].to_owned(),
        line: 0,
        text: format!("it imports itself by way of others: {}", circle.join(", ")),
    });
    let gone = house.circles.iter().filter(|(known, _)| !circles.iter().any(|circle| circle == known));
    let gone = gone.map(|(known, _)| Problem {
        file: known[0].to_owned(),
        line: 0,
        text: format!("the circle of {} is not there any more; strike it off the list", known.join(", ")),
    });
    found.chain(gone).collect()
}

fn lengths(package: &Package, house: &House) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (file, text) in &package.texts {
        let lines = text.lines().count();
        let has_reason = house.short_files.iter().any(|(known, _)| known == file);
        let is_short = lines < FEWEST_LINES && !is_list(file);
        let mut say = |text| problems.push(Problem { file: file.clone(), line: 0, text });
        if is_too_long(text) {
            say(format!("it has {lines} lines, more than {MOST_LINES}"));
        }
        if is_short && !has_reason {
            say(format!("it has {lines} lines, and nothing says why they are a file of their own"));
        }
        if has_reason && !is_short {
            say("it is not short any more; strike it off the list".to_owned());
        }
    }
    let gone = house.short_files.iter().filter(|(known, _)| !package.texts.contains_key(*known));
    problems.extend(gone.map(|(known, _)| Problem {
        file: (*known).to_owned(),
        line: 0,
        text: "it is not there any more; strike it off the list".to_owned(),
    }));
    problems
}

fn lists(package: &Package, house: &House) -> Vec<Problem> {
    let mut problems = Vec::new();
    for module in package.modules.values().filter(|module| is_list(&module.file)) {
        let Module { file, definitions, .. } = module;
        let has_reason = house.definitions.iter().any(|(known, _)| known == file);
        if has_reason && definitions.is_empty() {
            let text = "it only lists now; strike it off the list".to_owned();
            problems.push(Problem { file: file.clone(), line: 0, text });
        }
        for (what, line) in definitions.iter().filter(|_| !has_reason) {
            let text = format!("`{what} …` is in a file that only lists modules and what they have");
            problems.push(Problem { file: file.clone(), line: *line, text });
        }
    }
    problems
}

/// What touches the world: files, processes, the network, the environment, clocks.
const WORLD: [&str; 6] = ["env", "fs", "net", "os", "process", "thread"];

fn impurities(package: &Package) -> impl Iterator<Item = Problem> {
    package.modules.values().flat_map(|module| {
        let touches = |path: &[String]| match path {
            [std, part, ..] if std == "std" => {
                WORLD.contains(&part.as_str()) || path.iter().any(|one| one == "SystemTime")
            }
            _ => false,
        };
        let found = module.references.iter().filter(move |reference| touches(&reference.path));
        found.map(|reference| Problem {
            file: module.file.clone(),
            line: reference.line,
            text: format!("`{}` touches the world", reference.path.join("::")),
        })
    })
}
