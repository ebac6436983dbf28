//! A server of hyper's that serves its heap, and nothing else: `memgate_live::LiveService` goes wherever a `tower::Service` does.
//!
//! ```text
//! LIVE_TOKEN=sesame cargo run --release --example hyper_service --features tower
//! go tool pprof -top http://any:sesame@127.0.0.1:8080/debug/pprof/heap
//! ```

use std::error::Error;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;

#[global_allocator]
static HEAP: memgate_live::Heap = memgate_live::Heap::system();

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let live = memgate_live::Options::new().token_variable("LIVE_TOKEN").service()?;
    let address = std::env::var("LIVE_ADDRESS").unwrap_or_else(|_| "127.0.0.1:8080".to_owned());
    let listener = tokio::net::TcpListener::bind(address).await?;
    say(&listener.local_addr()?.to_string());
    loop {
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(live.clone());
        tokio::spawn(async move {
            // What goes wrong with one connection is nobody else's.
            let served = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service);
            drop(served.await);
        });
    }
}

#[expect(clippy::print_stdout, reason = "whoever starts it wants to know where it is")]
fn say(text: &str) {
    println!("{text}");
}
