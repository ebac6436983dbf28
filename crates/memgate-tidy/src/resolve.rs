//! A path in a source to the file that defines what it names, through re-exports.

use crate::module::{Module, Reference};
use crate::package::Package;

/// How many re-exports are followed; more are a circle of them.
const MOST_REEXPORTS: usize = 16;

impl Package {
    /// The module that defines what a reference in the module `from` names, and whether it names the module itself; none when it is
    /// of another package.
    pub(crate) fn target(&self, from: &[String], reference: &Reference) -> Option<(Vec<String>, bool)> {
        let absolute = self.absolute(from, reference, 0)?;
        self.defining(&absolute, MOST_REEXPORTS)
    }

    /// The path from the root of the package.
    fn absolute(&self, from: &[String], reference: &Reference, depth: usize) -> Option<Vec<String>> {
        let (first, rest) = reference.path.split_first()?;
        let below = |module: &[String]| [module, rest].concat();
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some(below(from)),
            "super" => {
                let ups = reference.path.iter().take_while(|segment| *segment == "super").count();
                let module = from.get(..from.len().checked_sub(ups)?)?;
                Some([module, &reference.path[ups..]].concat())
            }
            _ => {
                let module = self.modules.get(from)?;
                if module.children.contains(first) {
                    return Some([from, &reference.path].concat());
                }
                // By the name of something that is imported.
                let is_it =
                    |import: &&Reference| import.imported_as.as_ref() == Some(first) && *import != reference;
                let import = module.references.iter().find(is_it).filter(|_| depth < MOST_REEXPORTS)?;
                Some([self.absolute(from, import, depth + 1)?, rest.to_vec()].concat())
            }
        }
    }

    fn defining(&self, path: &[String], left: usize) -> Option<(Vec<String>, bool)> {
        let path = if path.last().is_some_and(|last| last == "*") { &path[..path.len() - 1] } else { path };
        let mut depth = 0;
        while depth < path.len() && self.modules.contains_key(&path[..=depth]) {
            depth += 1;
        }
        let (module_path, rest) = path.split_at(depth);
        let Some((name, after)) = rest.split_first() else { return Some((module_path.to_vec(), true)) };
        let module = self.modules.get(module_path)?;
        if module.items.contains(name) || left == 0 {
            return Some((module_path.to_vec(), false));
        }
        self.reexported(module_path, module, name, after, left)
            .or_else(|| Some((module_path.to_vec(), false)))
    }

    /// What a module has by that name from elsewhere.
    fn reexported(
        &self,
        path: &[String],
        module: &Module,
        name: &str,
        after: &[String],
        left: usize,
    ) -> Option<(Vec<String>, bool)> {
        let imports = || module.references.iter().filter(|one| one.imported_as.is_some());
        if let Some(import) = imports().find(|one| one.imported_as.as_deref() == Some(name)) {
            let target = self.absolute(path, import, 0)?;
            return self.defining(&[&target, after].concat(), left - 1);
        }
        imports().filter(|one| one.imported_as.as_deref() == Some("*")).find_map(|glob| {
            let mut target = self.absolute(path, glob, 0)?;
            target.pop();
            let names = self.modules.get(&target)?;
            let has = names.items.contains(name)
                || names.children.contains(name)
                || names.references.iter().any(|one| one.imported_as.as_deref() == Some(name));
            target.push(name.to_owned());
            has.then(|| self.defining(&[&target, after].concat(), left - 1))?
        })
    }
}
