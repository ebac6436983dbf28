use std::path::Path;

use super::*;

/// A package that knows memgate as `memgate` and `heap`, its facade as `facade`, a helper that leads there as `support`, and
/// has a library `own` that does too.
fn names() -> Names {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Names {
        runtime: set(&["memgate", "heap", "facade"]),
        helpers: set(&["support"]),
        own: Some("own".to_owned()),
        foreign: set(&["criterion", "divan", "iai"]),
    }
}

struct Built;

impl Facts for Built {
    fn has_feature(&self, feature: &str) -> bool {
        feature == "std"
    }

    fn holds(&self, name: &str, _: Option<&str>) -> bool {
        name == "unix"
    }
}

/// Reads `b.rs` of a package's benches, with other files by their paths below the package.
fn of(source: &str, others: &[(&str, &str)]) -> Mentions {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("benches/b.rs", source);
    others.iter().for_each(|(path, text)| write(path, text));
    Mentions::read(&folder.path().join("benches/b.rs"), folder.path(), &names())
}

#[test]
fn a_suite_is_known_by_the_name_of_what_makes_it() {
    for source in [
        "memgate::main! { a }",
        "::memgate::main!(a);",
        "heap::main![a];",
        "use memgate::main; main! { a }",
        "use heap::*; main! { a }",
        "facade::criterion_main!(a);",
        "use facade::criterion_main; criterion_main!(a);",
        "use memgate as m; m::main! { a }",
        "extern crate memgate as h; h::main! { a }",
        "#[macro_use] extern crate memgate; main! { a }",
        "use memgate::main as suite; suite! { a }",
        "use {memgate::{self as m, Bencher}, std::fmt}; use m::main as suite; suite! { a }",
        "macro_rules! s { ($($t:tt)*) => { memgate::main! { $($t)* } } } s! { a }",
    ] {
        let mentions = of(source, &[]);
        assert!(mentions.has_main() && mentions.is_suite() && mentions.is_direct, "{source}: {mentions:?}");
        assert_eq!(mentions.needs(&Built), [], "{source}");
    }
}

#[test]
fn what_may_be_a_suite_counts_as_one() {
    for source in [
        "fn main() { memgate::Suite::new(\"p\", \"t\").main(); }",
        "support::suite! { a }",
        "use support::suite as s; s! { a }",
        "use support::*; suite! { a }",
        "own::suite! { a }",
        "use own::suite; suite! { a }",
        "fn main() { own::memgate::Suite::new(); }",
        "use own::Suite; fn main() {}",
        "fn main() { support::run(); }",
        "macro_rules! s { ($m:ident) => { memgate::$m! { a } } } s!(main);",
        "macro_rules! s { ($c:ident) => { $c::main! { a } } } s!(memgate);",
        "include!(concat!(env!(\"OUT_DIR\"), \"/suite.rs\"));",
        "include!(\"none.rs\");",
        "not a source }",
    ] {
        let mentions = of(source, &[]);
        assert!(mentions.is_suite(), "{source}: {mentions:?}");
    }
}

#[test]
fn what_is_none_of_memgates_is_none() {
    for source in [
        "// memgate::main! { a }\nfn main() {}",
        "//! memgate::main! { a }\n/// memgate::Suite\nfn main() {}",
        "const SOURCE: &str = \"memgate::main! { a }\"; fn main() {}",
        "iai::main!(a);",
        "fn main() { divan::main(); }",
        "use heap::Fixture; divan::main!(); ",
        "use heap::Fixture; use criterion::criterion_main; criterion_main!(a);",
        "use criterion::*; use support::Fixture; criterion_main!(a);",
        "#[macro_use] extern crate criterion; use support::Fixture; criterion_main!(a);",
        "use criterion as c; use support::*; c::criterion_main!(a);",
        "#[cfg(unix)] criterion::criterion_main!(a); use support::Fixture;",
        "fn main() {}",
        "fn main() { own::run(); let heap = own::Heap::new(); heap.push(1); }",
        "use own::*; fn main() {}",
        "fn memgate() {} fn main() { x.memgate(); }",
        // Nothing here can be a `main`: it is libtest's.
        "use support::Fixture; #[bench] fn a(b: &mut test::Bencher) {} thread_local! { static A: u8 = 1; }",
    ] {
        let mentions = of(source, &[]);
        assert!(!mentions.is_suite(), "{source}: {mentions:?}");
    }
    let without = Mentions::of(&Source::read(Path::new("none"), Path::new("")), &Names::default());
    assert_eq!(without, Mentions::default());
}

#[test]
fn files_are_followed_wherever_they_are() {
    let suite = "fn a(b: memgate::Bencher) {} memgate::main! { a }";
    let by_hand = "pub fn go() { memgate::Suite::new(\"p\", \"t\").main(); }";
    let shapes: &[(&str, &[(&str, &str)])] = &[
        ("mod common; common::main! { a }", &[("benches/common/mod.rs", "pub use memgate::main;")]),
        ("mod common; common::main! { a }", &[("benches/common.rs", "pub use memgate::{main, Bencher};")]),
        (
            "mod inner { pub mod deep; } fn main() { inner::deep::go() }",
            &[("benches/inner/deep.rs", by_hand)],
        ),
        ("mod a { mod b { mod c; } } fn main() {}", &[("benches/a/b/c.rs", by_hand)]),
        ("#[path = \"x\"] mod a { mod b; } fn main() {}", &[("benches/x/b.rs", by_hand)]),
        ("#[path = \"../other.rs\"] mod a; fn main() {}", &[("other.rs", by_hand)]),
        ("#[cfg_attr(unix, path = \"u.rs\")] mod a; fn main() {}", &[("benches/u.rs", by_hand)]),
        ("mod r#fn; fn main() {}", &[("benches/fn.rs", by_hand)]),
        ("include!(\"shared/suite.txt\");", &[("benches/shared/suite.txt", suite)]),
        ("include!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/s.rs\"));", &[("s.rs", suite)]),
        (
            "mod first;",
            &[
                ("benches/first.rs", "mod second;"),
                ("benches/first/second.rs", "#[path = \"../../other.rs\"] mod third;"),
                ("other.rs", "include!(\"benches/suite.rs\");"),
                ("benches/suite.rs", suite),
            ],
        ),
        ("mod common; use common::main;", &[("benches/common.rs", by_hand)]),
        ("mod a; fn main() {}", &[("benches/a.rs", "fn x() -> impl Y + use<'_> { memgate::z() }")]),
    ];
    for (source, others) in shapes {
        assert!(of(source, others).is_suite(), "{source} {others:?}");
    }
    // A file that names itself, and one that is not there.
    assert!(!of("mod b; #[path = \"b.rs\"] mod again; mod gone; fn main() {}", &[]).is_suite());
}

#[test]
fn what_a_suite_stands_behind_is_what_it_lacks() {
    let heap = || vec![Need::Feature("heap".to_owned())];
    let behind_heap: &[&str] = &[
        "#[cfg(all(unix, feature = \"heap\"))] memgate::main! { a } #[cfg(not(unix))] fn main() {}",
        "#[allow(unused)] use memgate as m; #[cfg(feature = \"heap\")] m::main! { \"a\" => b::a } fn main() {}",
        "use memgate::main as suite; #[cfg(feature = \"heap\")] suite! { a }",
        "#[cfg(feature = \"heap\")] support::suite! { a } #[cfg(not(feature = \"heap\"))] fn main() {}",
        "#[cfg(feature = \"heap\")] fn main() -> R<A, B> { memgate::Suite::new(); } \
         #[cfg(not(feature = \"heap\"))] fn main() {}",
        "fn main() { if cfg!(feature = \"heap\") { memgate::Suite::new() } }",
        "fn main() { #[cfg(feature = \"heap\")] { memgate::Suite::new(); } }",
        "#![cfg(feature = \"heap\")] memgate::main! { a }",
        "cfg_if::cfg_if! { if #[cfg(feature = \"heap\")] { memgate::main! { a } } else { fn main() {} } }",
        "#[cfg(feature = \"heap\")] mod m { fn a() {} } #[cfg(feature = \"heap\")] memgate::main!(m::a); \
         #[cfg(not(feature = \"heap\"))] criterion::criterion_main!(b);",
    ];
    for source in behind_heap {
        let mentions = of(source, &[]);
        assert!(mentions.is_suite(), "{source}: {mentions:?}");
        assert_eq!(mentions.needs(&Built), heap(), "{source}: {mentions:?}");
    }
    let suite = [("s.rs", "memgate::main! { a }")];
    let included = "#[cfg(feature = \"heap\")] include!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/s.rs\")); \
                    #[cfg(not(feature = \"heap\"))] fn main() {}";
    assert_eq!(of(included, &suite).needs(&Built), heap());
    let module = "#[cfg(feature = \"heap\")] #[path = \"../s.rs\"] mod s; fn main() {}";
    assert_eq!(of(module, &suite).needs(&Built), heap());

    let custom = of("#[cfg(heap_benches)] memgate::main! { a } #[cfg(not(heap_benches))] fn main() {}", &[]);
    assert_eq!(custom.needs(&Built), [Need::Condition("cfg(heap_benches)".to_owned())]);
    let other = of("#[cfg(windows)] ::memgate::main! { a }", &[]);
    assert_eq!(other.needs(&Built), [Need::Platform("cfg(windows)".to_owned())]);
    assert_eq!(of("#[allow(missing_docs)] #[cfg(unix)] memgate::main! { a }", &[]).needs(&Built), []);
    // What ends with an item does not hold for the next.
    assert_eq!(of("#[cfg(windows)] fn x() {} memgate::main! { a }", &[]).needs(&Built), []);
    assert_eq!(of("#[cfg(windows)] x! {} memgate::main! { a }", &[]).needs(&Built), []);
}
