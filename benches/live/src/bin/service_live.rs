//! The service with memgate-live around `System`.

use std::process::ExitCode;

#[global_allocator]
static HEAP: memgate_live::Heap = memgate_live::Heap::system();

fn main() -> ExitCode {
    memgate_live_benches::service::main(|| {
        // Until the process ends.
        let live = Box::leak(Box::new(memgate_live::serve("127.0.0.1:0")?));
        Ok(live.address().ok_or("no address")?.to_string())
    })
}
