//! Names, each once.

/// Names that are taken. Sorted: a tree or a table of them would be a large part of what a bench target's user has to compile.
#[derive(Debug, Default)]
pub(super) struct Names {
    sorted: Vec<String>,
}

impl Names {
    /// Takes a name, and says whether it was free.
    pub(super) fn insert(&mut self, name: &str) -> bool {
        match self.find(name) {
            Ok(_) => false,
            Err(place) => {
                self.sorted.insert(place, name.to_owned());
                true
            }
        }
    }

    /// Whether a name is taken.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.find(name).is_ok()
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.sorted.binary_search_by(|known| known.as_str().cmp(name))
    }
}
