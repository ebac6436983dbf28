//! The answers.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::collect::Question;
use super::errors::{busy, no_cmdline, refused, wrong_method};
use super::gate::{Gate, Pass};
use super::message::{Request, Response};
use super::settings::Settings;
use super::source::Source;
use super::stop::Stop;
use crate::health::{Health, Verdict, judge};
use crate::metrics::{Exposition, Own, expose, list};
use crate::page::{Page, addresses, page};
use crate::pprof::{HeapKind, Taken, binary, text};
use crate::profile::{HeapProfile, difference};
use crate::symbols::{addresses_of, answer, has_symbols, readable_names, symbolize};

/// So many differences are waited for at once: each holds a profile.
const DIFFERENCES: usize = 2;

/// Answers requests. What is asked for is collected by the calling thread, one request at a time.
pub struct Responder {
    pub(super) settings: Settings,
    pub(super) source: Box<dyn Source>,
    pub(super) collecting: Gate,
    waiting: Gate,
    health: Mutex<Health>,
    collections: AtomicU64,
    refused_collections: AtomicU64,
    refused_requests: AtomicU64,
    pub(super) stop: Arc<Stop>,
}

impl std::fmt::Debug for Responder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Responder").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Responder {
    /// Every path that there is an answer for, as routers of frameworks want them.
    #[cfg(any(feature = "axum", feature = "actix"))]
    pub(crate) const ROUTES: [&str; 7] =
        ["/debug/pprof", "/debug/pprof/", "/debug/pprof/{name}", "/metrics", "/livez", "/readyz", "/healthz"];

    pub(crate) fn new(settings: Settings, source: Box<dyn Source>) -> Self {
        Self {
            settings,
            source,
            collecting: Gate::new(1, 4, Duration::from_secs(1)),
            waiting: Gate::new(DIFFERENCES, 0, Duration::ZERO),
            health: Mutex::default(),
            collections: AtomicU64::new(0),
            refused_collections: AtomicU64::new(0),
            refused_requests: AtomicU64::new(0),
            stop: Arc::default(),
        }
    }

    /// What ends a wait for a difference.
    pub(crate) fn stop(&self) -> Arc<Stop> {
        Arc::clone(&self.stop)
    }

    /// Answers a request. With `seconds=N` it takes that long; in an asynchronous server it belongs where blocking is allowed.
    ///
    /// # Example
    /// ```
    /// use memgate_live::{Options, Request};
    ///
    /// #[global_allocator]
    /// static HEAP: memgate_live::Heap = memgate_live::Heap::system();
    ///
    /// # fn main() -> Result<(), memgate_live::ServeError> {
    /// let responder = Options::new().token("sesame").responder()?;
    /// let request = Request { method: "GET", path: "/livez", ..Request::default() };
    /// assert_eq!(responder.respond(&request).status, 200);
    /// let request = Request { method: "GET", path: "/debug/pprof/heap", ..Request::default() };
    /// assert_eq!(responder.respond(&request).status, 401);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn respond(&self, request: &Request<'_>) -> Response {
        // Probes have no token, and are told nothing but a word.
        if let Err(refusal) = self.settings.access.check_host(request.host) {
            self.refused_requests.fetch_add(1, Ordering::Relaxed);
            return refused(refusal);
        }
        let access = self.settings.access.check(request.host, request.authorization);
        if let Some(response) = self.probe(request, access.is_ok()) {
            return response;
        }
        if let Err(refusal) = access {
            self.refused_requests.fetch_add(1, Ordering::Relaxed);
            return refused(refusal);
        }
        let is_read = matches!(request.method, "GET" | "HEAD");
        match request.path {
            "/debug/pprof/symbol" if is_read || request.method == "POST" => self.symbol(request),
            "/debug/pprof/symbol" => wrong_method("GET, HEAD, POST"),
            _ if !is_read => wrong_method("GET, HEAD"),
            "/debug/pprof/" => self.index(request),
            "/debug/pprof/heap" => self.heap(request, HeapKind::Heap),
            "/debug/pprof/allocs" => self.heap(request, HeapKind::Allocs),
            "/debug/pprof/cmdline" if self.settings.is_cmdline_served => {
                let arguments = self.source.arguments();
                // As Go's, without the last end.
                let arguments = arguments.strip_suffix(b"\0").unwrap_or(&arguments);
                Response::text(200, String::from_utf8_lossy(arguments))
            }
            "/debug/pprof/cmdline" => no_cmdline(),
            "/metrics" => self.metrics(request),
            // Relative, since the whole may lie below another path.
            "/" => redirect("debug/pprof/"),
            "/debug/pprof" => redirect("pprof/"),
            path => self.stacks(request, path),
        }
    }

    /// Liveness never depends on memory: a restart in a loop would be all that came of it.
    fn probe(&self, request: &Request<'_>, may_know: bool) -> Option<Response> {
        let response = match request.path {
            "/livez" | "/healthz" => Response::text(200, "ok\n"),
            "/readyz" => {
                let verdict = self.verdict();
                let status = if verdict.health == Health::Critical { 503 } else { 200 };
                let reason = if may_know { format!(": {}", verdict.reason) } else { String::new() };
                Response::text(status, format!("{}{reason}\n", verdict.health))
            }
            _ => return None,
        };
        Some(if matches!(request.method, "GET" | "HEAD") { response } else { wrong_method("GET, HEAD") })
    }

    fn verdict(&self) -> Verdict {
        let figures = self.source.figures();
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        let verdict = judge(*health, &figures, &self.settings.thresholds);
        *health = verdict.health;
        verdict
    }

    fn metrics(&self, request: &Request<'_>) -> Response {
        let health = self.verdict().health;
        let own = Own {
            collections: self.collections.load(Ordering::Relaxed),
            refused_collections: self.refused_collections.load(Ordering::Relaxed),
            refused_requests: self.refused_requests.load(Ordering::Relaxed),
        };
        let exposition = Exposition::accepted(request.accept.unwrap_or_default());
        let metrics = list(
            self.source.counters().as_ref(),
            self.source.sampling_interval_bytes(),
            &self.source.figures(),
            health,
            self.source.snapshots().as_ref(),
            Some(&own),
        );
        Response::new(200, exposition.content_type(), expose(&metrics, exposition))
    }

    fn symbol(&self, request: &Request<'_>) -> Response {
        let question = match request.method {
            "POST" => String::from_utf8_lossy(request.body),
            _ => request.query.into(),
        };
        let addresses = addresses_of(&question);
        let Some(_pass) = self.collecting.enter() else {
            return self.busy("something is being collected", 1);
        };
        let objects = self.source.objects();
        let names = symbolize(addresses.iter().copied(), &objects);
        let has_symbols = !names.is_empty() || has_symbols(&objects);
        Response::text(200, answer(&addresses, &names, has_symbols))
    }

    fn index(&self, request: &Request<'_>) -> Response {
        let Some(_pass) = self.collecting.enter() else {
            return self.busy("something is being collected", 1);
        };
        let profile = match self.collect() {
            Ok(profile) => profile,
            Err(response) => return response,
        };
        let objects = self.source.objects();
        let names = readable_names(addresses(&profile), &objects);
        let nonce = nonce();
        let body = page(&Page {
            profile: &profile,
            names: &names,
            figures: &self.source.figures(),
            verdict: &self.verdict(),
            snapshots: self.source.snapshots().as_ref(),
            is_cmdline_served: self.settings.is_cmdline_served,
            nonce: &nonce,
            host: request.host,
        });
        Response::new(200, "text/html; charset=utf-8", body)
            // Nothing is loaded, nothing runs but the page's own script, nobody frames it.
            .with(
                "Content-Security-Policy",
                format!(
                    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; base-uri 'none'; \
                     form-action 'none'; frame-ancestors 'none'"
                ),
            )
            .with("Referrer-Policy", "no-referrer")
    }

    fn heap(&self, request: &Request<'_>, kind: HeapKind) -> Response {
        let question = match Question::read(request, self.settings.longest_difference) {
            Ok(question) => question,
            Err(response) => return response,
        };
        let result = match question.taken {
            Taken::SinceStart => self.whole(kind, question),
            Taken::Within(time) => self.part(kind, question, time),
        };
        result.unwrap_or_else(|response| response)
    }

    fn whole(&self, kind: HeapKind, question: Question) -> Result<Response, Response> {
        let _pass = self.pass()?;
        Ok(self.encode(&self.collect()?, kind, question))
    }

    /// Nothing is locked while time passes: other profiles can be collected meanwhile.
    fn part(&self, kind: HeapKind, question: Question, time: Duration) -> Result<Response, Response> {
        let _place = self.place_to_wait(time)?;
        let earlier = {
            let _pass = self.pass()?;
            self.collect()?
        };
        if !self.stop.wait(time) {
            return Err(Response::error(503, "the service is stopping"));
        }
        let _pass = self.pass_at_last();
        let profile = difference(&earlier, self.collect()?);
        drop(earlier);
        Ok(self.encode(&profile, kind, question))
    }

    fn collect(&self) -> Result<HeapProfile, Response> {
        let profile = self.source.profile().map_err(|reason| Response::error(503, reason))?;
        self.count_collection();
        Ok(profile)
    }

    fn encode(&self, profile: &HeapProfile, kind: HeapKind, question: Question) -> Response {
        let objects = self.source.objects();
        if question.is_text {
            let addresses = profile.stacks.iter().flat_map(|stack| stack.return_addresses.iter());
            let names = readable_names(addresses.map(|address| address.saturating_sub(1) as u64), &objects);
            return Response::text(200, text(profile, &objects, &names, question.taken));
        }
        let name = match question.taken {
            Taken::SinceStart => kind.name().to_owned(),
            Taken::Within(_) => format!("{}-delta", kind.name()),
        };
        // Never compressed by a layer above: clients take the body as it is.
        Response::new(200, "application/octet-stream", binary(profile, &objects, kind, question.taken))
            .with("Content-Disposition", format!("attachment; filename=\"{name}.pb\""))
    }

    /// That this request alone collects, for as long as it is held.
    pub(super) fn pass(&self) -> Result<Pass<'_>, Response> {
        self.collecting.enter().ok_or_else(|| self.busy("a profile is being collected", 1))
    }

    /// The same for a request whose profile has taken its time already: it waits for as long as others collect.
    pub(super) fn pass_at_last(&self) -> Pass<'_> {
        self.collecting.enter_at_last()
    }

    /// That this request waits for a difference: there are not many such places.
    pub(super) fn place_to_wait(&self, time: Duration) -> Result<Pass<'_>, Response> {
        let busy = || self.busy("two profiles with seconds= are being waited for", time.as_secs());
        self.waiting.enter().ok_or_else(busy)
    }

    pub(super) fn count_collection(&self) {
        self.collections.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_refusal(&self) {
        self.refused_collections.fetch_add(1, Ordering::Relaxed);
    }

    fn busy(&self, what: &str, retry_after_seconds: u64) -> Response {
        self.count_refusal();
        busy(what, retry_after_seconds)
    }
}

/// What nobody can guess, another one each time. std's own keys for hash tables are from the system.
fn nonce() -> String {
    let random = || RandomState::new().hash_one(0_u8);
    format!("{:016x}{:016x}", random(), random())
}

fn redirect(to: &str) -> Response {
    Response::text(302, "").with("Location", to)
}
