//! `#[bench_group]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemMod;

use crate::attribute::Attribute;
use crate::entry::Entry;
use crate::meta::{ignore, meta};
use crate::options::Options;

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let module: ItemMod = match syn::parse2(item.clone()) {
        Ok(module) => module,
        Err(error) => return error.into_compile_error(),
    };
    let mut options = match Options::parse(options, Attribute::Group) {
        Ok(options) => options,
        Err(error) => return error.into_compile_error(),
    };
    options.ignore = ignore(&module.attrs);
    let private = options.private();
    let entry = Entry {
        attribute: Attribute::Group.name(),
        ident: &module.ident,
        attributes: &module.attrs,
        options: &options,
        items: TokenStream::new(),
        meta: meta(&module.ident.to_string(), &options),
        benches: quote! { #private::Benches::Group },
    }
    .into_tokens();
    quote! { #item #entry }
}
