//! A generic function for each type and each constant.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, GenericParam, Type};

use crate::runner::Bench;

/// How many constants an expression may have that is no array: an instance is made for each that there may be, since a macro can't
/// count them. Divan's own number.
const MOST_CONSTS: usize = 20;

/// A block whose value is of the type `&'static [&'static [Instance]]`: a slice for each type, or one.
pub(crate) fn instances(bench: &Bench<'_>) -> TokenStream {
    let private = bench.options.private();
    let types: Vec<Option<&Type>> = match bench.options.types() {
        Some(types) => types.iter().map(Some).collect(),
        None => vec![None],
    };
    let Some(consts) = &bench.options.consts else {
        let instances = types.iter().map(|ty| instance(bench, *ty, None));
        return quote! { &[&[#(#instances),*]] };
    };
    let const_type = bench.function.sig.generics.const_params().next().map(|parameter| &parameter.ty);
    let slices = types.iter().map(|ty| match consts {
        Expr::Array(array) => {
            let count = array.elems.len();
            let instances = (0..count).map(|index| {
                instance(bench, *ty, Some((quote! { #index }, quote! { __MEMGATE_CONSTS[#index] })))
            });
            quote! {{
                static INSTANCES: [#private::Instance; #count] = [#(#instances),*];
                &INSTANCES
            }}
        }
        _ => {
            let instances = (0..MOST_CONSTS).map(|index| {
                // The first again for those that are not there.
                let index = quote! { (if #index < __MEMGATE_CONSTS.len() { #index } else { 0 }) };
                let value = quote! { __MEMGATE_CONSTS[#index] };
                instance(bench, *ty, Some((index, value)))
            });
            quote! {{
                static INSTANCES: [#private::Instance; __MEMGATE_CONSTS.len()] =
                    match #private::shrink_array([#(#instances),*]) {
                        #private::Option::Some(array) => array,
                        _ => ::core::panic!("external 'consts' cannot contain more than 20 values"),
                    };
                &INSTANCES
            }}
        }
    });
    quote! {
        // Of a type, also where no instance is made of it.
        const __MEMGATE_CONSTS: &[#const_type] = &#consts;
        &[#(#slices),*]
    }
}

/// An expression of the facade's `Instance`. A constant is its place among the constants and its value.
fn instance(
    bench: &Bench<'_>,
    ty: Option<&Type>,
    constant: Option<(TokenStream, TokenStream)>,
) -> TokenStream {
    let private = bench.options.private();
    let mut arguments = Vec::new();
    arguments.extend(constant.as_ref().map(|(_, value)| quote! { { #value } }));
    arguments.extend(ty.map(|ty| quote! { #ty }));
    if is_type_first(bench) {
        arguments.reverse();
    }
    let runner = bench.runner(&arguments);
    let ty = match ty {
        Some(ty) => quote! { #private::Option::Some(#private::TypeOf::new::<#ty>()) },
        None => quote! { #private::Option::None },
    };
    let constant = match constant {
        Some((index, value)) => quote! {
            #private::Option::Some(#private::ConstOf {
                index: #index,
                name: || #private::ToString::to_string(&#value),
                compare: |one, other| {
                    #private::PartialOrd::partial_cmp(&__MEMGATE_CONSTS[one], &__MEMGATE_CONSTS[other])
                },
                divan: || #private::EntryConst::new(&#value),
            })
        },
        None => quote! { #private::Option::None },
    };
    quote! { #private::Instance { ty: #ty, constant: #constant, runner: #runner } }
}

/// Whether the first type is before the first constant.
fn is_type_first(bench: &Bench<'_>) -> bool {
    let mut parameters = bench.function.sig.generics.params.iter();
    let first = parameters.find(|parameter| !matches!(parameter, GenericParam::Lifetime(_)));
    matches!(first, Some(GenericParam::Type(_)))
}
