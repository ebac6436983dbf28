//! What stands in the source of a target, with its modules and inclusions, without compiling it.
//!
//! Read as tokens, so that comments and texts are none. Macros are not expanded: what they are given is read like any other
//! source, and so is what they are defined as.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

use super::condition::Condition;
use super::imports::{Import, imports_of_extern_crate, imports_of_use};
use super::literal::{included_path, text_of};

/// What stands in the source of a target.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) events: Vec<Event>,
    /// The files that were read, without links.
    pub(super) files: BTreeSet<PathBuf>,
}

/// Something that stands in a source.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) kind: EventKind,
    /// What it stands behind.
    pub(super) conditions: Vec<Condition>,
    /// Whether it is an item of a module, and so not in a function, nor in the definition of a macro.
    pub(super) is_item: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum EventKind {
    /// A path, or the one word that a macro is given or called by.
    Path {
        segments: Vec<String>,
        is_macro: bool,
    },
    Import(Import),
    /// `fn main`.
    Main,
    /// What can't be read here.
    Unread,
}

/// More files than this are not read of one target.
const MOST_FILES: usize = 1_000;
/// Nor are brackets in more brackets than this.
const MOST_LEVELS: usize = 128;

impl Source {
    /// Reads the source of a target of a package.
    pub(super) fn read(root: &Path, package: &Path) -> Self {
        Self::read_with(root, package, true)
    }

    /// Reads no modules: a `main` is mostly in the root.
    pub(super) fn read_root(root: &Path, package: &Path) -> Self {
        Self::read_with(root, package, false)
    }

    fn read_with(root: &Path, package: &Path, reads_modules: bool) -> Self {
        let mut reader = Reader { package, reads_modules, source: Self::default() };
        let place = Place { file: root.to_owned(), modules: folder_of(root), is_inline: false };
        reader.read_file(
            root,
            &Within { conditions: Vec::new(), is_item: true, is_argument: false, level: 0 },
            place,
        );
        reader.source
    }
}

struct Reader<'a> {
    package: &'a Path,
    reads_modules: bool,
    source: Source,
}

/// Where in the folders something stands.
#[derive(Clone)]
struct Place {
    file: PathBuf,
    /// Where the files of modules are that are declared here.
    modules: PathBuf,
    /// Whether it is in `mod name { … }`.
    is_inline: bool,
}

/// What something stands in.
#[derive(Clone)]
struct Within {
    conditions: Vec<Condition>,
    is_item: bool,
    /// Whether it is an argument of a macro.
    is_argument: bool,
    level: usize,
}

/// What stands before an item and holds until its end.
#[derive(Default)]
struct Pending {
    conditions: Vec<Condition>,
    paths: Vec<String>,
}

impl Reader<'_> {
    fn read_file(&mut self, path: &Path, within: &Within, place: Place) {
        let real = dunce::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if self.source.files.contains(&real) {
            return;
        }
        if self.source.files.len() >= MOST_FILES {
            return self.add(EventKind::Unread, within);
        }
        let text = std::fs::read_to_string(path).ok();
        self.source.files.insert(real);
        match text.and_then(|text| text.parse::<TokenStream>().ok()) {
            Some(stream) => self.walk(stream, within.inside(), &place),
            None => self.add(EventKind::Unread, within),
        }
    }

    fn add(&mut self, kind: EventKind, within: &Within) {
        self.source.events.push(Event {
            kind,
            conditions: within.conditions.clone(),
            is_item: within.is_item,
        });
    }

    fn walk(&mut self, stream: TokenStream, mut within: Within, place: &Place) {
        if within.level > MOST_LEVELS {
            return self.add(EventKind::Unread, &within);
        }
        let trees: Vec<TokenTree> = stream.into_iter().collect();
        let mut pending = Pending::default();
        let mut angles = 0_usize;
        let mut at = 0;
        while let Some(tree) = trees.get(at) {
            let here = Within {
                conditions: [&within.conditions[..], &pending.conditions].concat(),
                ..within.clone()
            };
            let rest = &trees[at + 1..];
            match tree {
                TokenTree::Punct(mark) => match (mark.as_char(), rest) {
                    ('#', [TokenTree::Group(attribute), ..]) => {
                        self.attribute(attribute, &mut pending, &here, place);
                        at += 1;
                    }
                    ('#', [TokenTree::Punct(inner), TokenTree::Group(attribute), ..])
                        if inner.as_char() == '!' =>
                    {
                        let mut whole = Pending::default();
                        self.attribute(attribute, &mut whole, &here, place);
                        within.conditions.extend(whole.conditions);
                        at += 2;
                    }
                    ('<', _) => angles += 1,
                    ('>', _) if !ends_arrow(&trees, at) => angles = angles.saturating_sub(1),
                    (';', _) => {
                        pending = Pending::default();
                        angles = 0;
                    }
                    (',', _) if angles == 0 => pending = Pending::default(),
                    _ => {}
                },
                TokenTree::Group(group) => {
                    // In what a macro is given at the level of items, braces may hold more of them.
                    let is_item = here.is_item && here.is_argument && is_braces(group);
                    self.walk(group.stream(), Within { is_item, ..here.inside() }, place);
                    if is_braces(group) {
                        pending = Pending::default();
                    }
                }
                TokenTree::Ident(word) => {
                    let is_field =
                        at > 0 && is_mark(&trees[at - 1], '.') && !(at > 1 && is_mark(&trees[at - 2], '.'));
                    let taken =
                        if is_field { 0 } else { self.word(word, at, &trees, &here, &mut pending, place) };
                    at += taken;
                }
                TokenTree::Literal(_) => {}
            }
            at += 1;
        }
    }

    /// Takes what begins with a word, and says how many trees after it belong to it.
    fn word(
        &mut self,
        word: &Ident,
        at: usize,
        trees: &[TokenTree],
        here: &Within,
        pending: &mut Pending,
        place: &Place,
    ) -> usize {
        let rest = &trees[at + 1..];
        let to_semicolon = || rest.iter().take_while(|tree| !is_mark(tree, ';')).count();
        match (word.to_string().as_str(), rest) {
            ("mod", [TokenTree::Ident(name), TokenTree::Punct(end), ..]) if end.as_char() == ';' => {
                self.module(&plain(name), here, pending, place);
                1
            }
            ("mod", [TokenTree::Ident(name), TokenTree::Group(body), ..]) if is_braces(body) => {
                let base = if place.is_inline { place.modules.clone() } else { folder_of(&place.file) };
                let modules = pending
                    .paths
                    .first()
                    .map_or_else(|| place.modules.join(plain(name)), |path| base.join(path));
                let place = Place { modules, is_inline: true, ..place.clone() };
                self.walk(body.stream(), Within { level: here.level + 1, ..here.clone() }, &place);
                *pending = Pending::default();
                2
            }
            // Not what an opaque type captures (`use<'a>`).
            ("use", [first, ..]) if !is_mark(first, '<') => {
                let length = to_semicolon();
                for import in imports_of_use(&rest[..length]) {
                    self.add(EventKind::Import(import), here);
                }
                length
            }
            ("extern", [TokenTree::Ident(keyword), name @ ..]) if keyword == "crate" => {
                let length = to_semicolon();
                for import in imports_of_extern_crate(&name[..length - 1]) {
                    self.add(EventKind::Import(import), here);
                }
                length
            }
            ("fn", [TokenTree::Ident(name), ..]) => {
                if name == "main" && here.is_item {
                    self.add(EventKind::Main, here);
                }
                1
            }
            ("macro_rules", [TokenTree::Punct(mark), TokenTree::Ident(_), TokenTree::Group(rules), ..])
                if mark.as_char() == '!' =>
            {
                self.walk(
                    rules.stream(),
                    Within { is_item: false, is_argument: true, ..here.inside() },
                    place,
                );
                *pending = Pending::default();
                3
            }
            ("include", [TokenTree::Punct(mark), TokenTree::Group(arguments), ..])
                if mark.as_char() == '!' =>
            {
                self.inclusion(arguments, here, place);
                2
            }
            ("cfg", [TokenTree::Punct(mark), TokenTree::Group(condition), ..]) if mark.as_char() == '!' => {
                // As in `if cfg!(…) { … }`.
                pending.conditions.extend(Condition::parse(condition.stream()));
                2
            }
            _ => self.path(word, at, trees, here, pending, place),
        }
    }

    /// Takes a path with what a macro is given, in so far as it can lead out of the file.
    fn path(
        &mut self,
        word: &Ident,
        at: usize,
        trees: &[TokenTree],
        here: &Within,
        pending: &mut Pending,
        place: &Place,
    ) -> usize {
        let mut segments = vec![plain(word)];
        let mut end = at + 1;
        let mut has_colons = false;
        while let [TokenTree::Punct(first), TokenTree::Punct(second), ..] = &trees[end..]
            && first.as_char() == ':'
            && second.as_char() == ':'
        {
            has_colons = true;
            end += 2;
            let Some(TokenTree::Ident(next)) = trees.get(end) else { break };
            segments.push(plain(next));
            end += 1;
        }
        let arguments = match &trees[end..] {
            [TokenTree::Punct(mark), TokenTree::Group(arguments), ..] if mark.as_char() == '!' => {
                Some(arguments)
            }
            _ => None,
        };
        let is_alone = |at: Option<usize>| {
            at.and_then(|at| trees.get(at)).is_none_or(|tree| is_mark(tree, ',') || is_mark(tree, ';'))
        };
        let is_argument = here.is_argument && is_alone(at.checked_sub(1)) && is_alone(Some(end));
        if has_colons || arguments.is_some() || is_argument {
            self.add(EventKind::Path { segments, is_macro: arguments.is_some() }, here);
        }
        if let Some(arguments) = arguments {
            self.walk(
                arguments.stream(),
                Within { is_argument: true, level: here.level + 1, ..here.clone() },
                place,
            );
            end += 2;
            if is_braces(arguments) {
                *pending = Pending::default();
            }
        }
        end - at - 1
    }

    fn attribute(&mut self, attribute: &Group, pending: &mut Pending, here: &Within, place: &Place) {
        let trees: Vec<TokenTree> = attribute.stream().into_iter().collect();
        match &trees[..] {
            [TokenTree::Ident(name), TokenTree::Group(condition)] if name == "cfg" => {
                pending.conditions.extend(Condition::parse(condition.stream()));
            }
            [TokenTree::Ident(name), TokenTree::Group(conditional)] if name == "cfg_attr" => {
                // Both files are there, and one of them is meant.
                let inner: Vec<TokenTree> = conditional.stream().into_iter().collect();
                pending.paths.extend(inner.windows(3).filter_map(path_attribute));
            }
            _ => match path_attribute(&trees) {
                Some(path) => pending.paths.push(path),
                None => self.walk(attribute.stream(), Within { is_item: false, ..here.inside() }, place),
            },
        }
    }

    fn module(&mut self, name: &str, here: &Within, pending: &Pending, place: &Place) {
        if !self.reads_modules {
            return;
        }
        let base = if place.is_inline { place.modules.clone() } else { folder_of(&place.file) };
        for path in &pending.paths {
            let file = base.join(path);
            let modules = folder_of(&file);
            self.read_file(&file.clone(), here, Place { file, modules, is_inline: false });
        }
        let file = place.modules.join(format!("{name}.rs"));
        let folder = place.modules.join(name);
        for file in [file, folder.join("mod.rs")] {
            // One of them is there, or none where the module is for other conditions.
            if file.is_file() {
                self.read_file(
                    &file.clone(),
                    here,
                    Place { file, modules: folder.clone(), is_inline: false },
                );
            }
        }
    }

    fn inclusion(&mut self, arguments: &Group, here: &Within, place: &Place) {
        let trees: Vec<TokenTree> = arguments.stream().into_iter().collect();
        match included_path(&trees, &place.file, self.package) {
            Some(file) => {
                let modules = folder_of(&file);
                self.read_file(&file.clone(), here, Place { file, modules, is_inline: false });
            }
            None => self.add(EventKind::Unread, here),
        }
    }
}

impl Within {
    fn inside(&self) -> Self {
        Self { level: self.level + 1, ..self.clone() }
    }
}

fn path_attribute(trees: &[TokenTree]) -> Option<String> {
    match trees {
        [TokenTree::Ident(name), TokenTree::Punct(mark), TokenTree::Literal(path)]
            if name == "path" && mark.as_char() == '=' =>
        {
            text_of(path)
        }
        _ => None,
    }
}

fn folder_of(file: &Path) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).to_owned()
}

fn plain(word: &Ident) -> String {
    word.to_string().trim_start_matches("r#").to_owned()
}

fn is_mark(tree: &TokenTree, mark: char) -> bool {
    matches!(tree, TokenTree::Punct(found) if found.as_char() == mark)
}

fn is_braces(group: &Group) -> bool {
    group.delimiter() == Delimiter::Brace
}

/// Whether a `>` is the end of `->` or `=>`.
fn ends_arrow(trees: &[TokenTree], at: usize) -> bool {
    at > 0 && (is_mark(&trees[at - 1], '-') || is_mark(&trees[at - 1], '='))
}
