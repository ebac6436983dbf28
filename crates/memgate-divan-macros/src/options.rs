//! The options of an attribute, in divan's grammar and with divan's words for what is wrong.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Expr, ExprArray, ExprLit, Ident, LitBool, Path, Token, Type, bracketed, parse_quote};

use crate::attribute::Attribute;

/// The counters that have options of their own, and their types.
const COUNTS: [(&str, &str); 4] = [
    ("bytes_count", "BytesCount"),
    ("chars_count", "CharsCount"),
    ("cycles_count", "CyclesCount"),
    ("items_count", "ItemsCount"),
];

/// The options of an attribute.
#[derive(Default)]
pub(crate) struct Options {
    krate: Option<Path>,
    pub(crate) name: Option<Expr>,
    pub(crate) args: Option<Expr>,
    types: Option<Types>,
    pub(crate) consts: Option<Expr>,
    counters: Vec<Counter>,
    /// Fields of `BenchOptions`; which there are, and that none is there twice, the compiler says.
    fields: Vec<(Ident, Expr)>,
    /// The path of an attribute `#[ignore]`.
    pub(crate) ignore: Option<Path>,
}

struct Counter {
    /// The option's own, so that an error is where it stands.
    field: Ident,
    /// Of what type, where the option says it.
    count: Option<&'static str>,
    values: Vec<Expr>,
}

struct Types(Vec<Type>);

impl Parse for Types {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let content;
        bracketed!(content in input);
        Ok(Self(content.parse_terminated(Type::parse, Token![,])?.into_iter().collect()))
    }
}

impl Options {
    pub(crate) fn parse(tokens: TokenStream, attribute: Attribute<'_>) -> syn::Result<Self> {
        let mut options = Self::default();
        syn::meta::parser(|meta| options.add(&meta, attribute)).parse2(tokens)?;
        Ok(options)
    }

    fn add(&mut self, meta: &ParseNestedMeta<'_>, attribute: Attribute<'_>) -> syn::Result<()> {
        let macro_name = attribute.name();
        let Some(ident) = meta.path.get_ident() else {
            return Err(meta.error(format_args!("unsupported '{macro_name}' option")));
        };
        let written = ident.to_string();
        let name = written.strip_prefix("r#").unwrap_or(&written);
        let repeated = || Err(meta.error(format_args!("repeated '{macro_name}' option '{name}'")));
        let required =
            |what: &str| Err(meta.error(format_args!("{what} required for '{macro_name}' option '{name}'")));
        let signature = match (name, attribute) {
            ("types" | "consts" | "args", Attribute::Group) => {
                return Err(meta.error(format_args!("unsupported '{macro_name}' option '{name}'")));
            }
            (_, Attribute::Bench(signature)) => Some(signature),
            (_, Attribute::Group) => None,
        };
        let is_there = match name {
            "crate" => self.krate.is_some(),
            "name" => self.name.is_some(),
            "types" => self.types.is_some(),
            "consts" => self.consts.is_some(),
            "args" => self.args.is_some(),
            "counter" | "counters" => self.counters.iter().any(|counter| counter.count.is_none()),
            name => self.counters.iter().any(|counter| counter.field == name),
        };
        match name {
            "types"
                if signature.is_some_and(|signature| signature.generics.type_params().next().is_none()) =>
            {
                return required("generic type");
            }
            "consts"
                if signature.is_some_and(|signature| signature.generics.const_params().next().is_none()) =>
            {
                return required("generic const");
            }
            "args" if signature.is_some_and(|signature| !matches!(signature.inputs.len(), 1 | 2)) => {
                return required("function argument");
            }
            _ if is_there => return repeated(),
            "crate" => self.krate = Some(meta.value()?.parse()?),
            "name" => self.name = Some(meta.value()?.parse()?),
            "types" => self.types = Some(meta.value()?.parse()?),
            "consts" => self.consts = Some(meta.value()?.parse()?),
            "args" => self.args = Some(meta.value()?.parse()?),
            "counter" => {
                self.counters.push(Counter {
                    field: ident.clone(),
                    count: None,
                    values: vec![meta.value()?.parse()?],
                });
            }
            "counters" => {
                let values: ExprArray = meta.value()?.parse()?;
                let values = values.elems.into_iter().collect();
                self.counters.push(Counter { field: ident.clone(), count: None, values });
            }
            name => match COUNTS.iter().find(|(option, _)| *option == name) {
                Some((_, count)) => self.counters.push(Counter {
                    field: ident.clone(),
                    count: Some(count),
                    values: vec![meta.value()?.parse()?],
                }),
                None => self.fields.push((ident.clone(), value_or_true(meta)?)),
            },
        }
        Ok(())
    }

    /// What is private to the macros, in the crate that stands for divan.
    pub(crate) fn private(&self) -> TokenStream {
        let krate = self.krate();
        quote! { #krate::__private }
    }

    fn krate(&self) -> Path {
        self.krate.clone().unwrap_or_else(|| parse_quote!(::divan))
    }

    /// The types to make a function for, or none where that is not asked for.
    pub(crate) fn types(&self) -> Option<&[Type]> {
        self.types.as_ref().map(|types| types.0.as_slice())
    }

    /// Whether it is asked for no function at all: `types = []`, or `consts = []`.
    pub(crate) fn is_for_nothing(&self) -> bool {
        match (self.types(), &self.consts) {
            (Some(types), None) => types.is_empty(),
            (None, Some(Expr::Array(consts))) => consts.elems.is_empty(),
            _ => false,
        }
    }

    /// An expression of `Option<fn() -> BenchOptions<'static>>`.
    pub(crate) fn bench_options(&self) -> TokenStream {
        let private = self.private();
        if self.fields.is_empty() && self.counters.is_empty() && self.ignore.is_none() {
            return quote! { #private::Option::None };
        }
        let fields = self.fields.iter().map(|(field, value)| {
            let value = self.converted(field, value);
            quote! { #field: #private::Option::Some(#value), }
        });
        // After the options, which have the first word in the compiler's errors.
        let ignore = self.ignore.as_ref().map(|ignore| quote! { #ignore: #private::Option::Some(true), });
        let counters = self.counter_set();
        quote! {
            #private::Option::Some(|| {
                #[allow(clippy::needless_update)]
                #private::BenchOptions {
                    #(#fields)*
                    #ignore
                    #counters
                    ..#private::Default::default()
                }
            })
        }
    }

    /// What may be written in several ways, as the one that the field has.
    fn converted(&self, field: &Ident, value: &Expr) -> TokenStream {
        let private = self.private();
        let name = field.to_string();
        match name.strip_prefix("r#").unwrap_or(&name) {
            "threads" if is_array_of_literals(value) => quote! { #private::Cow::Borrowed(&#value) },
            "threads" => quote! { #private::IntoThreads::into_threads(#value) },
            "min_time" | "max_time" => quote! { #private::IntoDuration::into_duration(#value) },
            _ => value.to_token_stream(),
        }
    }

    fn counter_set(&self) -> Option<TokenStream> {
        let (private, krate) = (self.private(), self.krate());
        let last = self.counters.last()?;
        let field = match last.count {
            // `counter` is another word for `counters`.
            None => Ident::new("counters", last.field.span()),
            Some(_) => Ident::new("counters", Span::call_site()),
        };
        let counters = self.counters.iter().flat_map(|counter| {
            counter.values.iter().map(|value| match counter.count {
                None => value.to_token_stream(),
                Some(count) => {
                    let count = Ident::new(count, Span::call_site());
                    // Imported here, whatever `From` the user's scope has.
                    quote! {{
                        use #private::From as _;
                        #krate::counter::#count::from(#value)
                    }}
                }
            })
        });
        Some(quote! { #field: #private::new_counter_set() #(.with(#counters))* , })
    }
}

/// The value of an option, which is `true` where none is written.
fn value_or_true(meta: &ParseNestedMeta<'_>) -> syn::Result<Expr> {
    use syn::spanned::Spanned as _;

    match meta.value() {
        Ok(value) => value.parse(),
        Err(_) => {
            let lit = LitBool::new(true, meta.path.span()).into();
            Ok(Expr::Lit(ExprLit { lit, attrs: Vec::new() }))
        }
    }
}

fn is_array_of_literals(value: &Expr) -> bool {
    let Expr::Array(array) = value else { return false };
    array.elems.iter().all(|element| matches!(element, Expr::Lit(_)))
}
