//! The service of the example `leaky_service`, whose work is asked for again and again.

use std::collections::HashMap;
use std::error::Error;
use std::process::ExitCode;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

/// The `main` of a service: prints its address, a blank, and where its heap is served; until its standard input ends.
#[expect(clippy::print_stderr, reason = "it is a program")]
pub fn main(serve_heap: impl FnOnce() -> Result<String, Box<dyn Error>>) -> ExitCode {
    match serve_heap().and_then(|heap| serve(&heap)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "whoever starts it wants to know where it is")]
fn serve(heap: &str) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_io().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{} {heap}", listener.local_addr()?);
        std::thread::spawn(|| {
            let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            std::process::exit(0);
        });
        axum::serve(listener, Router::new().route("/work", get(work))).await?;
        Ok(())
    })
}

/// What the example does: allocates, and gives all of it back.
async fn work() -> String {
    let words: Vec<String> = (0..200).map(|index| format!("word {index}")).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in &words {
        *counts.entry(word).or_default() += word.len();
    }
    format!("{}\n", counts.values().sum::<usize>())
}
