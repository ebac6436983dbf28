//! What runs a function: closures for the gate, and for divan.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Expr, FnArg, ItemFn, Type};

use crate::options::Options;

/// A function, and what is asked for it.
pub(crate) struct Bench<'a> {
    pub(crate) function: &'a ItemFn,
    pub(crate) options: &'a Options,
}

impl Bench<'_> {
    /// An expression of the facade's `Runner`, for the function with generic arguments.
    pub(crate) fn runner(&self, generics: &[TokenStream]) -> TokenStream {
        let private = self.options.private();
        let signature = &self.function.sig;
        let ident = &signature.ident;
        let function = if generics.is_empty() {
            quote! { #ident }
        } else {
            quote! { #ident::<#(#generics),*> }
        };
        let is_extern = signature.abi.is_some();
        let argument = self.argument_type();
        match (signature.inputs.len(), &self.options.args) {
            (0, _) => {
                let function = if is_extern {
                    quote! { || #function() }
                } else {
                    function
                };
                quote! {
                    #private::Runner {
                        gate: #private::GateRunner::Plain(|bencher| bencher.bench(#function)),
                        divan: #private::BenchEntryRunner::Plain(|bencher| bencher.bench(#function)),
                    }
                }
            }
            (1, None) => {
                let of_gate = if is_extern {
                    quote! { |bencher| #function(bencher) }
                } else {
                    function.clone()
                };
                quote! {
                    #private::Runner {
                        gate: #private::GateRunner::Plain(#of_gate),
                        divan: #private::BenchEntryRunner::Plain(|bencher| #function(#private::outside(bencher))),
                    }
                }
            }
            (1, Some(args)) => self.with_args(args, &|| {
                let call = quote! {
                    |bencher, argument| bencher.bench(|| #function(#private::Arg::<#argument>::get(argument)))
                };
                (call.clone(), call)
            }),
            (2, Some(args)) => self.with_args(args, &|| {
                let argument = quote! { #private::Arg::<#argument>::get(argument) };
                (
                    quote! { |bencher, argument| #function(bencher, #argument) },
                    quote! { |bencher, argument| #function(#private::outside(bencher), #argument) },
                )
            }),
            (_, _) => {
                let argument = self.last_type().unwrap_or_default();
                quote! {
                    ::core::compile_error!(::core::concat!(
                        "expected 'args' option containing '",
                        ::core::stringify!(#argument),
                        "'",
                    ))
                }
            }
        }
    }

    /// A runner with arguments; `calls` gives the gate's closure, and divan's.
    fn with_args(&self, args: &Expr, calls: &dyn Fn() -> (TokenStream, TokenStream)) -> TokenStream {
        let private = self.options.private();
        let argument = self.argument_type();
        let of_type = match args {
            // Without elements the type has to be said.
            Expr::Array(array) if array.elems.is_empty() => quote! { -> [#argument; 0] },
            _ => TokenStream::new(),
        };
        let (of_gate, of_divan) = calls();
        let make = quote! { || #of_type { #args } };
        // Imported for crates without the standard library's prelude.
        let name = quote! {
            |argument| {
                #[allow(unused_imports)]
                use #private::ToString as _;
                #private::ToStringHelper(argument).to_string()
            }
        };
        quote! {
            #private::Runner {
                gate: #private::GateRunner::Args(|| __MEMGATE_ARGS.for_gate(#make, #name, #of_gate)),
                divan: #private::BenchEntryRunner::Args(|| __MEMGATE_ARGS.divan.runner(#make, #name, #of_divan)),
            }
        }
    }

    /// The type of the last argument, without the lifetime of a reference, which is that of the function.
    fn argument_type(&self) -> TokenStream {
        match self.function.sig.inputs.last().map(of_argument) {
            Some(Type::Reference(reference)) => {
                let mut reference = reference.clone();
                reference.lifetime = None;
                reference.into_token_stream()
            }
            Some(other) => other.to_token_stream(),
            None => TokenStream::new(),
        }
    }

    fn last_type(&self) -> Option<TokenStream> {
        self.function.sig.inputs.last().map(|argument| of_argument(argument).to_token_stream())
    }
}

fn of_argument(argument: &FnArg) -> &Type {
    match argument {
        FnArg::Receiver(receiver) => &receiver.ty,
        FnArg::Typed(typed) => &typed.ty,
    }
}
