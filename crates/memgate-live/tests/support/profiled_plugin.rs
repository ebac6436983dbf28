//! A program that loads itself as a library, for a test: the library profiles the program's threads while they allocate.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ffi::{CString, c_char, c_int, c_void};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

#[global_allocator]
static HEAP: memgate_live::Heap = memgate_live::Heap::system();

unsafe extern "C" {
    fn dlopen(path: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
}

const NOW: c_int = 2;

/// Collects a CPU profile of a second. Gives the status of the answer.
#[unsafe(no_mangle)]
pub extern "C" fn profile() -> u16 {
    let responder = memgate_live::Options::new().token("a").responder().unwrap();
    let request = memgate_live::Request {
        method: "GET",
        path: "/debug/pprof/profile",
        query: "seconds=1",
        authorization: Some(b"Bearer a"),
        ..Default::default()
    };
    responder.respond(&request).status
}

/// Is in `malloc` and `free` nearly all the time: sizes are mixed, and nothing is written.
fn allocate(is_over: &AtomicBool) {
    let layout = |size| Layout::from_size_align(size, 1).unwrap();
    let mut kept = [(std::ptr::null_mut(), 0); 64];
    let mut random = 1_u32;
    while !is_over.load(Relaxed) {
        random = random.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        let (block, size) = &mut kept[(random >> 8) as usize % 64];
        if *size > 0 {
            // SAFETY: allocated below, with this layout.
            unsafe { System.dealloc(*block, layout(*size)) };
        }
        *size = 2_000 + (random >> 16) as usize % 60_000;
        // SAFETY: more than zero bytes.
        *block = unsafe { System.alloc(layout(*size)) };
    }
}

pub fn main() {
    let path = CString::new(std::env::args().nth(1).unwrap()).unwrap();
    // SAFETY: the library that this program is, too.
    let library = unsafe { dlopen(path.as_ptr(), NOW) };
    assert!(!library.is_null(), "{path:?} can't be loaded");
    // SAFETY: it is loaded, and the name ends with a zero.
    let profile = unsafe { dlsym(library, c"profile".as_ptr()) };
    assert!(!profile.is_null());
    // SAFETY: this is what it declares under this name.
    let profile: extern "C" fn() -> u16 = unsafe { std::mem::transmute(profile) };
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| allocate(&is_over));
        }
        println!("{}", profile());
        is_over.store(true, Relaxed);
    });
}
