//! What users notice of a service whose heap is scraped ten times a second, by `wrk`:
//! `RUSTFLAGS="-Cforce-frame-pointers=yes" cargo bench -p memgate-live-benches --features service --bench throughput [-- TURNS]`.
//!
//! Two processes, one with the plain allocator and one with memgate-live, are asked by turns of a second. While it is the plain one's
//! turn, it is asked for its work ten times a second, so that both are disturbed alike. Beside the requests a second, which depend on what else
//! the machine does, stands the processor time that a request has taken, scrapes and all: that decides how many there can be.

#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Of each service: a minute.
const TURNS: usize = 60;
const SECONDS: &str = "1s";
const BETWEEN_SCRAPES: Duration = Duration::from_millis(100);

/// A service, running until this is dropped.
struct Service {
    child: Child,
    address: String,
    heap: String,
}

impl Service {
    fn start(executable: &str) -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(executable).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let (address, heap) = line.trim_end_matches('\n').split_once(' ').ok_or("no address")?;
        Ok(Self { child, address: address.to_owned(), heap: heap.to_owned() })
    }

    /// What the kernel has counted for all its threads, in ticks.
    fn processor_ticks(&self) -> Result<f64, Box<dyn Error>> {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // Behind its name, which may have anything in it: the times in user mode and in the kernel are the twelfth and the next.
        let (_, rest) = text.rsplit_once(')').ok_or("no name")?;
        let ticks = rest.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
        Ok(ticks.sum::<Result<f64, _>>()?)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the numbers are this bench's output")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let turns = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(TURNS).max(1);
    match measure(turns) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(101)
        }
    }
}

fn measure(turns: usize) -> Result<String, Box<dyn Error>> {
    let plain = Service::start(env!("CARGO_BIN_EXE_service_plain"))?;
    let live = Service::start(env!("CARGO_BIN_EXE_service_live"))?;
    let (mut ratios, mut sums) = (Vec::new(), [0.0; 2]);
    let before = [plain.processor_ticks()?, live.processor_ticks()?];
    let mut scrapes = Vec::new();
    for turn in 0..turns {
        let mut rates = [0.0; 2];
        // Either goes first as often.
        for side in if turn % 2 == 0 { [0, 1] } else { [1, 0] } {
            let is_over = AtomicBool::new(false);
            rates[side] = std::thread::scope(|scope| -> Result<f64, Box<dyn Error>> {
                let (address, path) =
                    if side == 1 { (&live.heap, "/debug/pprof/heap") } else { (&plain.address, "/work") };
                let scraping = scope.spawn(|| scrape(address, path, &is_over));
                let rate = wrk(if side == 1 { &live.address } else { &plain.address });
                is_over.store(true, Relaxed);
                let took = scraping.join().map_err(|_| "a scrape panicked")??;
                if side == 1 {
                    scrapes.extend(took);
                }
                rate
            })?;
            sums[side] += rates[side];
        }
        ratios.push(rates[1] / rates[0]);
    }
    let after = [plain.processor_ticks()?, live.processor_ticks()?];
    let [plain_cost, live_cost] = [0, 1].map(|side| (after[side] - before[side]) / sums[side]);
    ratios.sort_unstable_by(f64::total_cmp);
    scrapes.sort_unstable();
    let middle = |part: usize| ratios.get(ratios.len() * part / 4).copied().unwrap_or(f64::NAN);
    Ok(format!(
        "{turns} turns of {SECONDS} each: {:.0} requests a second with the plain allocator, {:.0} with memgate-live and {} scrapes\n\
         ratio of the sums {:.3}, median of the turns' ratios {:.3} ({:.3}–{:.3}); plain to live, processor time a request {:.3}\n\
         a scrape took {:?}, the slowest {:?}; no request failed",
        sums[0] / turns as f64,
        sums[1] / turns as f64,
        scrapes.len(),
        sums[1] / sums[0],
        middle(2),
        middle(1),
        middle(3),
        plain_cost / live_cost,
        scrapes.get(scrapes.len() / 2).copied().unwrap_or_default(),
        scrapes.last().copied().unwrap_or_default(),
    ))
}

/// The requests a second that `wrk` counts.
fn wrk(address: &str) -> Result<f64, Box<dyn Error>> {
    let url = format!("http://{address}/work");
    let output = Command::new("wrk")
        .args(["--threads=1", "--connections=32", "--duration", SECONDS, &url])
        .output()
        .map_err(|error| format!("failed to start wrk: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() || text.contains("Socket errors") || text.contains("Non-2xx") {
        return Err(format!("wrk: {text}{}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let rate = text.lines().find_map(|line| line.strip_prefix("Requests/sec:")).ok_or("wrk says no rate")?;
    Ok(rate.trim().parse()?)
}

/// Scrapes until it is over, and says how long each took.
fn scrape(address: &str, path: &str, is_over: &AtomicBool) -> std::io::Result<Vec<Duration>> {
    let mut took = Vec::new();
    while !is_over.load(Relaxed) {
        let started = Instant::now();
        let mut stream = TcpStream::connect(address)?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        if !answer.starts_with(b"HTTP/1.1 200 ") {
            return Err(std::io::Error::other(String::from_utf8_lossy(&answer)));
        }
        took.push(started.elapsed());
        std::thread::sleep(BETWEEN_SCRAPES.saturating_sub(started.elapsed()));
    }
    Ok(took)
}
