//! Files that were written before the encoding was memgate's own: they are what is written, byte for byte, and are read.

use memgate_protocol::capture::{
    Capture, CapturedRow, CapturedWindow, MappedModule, StackNode, WindowKind, node,
};
use memgate_protocol::{
    Command, CountWindow, DhatWindow, Engine, EngineWindows, Injection, LiveBytes, LongRun, Outcome, Record,
    Refusal, RefusalKind, Request, Response, StackNumbers, StatsAllocWindow, Unwinder, WindowPlan, Windows,
};

const PLAN: WindowPlan = WindowPlan { warm_up: 2, steady: 3, long_run_ms: 2_000 };

fn check_request(request: &Request, file: &[u8]) {
    assert_eq!(String::from_utf8_lossy(&request.to_json().unwrap()), String::from_utf8_lossy(file));
    assert_eq!(&Request::parse(file).unwrap(), request);
}

fn check_response(allocator: Option<&str>, outcome: Outcome, file: &[u8]) {
    let response = Response { memgate_version: "0.1.0".into(), ..Response::new(allocator, outcome) };
    assert_eq!(String::from_utf8_lossy(&response.to_json()), String::from_utf8_lossy(file));
    assert_eq!(Response::parse(file).unwrap(), response);
}

fn check_record(is_custom: bool, live_bytes: Option<LiveBytes>, windows: EngineWindows, file: &[u8]) {
    let record = Record {
        name: "größe/../a b".into(),
        threads: 3,
        peak_error_bytes: 4096,
        is_custom,
        long_run: live_bytes.map(|live_bytes| LongRun { iterations: 256, live_bytes }),
        windows,
    };
    check_response(Some("a::B"), Outcome::Measured(record), file);
}

fn count(number: i64) -> CountWindow {
    CountWindow {
        peak_bytes: number,
        total_bytes: -number,
        allocs: 1,
        reallocs: 0,
        retained_bytes: i64::MIN,
        growth_bytes: i64::MAX,
        realloc_growth_bytes: 10,
        realloc_new_bytes: 99,
    }
}

#[test]
fn requests() {
    let list = Request::new("/tmp/response.json", Command::List);
    check_request(&list, include_bytes!("fixtures/request-list.json"));
    let measure = Command::measure("sort/1000", Engine::Count, PLAN);
    check_request(
        &Request::new("/tmp/größe \"a\\b\"\t/response.json", measure),
        include_bytes!("fixtures/request-measure.json"),
    );
    let with_file = Command::Measure {
        name: "a/\u{1}\u{1f}\u{7f}é日🦀\u{8}\u{c}\n\r".into(),
        engine: Engine::StatsAlloc,
        plan: WindowPlan { warm_up: 0, steady: u32::MAX, long_run_ms: 0 },
        file: Some("/tmp/capture".into()),
    };
    check_request(&Request::new("r", with_file), include_bytes!("fixtures/request-measure-file.json"));
    let injection = Injection::PeakBytes(u64::MAX);
    let injected = Command::MeasureInjected { name: "words".into(), plan: PLAN, injection };
    check_request(&Request::new("r", injected), include_bytes!("fixtures/request-injected.json"));
}

#[test]
fn responses() {
    let names = vec!["words".into(), "sort/1000".into()];
    check_response(
        Some("std::alloc::System"),
        Outcome::Listed(names),
        include_bytes!("fixtures/response-listed.json"),
    );
    check_response(None, Outcome::Listed(vec![]), include_bytes!("fixtures/response-listed-none.json"));
    let refusal = Refusal::new(RefusalKind::AllocatorNotInstalled, "a \"b\"\n");
    check_response(None, Outcome::Refused(refusal), include_bytes!("fixtures/response-refused.json"));
}

#[test]
fn records() {
    let windows = EngineWindows::Count(Windows { cold: count(7), steady: vec![count(8), count(-9)] });
    check_record(false, None, windows, include_bytes!("fixtures/response-count.json"));
    let windows = EngineWindows::Sites(Windows { cold: count(7), steady: vec![] });
    check_record(true, Some(LiveBytes::Level), windows, include_bytes!("fixtures/response-sites.json"));
    let cold =
        StatsAllocWindow { allocations: 1, reallocations: 2, bytes_allocated: 3, bytes_deallocated: 4 };
    let windows = EngineWindows::StatsAlloc(Windows { cold, steady: vec![StatsAllocWindow::default()] });
    let file = include_bytes!("fixtures/response-stats-alloc.json");
    check_record(true, Some(LiveBytes::Rising(-12)), windows, file);
    let cold = DhatWindow { total_blocks: 1, total_bytes: 2, current_bytes: 3, max_bytes: 4 };
    let windows = EngineWindows::Dhat(Windows { cold, steady: vec![DhatWindow::default()] });
    check_record(
        false,
        Some(LiveBytes::Undecided(12)),
        windows,
        include_bytes!("fixtures/response-dhat.json"),
    );
}

#[test]
fn captures() {
    let row = |node, allocs| CapturedRow {
        node,
        numbers: StackNumbers { allocs, leaked_bytes: -allocs, ..StackNumbers::default() },
    };
    let window = |kind, rows| CapturedWindow { kind, peak_bytes: -7, events: u64::MAX, lost_blocks: 2, rows };
    let module = |path: &str, build_id: &str, [file_length, start, limit, file_offset]: [u64; 4]| {
        MappedModule { path: path.into(), build_id: build_id.into(), file_length, start, limit, file_offset }
    };
    let capture = Capture {
        name: "tokens/größe\n".into(),
        unwinder: Unwinder::FramePointers,
        modules: vec![
            module("/a b/\"c\\", "00ff", [3, 4096, 8192, 0]),
            module("[vdso]", "", [0, 1, u64::MAX, 5]),
        ],
        nodes: vec![
            StackNode { parent: node::ROOT, address: u64::MAX },
            StackNode { parent: node::FIRST, address: 2 },
            StackNode { parent: node::CUT, address: 3 },
        ],
        windows: vec![
            window(WindowKind::Cold, vec![row(node::OLDER, -1), row(6, 5)]),
            window(WindowKind::Steady, vec![]),
        ],
    };
    let file = tempfile::NamedTempFile::new().unwrap();
    capture.write(file.path()).unwrap();
    let before: &[u8] = include_bytes!("fixtures/capture.bin");
    assert_eq!(std::fs::read(file.path()).unwrap(), before);
    assert_eq!(Capture::parse(before).unwrap(), capture);
}
