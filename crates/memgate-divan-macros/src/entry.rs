//! An entry as a static that registers itself before `main`.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Attribute;

use crate::meta::{conditions, pretty};
use crate::options::Options;

/// A static of the facade's `Entry` that the loader registers.
pub(crate) struct Entry<'a> {
    /// `bench` or `bench_group`.
    pub(crate) attribute: &'static str,
    pub(crate) ident: &'a Ident,
    pub(crate) attributes: &'a [Attribute],
    pub(crate) options: &'a Options,
    /// Items that its expressions name.
    pub(crate) items: TokenStream,
    pub(crate) meta: TokenStream,
    /// An expression of the facade's `Benches`.
    pub(crate) benches: TokenStream,
}

impl Entry<'_> {
    /// The static's name. It lies beside the item, so that an attribute that is there twice is an error.
    fn name(&self) -> Ident {
        let name = pretty(&self.ident.to_string()).to_uppercase();
        match self.attribute {
            // The tool knows by this prefix which frames are not the user's.
            "bench" => format_ident!("__MEMGATE_BENCH_{name}", span = self.ident.span()),
            _ => format_ident!("__MEMGATE_GROUP_{name}", span = self.ident.span()),
        }
    }

    pub(crate) fn into_tokens(self) -> TokenStream {
        let private = self.options.private();
        let name = self.name();
        let conditions = conditions(self.attributes);
        let more_conditions = conditions.clone();
        let Self { attribute, items, meta, benches, .. } = self;
        let (elf, mach_o) = (elf(), mach_o());
        let error = format!("Unsupported target OS for `#[divan::{attribute}]`");
        quote! {
            #(#conditions)*
            #[cfg(not(any(windows, #elf, #mach_o)))]
            ::core::compile_error!(#error);

            #(#more_conditions)*
            static #name: #private::Entry = {
                {
                    #[used]
                    #[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
                    #[cfg_attr(any(#elf), unsafe(link_section = ".init_array"))]
                    #[cfg_attr(any(#mach_o), unsafe(link_section = "__DATA,__mod_init_func,mod_init_funcs"))]
                    static PUSH: extern "C" fn() = push;

                    extern "C" fn push() {
                        static NODE: #private::EntryList<#private::Entry> = #private::EntryList::new(&#name);
                        #private::ENTRIES.push(&NODE);
                    }
                }

                #items

                #private::Entry { meta: #meta, benches: #benches }
            };
        }
    }
}

fn elf() -> TokenStream {
    quote! {
        target_os = "android",
        target_os = "dragonfly",
        target_os = "freebsd",
        target_os = "fuchsia",
        target_os = "haiku",
        target_os = "illumos",
        target_os = "linux",
        target_os = "netbsd",
        target_os = "openbsd",
        target_os = "wasi",
        target_os = "emscripten"
    }
}

fn mach_o() -> TokenStream {
    quote! { target_os = "ios", target_os = "macos", target_os = "tvos", target_os = "watchos" }
}
