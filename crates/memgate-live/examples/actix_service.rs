//! An application of actix-web's that serves its heap beside what it does.
//!
//! ```text
//! LIVE_TOKEN=sesame cargo run --release --example actix_service --features actix
//! go tool pprof -top http://any:sesame@127.0.0.1:8080/debug/pprof/heap
//! ```

use std::error::Error;

use actix_web::{App, HttpServer, web};

#[global_allocator]
static HEAP: memgate_live::Heap = memgate_live::Heap::system();

fn main() -> Result<(), Box<dyn Error>> {
    let live = memgate_live::Options::new().token_variable("LIVE_TOKEN").actix()?;
    let address = std::env::var("LIVE_ADDRESS").unwrap_or_else(|_| "127.0.0.1:8080".to_owned());
    let application =
        move || App::new().configure(live.clone()).route("/", web::get().to(|| async { "hello" }));
    actix_web::rt::System::new().block_on(async {
        let server = HttpServer::new(application).workers(2).bind(address)?;
        for address in server.addrs() {
            say(&address.to_string());
        }
        server.run().await
    })?;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "whoever starts it wants to know where it is")]
fn say(text: &str) {
    println!("{text}");
}
