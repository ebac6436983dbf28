//! `#[bench]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemFn;

use crate::attribute::Attribute;
use crate::entry::Entry;
use crate::generics;
use crate::meta::{ignore, meta};
use crate::options::Options;
use crate::runner::Bench;

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let function: ItemFn = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(error) => return error.into_compile_error(),
    };
    let attribute = Attribute::Bench(&function.sig);
    let mut options = match Options::parse(options, attribute) {
        Ok(options) => options,
        Err(error) => return error.into_compile_error(),
    };
    options.ignore = ignore(&function.attrs);
    if options.is_for_nothing() {
        return item;
    }
    let private = options.private();
    let bench = Bench { function: &function, options: &options };
    let benches = if options.types().is_none() && options.consts.is_none() {
        let runner = bench.runner(&[]);
        quote! { #private::Benches::One(#runner) }
    } else {
        let instances = generics::instances(&bench);
        quote! { #private::Benches::Generic({ #instances }) }
    };
    // One for all instances of a generic function, whose arguments are made once.
    let items = options.args.is_some().then(|| {
        quote! { static __MEMGATE_ARGS: #private::Args = #private::Args::new(); }
    });
    let entry = Entry {
        attribute: attribute.name(),
        ident: &function.sig.ident,
        attributes: &function.attrs,
        options: &options,
        items: items.unwrap_or_default(),
        meta: meta(&function.sig.ident.to_string(), &options),
        benches,
    }
    .into_tokens();
    quote! { #item #entry }
}
