//! Arbitrary values of everything that is encoded.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::capture::{Capture, CapturedRow, CapturedWindow, MappedModule, StackNode, WindowKind, node};
use crate::{
    Command, CountWindow, DhatWindow, Engine, EngineWindows, Injection, LiveBytes, LongRun, Outcome, Record,
    Refusal, RefusalKind, Request, Response, StackNumbers, StatsAllocWindow, Unwinder, WindowPlan, Windows,
};

/// Any text, with more of what needs an escape than chance would bring.
pub(super) fn text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        any::<char>(),
        prop::char::range('\0', '\u{7F}'),
        prop::sample::select(vec![
            '"', '\\', '/', '\u{8}', '\u{C}', '\n', '\r', '\t', '\u{7F}', '\u{2028}', '🦀'
        ]),
    ];
    vec(character, 0..12).prop_map(String::from_iter)
}

/// Any integer, with more of the smallest, the largest and the short ones.
fn signed() -> impl Strategy<Value = i64> {
    prop_oneof![any::<i64>(), -1_000_i64..1_000, Just(i64::MIN), Just(i64::MAX)]
}

fn unsigned() -> impl Strategy<Value = u64> {
    prop_oneof![any::<u64>(), 0_u64..1_000, Just(u64::MAX)]
}

fn plan() -> impl Strategy<Value = WindowPlan> {
    (any::<u32>(), any::<u32>(), prop_oneof![Just(0), any::<u32>()])
        .prop_map(|(warm_up, steady, long_run_ms)| WindowPlan { warm_up, steady, long_run_ms })
}

fn injection() -> impl Strategy<Value = Injection> {
    let kinds = [Injection::Allocs, Injection::PeakBytes, Injection::LeakedBytes, Injection::Reallocs];
    (prop::sample::select(kinds.to_vec()), unsigned()).prop_map(|(kind, amount)| kind(amount))
}

fn command() -> impl Strategy<Value = Command> {
    let engine = prop::sample::select(Engine::ALL.to_vec());
    prop_oneof![
        Just(Command::List),
        (text(), engine, plan(), option::of(text())).prop_map(|(name, engine, plan, file)| {
            Command::Measure { name, engine, plan, file: file.map(Into::into) }
        }),
        (text(), plan(), injection()).prop_map(|(name, plan, injection)| Command::MeasureInjected {
            name,
            plan,
            injection
        }),
    ]
}

pub(super) fn request() -> impl Strategy<Value = Request> {
    (text(), command()).prop_map(|(response, command)| Request::new(response, command))
}

fn count_window() -> impl Strategy<Value = CountWindow> {
    prop::array::uniform8(signed()).prop_map(
        |[
            peak_bytes,
            total_bytes,
            allocs,
            reallocs,
            retained_bytes,
            growth_bytes,
            realloc_growth_bytes,
            realloc_new_bytes,
        ]| {
            CountWindow {
                peak_bytes,
                total_bytes,
                allocs,
                reallocs,
                retained_bytes,
                growth_bytes,
                realloc_growth_bytes,
                realloc_new_bytes,
            }
        },
    )
}

fn stats_alloc_window() -> impl Strategy<Value = StatsAllocWindow> {
    prop::array::uniform4(signed()).prop_map(
        |[allocations, reallocations, bytes_allocated, bytes_deallocated]| StatsAllocWindow {
            allocations,
            reallocations,
            bytes_allocated,
            bytes_deallocated,
        },
    )
}

fn dhat_window() -> impl Strategy<Value = DhatWindow> {
    prop::array::uniform4(signed()).prop_map(|[total_blocks, total_bytes, current_bytes, max_bytes]| {
        DhatWindow { total_blocks, total_bytes, current_bytes, max_bytes }
    })
}

fn windows<W: std::fmt::Debug>(
    window: impl Strategy<Value = W> + Clone,
) -> impl Strategy<Value = Windows<W>> {
    (window.clone(), vec(window, 0..4)).prop_map(|(cold, steady)| Windows { cold, steady })
}

fn engine_windows() -> impl Strategy<Value = EngineWindows> {
    // A strategy is cloned behind a pointer: those of arrays are not.
    let count = count_window().boxed();
    prop_oneof![
        windows(count.clone()).prop_map(EngineWindows::Count),
        windows(count).prop_map(EngineWindows::Sites),
        windows(stats_alloc_window().boxed()).prop_map(EngineWindows::StatsAlloc),
        windows(dhat_window().boxed()).prop_map(EngineWindows::Dhat),
    ]
}

fn long_run() -> impl Strategy<Value = LongRun> {
    let live_bytes = prop_oneof![
        Just(LiveBytes::Level),
        signed().prop_map(LiveBytes::Rising),
        signed().prop_map(LiveBytes::Undecided),
    ];
    (any::<u32>(), live_bytes).prop_map(|(iterations, live_bytes)| LongRun { iterations, live_bytes })
}

fn record() -> impl Strategy<Value = Record> {
    (text(), any::<u32>(), unsigned(), any::<bool>(), option::of(long_run()), engine_windows()).prop_map(
        |(name, threads, peak_error_bytes, is_custom, long_run, windows)| Record {
            name,
            threads,
            peak_error_bytes,
            is_custom,
            long_run,
            windows,
        },
    )
}

const REFUSAL_KINDS: [RefusalKind; 9] = [
    RefusalKind::Version,
    RefusalKind::Request,
    RefusalKind::AllocatorNotInstalled,
    RefusalKind::DuplicateName,
    RefusalKind::InvalidName,
    RefusalKind::UnknownName,
    RefusalKind::NoWindow,
    RefusalKind::Engine,
    RefusalKind::Process,
];

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        vec(text(), 0..4).prop_map(Outcome::Listed),
        record().prop_map(Outcome::Measured),
        (prop::sample::select(REFUSAL_KINDS.to_vec()), text())
            .prop_map(|(kind, message)| Outcome::Refused(Refusal { kind, message })),
    ]
}

pub(super) fn response() -> impl Strategy<Value = Response> {
    (option::of(text()), outcome())
        .prop_map(|(allocator, outcome)| Response::new(allocator.as_deref(), outcome))
}

fn module() -> impl Strategy<Value = MappedModule> {
    (text(), text(), prop::array::uniform4(unsigned())).prop_map(
        |(path, build_id, [file_length, start, limit, file_offset])| MappedModule {
            path,
            build_id,
            file_length,
            start,
            limit,
            file_offset,
        },
    )
}

fn window() -> impl Strategy<Value = CapturedWindow> {
    let kind = prop::sample::select(vec![WindowKind::Cold, WindowKind::Steady]);
    let row = (node::ROOT..node::FIRST, prop::array::uniform16(signed()))
        .prop_map(|(node, numbers)| CapturedRow { node, numbers: StackNumbers::from_array(numbers) });
    (kind, signed(), unsigned(), unsigned(), vec(row, 0..3)).prop_map(
        |(kind, peak_bytes, events, lost_blocks, rows)| CapturedWindow {
            kind,
            peak_bytes,
            events,
            lost_blocks,
            rows,
        },
    )
}

pub(super) fn capture() -> impl Strategy<Value = Capture> {
    let unwinder = prop::sample::select(vec![Unwinder::FramePointers, Unwinder::UnwindTables]);
    let node = unsigned().prop_map(|address| StackNode { parent: node::ROOT, address });
    (text(), unwinder, vec(module(), 0..3), vec(node, 0..3), vec(window(), 0..3)).prop_map(
        |(name, unwinder, modules, nodes, windows)| Capture { name, unwinder, modules, nodes, windows },
    )
}
