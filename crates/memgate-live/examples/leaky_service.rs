//! A service that leaks on request, with its heap to be looked at.
//!
//! ```text
//! cargo run --release --example leaky_service --features axum        # 127.0.0.1:8080, its heap at 127.0.0.1:6060
//! curl 'http://127.0.0.1:8080/leak?megabytes=64'
//! go tool pprof -top http://127.0.0.1:6060/debug/pprof/heap
//! ```
//!
//! The heap has a listener of its own, as most services want it: the port for users never serves it. With
//! `LEAKY_SERVICE_TOKEN` set, the service's own router serves it as well, behind that token.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Mutex;

use axum::Router;
use axum::extract::Query;
use axum::routing::get;

#[global_allocator]
static HEAP: memgate_live::Heap = memgate_live::Heap::system();

/// What nobody takes out again.
static SESSIONS: Mutex<Vec<Session>> = Mutex::new(Vec::new());

struct Session {
    _name: String,
    _history: Vec<u8>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = |name, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let live = memgate_live::serve(address("LEAKY_SERVICE_HEAP", "127.0.0.1:6060"))?;
    let mut service = Router::new()
        .route("/", get(|| async { "work, /leak?megabytes=N, /forget\n" }))
        .route("/work", get(work))
        .route("/leak", get(leak))
        .route("/forget", get(forget));
    if let Ok(token) = std::env::var("LEAKY_SERVICE_TOKEN") {
        service = service.merge(memgate_live::Options::new().token(token).router()?);
    }
    let listener = tokio::net::TcpListener::bind(address("LEAKY_SERVICE", "127.0.0.1:8080")).await?;
    say(&format!(
        "http://{}, its heap at http://{}/debug/pprof/",
        listener.local_addr()?,
        live.address().ok_or("no address")?
    ));
    axum::serve(listener, service).await?;
    Ok(())
}

/// Allocates, and gives all of it back.
async fn work() -> String {
    let words: Vec<String> = (0..200).map(|index| format!("word {index}")).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in &words {
        *counts.entry(word).or_default() += word.len();
    }
    format!("{}\n", counts.values().sum::<usize>())
}

/// Keeps what it allocates.
async fn leak(Query(query): Query<HashMap<String, usize>>) -> String {
    let megabytes = query.get("megabytes").copied().unwrap_or(1).min(1_024);
    for _ in 0..megabytes {
        remember_sessions();
    }
    format!("{megabytes} MiB leaked\n")
}

/// A mebibyte of sessions.
#[inline(never)]
fn remember_sessions() {
    if let Ok(mut sessions) = SESSIONS.lock() {
        sessions.extend((0..64).map(new_session));
    }
}

#[inline(never)]
fn new_session(index: usize) -> Session {
    Session { _name: format!("session {index}"), _history: vec![1; 16 << 10] }
}

async fn forget() -> &'static str {
    if let Ok(mut sessions) = SESSIONS.lock() {
        *sessions = Vec::new();
    }
    "forgotten\n"
}

#[expect(clippy::print_stdout, reason = "whoever starts it wants to know where it is")]
fn say(text: &str) {
    println!("{text}");
}
