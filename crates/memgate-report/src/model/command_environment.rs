//! What decides the numbers of a whole command, besides its code.

use serde::{Deserialize, Serialize};

use super::{EnvironmentDifference, EnvironmentField};

/// What decides the numbers of a whole command, besides its code and how that was built.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandEnvironment {
    /// Its words, what it reads, where it runs, and how it is to end: `sort lines.txt < in.txt`.
    pub command: String,
    /// The C library, whose own memory is in the numbers: `glibc 2.36`.
    pub libc: String,
    /// The file of a program that the repository does not have, by its content: `git hash-object` says the same. None of a program that
    /// it has, which is the code that is measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// The variables that it is given: `NAME=value`, sorted. Those that every command has are not among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<String>,
}

impl CommandEnvironment {
    /// In what `head` differs from `self`, for the command called `name`.
    pub(super) fn differences<'a>(
        &'a self,
        head: &'a Self,
        name: &'a str,
    ) -> impl Iterator<Item = EnvironmentDifference> + 'a {
        let fields = [
            EnvironmentField::Command,
            EnvironmentField::Libc,
            EnvironmentField::Program,
            EnvironmentField::Variables,
        ];
        fields.into_iter().filter_map(move |field| {
            let (base, head) = (self.shown(field), head.shown(field));
            let only = Some(name.to_owned());
            (base != head).then_some(EnvironmentDifference { field, only, base, head })
        })
    }

    fn shown(&self, field: EnvironmentField) -> String {
        match field {
            EnvironmentField::Command => format!("`{}`", self.command),
            EnvironmentField::Libc => self.libc.clone(),
            EnvironmentField::Program => {
                self.program.clone().unwrap_or_else(|| "of the repository".to_owned())
            }
            _ => format!("[{}]", self.variables.join(", ")),
        }
    }
}
