//! One program under the engine `sites` and under the sampler: what samples say of each call site beside what there was.
//!
//! A thousand processes, for which the shares are as narrow as they are promised, take a few minutes:
//! `MEMGATE_LIVE_RUNS=1000 cargo test --workspace --all-features --test end_to_end sampled -- --nocapture`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::finished::Finished;
use crate::support::{Package, Project, repository};

/// Allocates at many call sites, and says at its end what was sampled at each: samples, and of blocks and bytes, allocated and live, the
/// estimate and its variance.
const PROGRAM: &str = r#"
use std::hint::black_box;

#[global_allocator]
static HEAP: memgate_live::Heap = memgate_live::Heap::system();

/// So many blocks, of a size by its number; of each few, one is kept.
#[inline(always)]
fn allocate(blocks: usize, kept_of: usize, size: impl Fn(usize) -> usize) {
    let mut kept: Vec<Vec<u8>> = Vec::with_capacity(blocks);
    for number in 0..blocks {
        let block = black_box(Vec::with_capacity(size(number)));
        if number % kept_of == 0 {
            kept.push(block);
        }
    }
    std::mem::forget(black_box(kept));
}

macro_rules! sites {
    ($($name:ident: $blocks:expr, $kept_of:expr, $size:expr;)*) => {
        $(
            #[inline(never)]
            fn $name() {
                allocate($blocks, $kept_of, $size);
                black_box(());
            }
        )*
        const SITES: &[(&str, fn())] = &[$((stringify!($name), $name)),*];
    };
}

sites! {
    site_a: 16_000, 2, |_| 64;
    site_b: 12_000, 3, |_| 100;
    site_c: 4_000, 1, |number| 16 + number * 37 % 2_000;
    site_d: 8_000, 2, |number| 16 + number * 37 % 500;
    site_e: 10_000, 1, |number| if number % 500 == 0 { 1 << 20 } else { 100 };
    site_f: 6_000, 4, |number| if number % 100 == 0 { 1 << 14 } else { 200 };
    site_g: 900, 2, |_| 4_096;
    site_h: 600, 1, |_| 8_192;
    site_i: 300, 3, |number| 1 << (10 + number % 6);
    site_j: 20_000, 5, |number| 24 + number % 100;
    site_k: 5_000, 2, |number| 300 + number % 7;
    site_l: 7_000, 1, |number| [8, 48, 1_000][number % 3];
}

fn main() {
    // At the first sample, the C library reads where the stack lies, and allocates for that.
    memgate_live::set_sampling_interval(1);
    drop(black_box(vec![1]));
    memgate_live::set_sampling_interval(8 * 1024);
    for (_, site) in SITES {
        black_box(site)();
    }
    memgate_live::set_sampling_interval(0);
    let profile = memgate_live::profile().unwrap();
    assert!(profile.has_frame_pointers);
    let responder = memgate_live::Options::new().without_authentication().responder().unwrap();
    let mut sums = vec![[0.0; 9]; SITES.len()];
    for stack in &profile.stacks {
        // As pprof asks.
        let addresses: Vec<String> =
            stack.return_addresses.iter().map(|address| format!("{:#x}", address - 1)).collect();
        let body = addresses.join("+");
        let request = memgate_live::Request {
            method: "POST",
            path: "/debug/pprof/symbol",
            body: body.as_bytes(),
            ..memgate_live::Request::default()
        };
        let names = String::from_utf8(responder.respond(&request).body).unwrap();
        let Some(site) = SITES.iter().position(|(name, _)| names.contains(name)) else { continue };
        let (of, live) = (stack.allocated, stack.live);
        let found = [
            of.samples as f64, of.objects, of.objects_variance, of.bytes, of.bytes_variance,
            live.objects, live.objects_variance, live.bytes, live.bytes_variance,
        ];
        sums[site].iter_mut().zip(found).for_each(|(sum, more)| *sum += more);
    }
    for ((name, _), sums) in SITES.iter().zip(sums) {
        println!("{name} {}", sums.map(|sum| format!("{sum:e}")).join(" "));
    }
}
"#;

/// What there is of each call site: blocks and bytes that were allocated, and those that live at the end.
type Numbers = BTreeMap<String, [f64; 4]>;

/// What `sites` has counted, from the file for dhat's viewer.
fn exact(project: &Project) -> Numbers {
    project.memgate("explain commands/sampled --dhat exact.json").exits(0);
    let dhat: Value = serde_json::from_str(&project.read("exact.json")).unwrap();
    let frames: Vec<&str> =
        dhat["ftbl"].as_array().unwrap().iter().map(|frame| frame.as_str().unwrap()).collect();
    let mut numbers = Numbers::new();
    for point in dhat["pps"].as_array().unwrap() {
        let stack = point["fs"].as_array().unwrap().iter();
        let mut names = stack.map(|frame| frames[usize::try_from(frame.as_u64().unwrap()).unwrap()]);
        let Some(site) = names.find_map(|name| name.split_once("site_")) else { continue };
        let sums = numbers.entry(format!("site_{}", &site.1[..1])).or_default();
        for (sum, key) in sums.iter_mut().zip(["tbk", "tb", "ebk", "eb"]) {
            *sum += point[key].as_f64().unwrap();
        }
    }
    numbers
}

/// Whether each interval of a process holds the exact number, in the order of [`Numbers`], and the number of samples.
fn held(program: &Path, project: &Project, exact: &Numbers) -> Vec<[bool; 4]> {
    let said = Finished::of(&mut project.command(program)).exits(0).stdout;
    let held: Vec<[bool; 4]> = said
        .lines()
        .map(|line| {
            let (site, rest) = line.split_once(' ').unwrap();
            let found: Vec<f64> = rest.split(' ').map(|number| number.parse().unwrap()).collect();
            assert!(found[0] >= 30.0, "too few samples for an interval: {line}");
            std::array::from_fn(|number| {
                let (estimate, variance) = (found[1 + 2 * number], found[2 + 2 * number]);
                let truth = exact[site][number];
                (estimate - truth).abs() <= 1.96 * variance.sqrt() + 1e-6 * truth
            })
        })
        .collect();
    assert_eq!(held.len(), exact.len(), "{said}");
    held
}

#[expect(clippy::print_stderr, reason = "what is found is what is asked for by hand")]
#[test]
fn the_intervals_of_each_call_site_hold_what_sites_counts() {
    let runs = std::env::var("MEMGATE_LIVE_RUNS").ok().and_then(|text| text.parse().ok()).unwrap_or(40_u32);
    let dependency = format!("memgate-live = {{ path = {:?} }}", repository().join("crates/memgate-live"));
    let package = Package::without_memgate("sampled")
        .manifest(&format!("[dependencies]\n{dependency}\n"))
        .file("src/main.rs", PROGRAM);
    let project = Project::new("sampled", [package]);
    let mut build = project.cargo();
    build.args(["build", "--quiet", "--release"]).env("RUSTFLAGS", "-Cforce-frame-pointers=yes");
    Finished::of(&mut build).exits(0);
    let program = project.path("program");
    std::fs::copy(project.target_folder().join("release/sampled"), &program).unwrap();

    project.write("memgate.toml", "[[command]]\nname = \"sampled\"\nrun = [\"./program\"]\n");
    let exact = exact(&project);
    assert_eq!(exact.len(), 12, "{exact:?}");
    // Spelled out, so that two that are wrong alike are found: 16,000 blocks of 64 bytes and the list of them, of which half are kept.
    let list = 16_000.0 * 24.0;
    assert_eq!(exact["site_a"], [16_001.0, 16_000.0 * 64.0 + list, 8_001.0, 8_000.0 * 64.0 + list]);

    let mut sums = vec![[0_u32; 4]; exact.len()];
    for _ in 0..runs {
        for (sums, held) in sums.iter_mut().zip(held(&program, &project, &exact)) {
            sums.iter_mut().zip(held).for_each(|(sum, held)| *sum += u32::from(held));
        }
    }
    let share = |sum: u32, of: u32| f64::from(sum) / f64::from(of);
    for (site, sums) in exact.keys().zip(&sums) {
        let shares = sums.map(|sum| format!("{:.1}", 100.0 * share(sum, runs)));
        eprintln!(
            "{site}: blocks, bytes, live blocks, live bytes: {} % of the intervals hold",
            shares.join(", ")
        );
    }
    let intervals = runs * 4 * u32::try_from(exact.len()).unwrap();
    let all = share(sums.iter().flatten().sum(), intervals);
    eprintln!("all: {:.2} % of {intervals}", 100.0 * all);
    let tolerance = if runs < 1_000 { 0.04 } else { 0.02 };
    assert!((all - 0.95).abs() <= tolerance, "{all}");
}
