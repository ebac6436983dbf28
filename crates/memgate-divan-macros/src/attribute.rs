//! Which attribute is expanded, as its options and its errors depend on it.

use syn::Signature;

/// One of the two attributes.
#[derive(Clone, Copy)]
pub(crate) enum Attribute<'a> {
    Bench(&'a Signature),
    Group,
}

impl Attribute<'_> {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bench(_) => "bench",
            Self::Group => "bench_group",
        }
    }
}
