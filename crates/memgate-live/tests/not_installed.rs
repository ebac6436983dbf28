//! A program that serves its heap and has forgotten the allocator.

use memgate_live::{Options, ServeError, SnapshotError};

#[test]
fn the_missing_line_is_named() {
    for error in [
        memgate_live::serve("127.0.0.1:0").unwrap_err(),
        Options::new().token("sesame").responder().unwrap_err(),
        #[cfg(unix)]
        Options::new().serve_unix("/nonexistent/socket").unwrap_err(),
    ] {
        assert!(matches!(error, ServeError::NotInstalled), "{error}");
        assert!(error.to_string().contains("#[global_allocator] static HEAP: memgate_live::Heap"), "{error}");
    }
    let error = memgate_live::snapshots("/nonexistent/heap").unwrap_err();
    assert!(matches!(error, SnapshotError::NotInstalled), "{error}");
    assert!(error.to_string().contains("#[global_allocator] static HEAP: memgate_live::Heap"), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn metrics_have_what_the_kernel_knows_and_no_zeros() {
    let metrics = memgate_live::metrics();
    assert!(metrics.iter().any(|metric| metric.name == "memgate_process_resident_bytes"));
    assert!(metrics.iter().all(|metric| !metric.name.contains("heap")), "{metrics:?}");
}
