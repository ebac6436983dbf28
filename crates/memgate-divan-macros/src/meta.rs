//! What is known of an entry beside its functions: names, place, options.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Attribute, Path};

use crate::options::Options;

/// An expression of the facade's `Meta`.
pub(crate) fn meta(raw_name: &str, options: &Options) -> TokenStream {
    let private = options.private();
    let display_name = match &options.name {
        Some(name) => name.to_token_stream(),
        None => pretty(raw_name).to_token_stream(),
    };
    let bench_options = options.bench_options();
    quote! {
        #private::Meta {
            raw_name: #raw_name,
            display_name: #display_name,
            options: #bench_options,
            module_path: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
            column: ::core::column!(),
        }
    }
}

/// A name without the mark of a raw identifier.
pub(crate) fn pretty(raw_name: &str) -> &str {
    raw_name.strip_prefix("r#").unwrap_or(raw_name)
}

/// The path of an attribute `#[ignore]`, so that an error is where it stands.
pub(crate) fn ignore(attributes: &[Attribute]) -> Option<Path> {
    attributes.iter().map(Attribute::path).find(|path| path.is_ident("ignore")).cloned()
}

/// The conditions of an item, which what is made of it has too.
pub(crate) fn conditions(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> + Clone {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"))
}
