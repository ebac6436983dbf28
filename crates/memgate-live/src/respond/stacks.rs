//! The profiles of what threads do, beside the heap's.

use std::time::Duration;

use super::collect::Question;
use super::errors::{busy, not_found};
use super::message::{Request, Response};
use super::responder::Responder;
use super::source::Refused;
use crate::pprof::{StackKind, Taken, stacks_binary, stacks_text, threads_text};
use crate::profile::StackProfile;
use crate::symbols::readable_names;

/// As long as Go's, where nothing else is asked for.
const CPU_TIME: Duration = Duration::from_secs(30);

impl Responder {
    /// Answers what isn't the heap's; `path` is known to be none of those.
    pub(super) fn stacks(&self, request: &Request<'_>, path: &str) -> Response {
        let kind = match path {
            "/debug/pprof/profile" => return self.cpu(request).unwrap_or_else(|response| response),
            "/debug/pprof/mutex" => StackKind::Mutex,
            "/debug/pprof/block" => StackKind::Block,
            "/debug/pprof/threads" => StackKind::Threads,
            "/debug/pprof/goroutine" => StackKind::Goroutine,
            _ => return not_found(path),
        };
        self.sums(request, kind).unwrap_or_else(|response| response)
    }

    /// Nothing is held while time passes, but what the profile itself needs.
    fn cpu(&self, request: &Request<'_>) -> Result<Response, Response> {
        let kind = StackKind::Cpu;
        // As in Go: what is no number or none above zero is as if nothing had been said.
        let asked =
            request.parameter("seconds").and_then(|text| text.parse().ok()).filter(|seconds| *seconds > 0);
        let time = asked.map_or(CPU_TIME.min(self.settings.longest_difference), Duration::from_secs);
        if time > self.settings.longest_difference {
            let longest = self.settings.longest_difference.as_secs();
            return Err(Response::error(400, format!("seconds may be {longest} at most")));
        }
        let result = self.source.cpu(time, &self.stop).ok_or_else(|| not_found("/debug/pprof/profile"))?;
        let profile = result.map_err(|reason| self.refuse(reason))?;
        let _pass = self.pass_at_last();
        self.count_collection();
        Ok(self.encode_stacks(&profile, kind))
    }

    fn sums(&self, request: &Request<'_>, kind: StackKind) -> Result<Response, Response> {
        let question = Question::read(request, self.settings.longest_difference)?;
        let collect = || {
            let result = self
                .source
                .stacks(kind)
                .ok_or_else(|| not_found(&format!("/debug/pprof/{}", kind.name())))?;
            self.count_collection();
            result.map_err(|reason| self.refuse(reason))
        };
        let (profile, _pass) = match (question.taken, kind) {
            (Taken::SinceStart, _) => {
                let pass = self.pass()?;
                (collect()?, pass)
            }
            (Taken::Within(_), StackKind::Threads | StackKind::Goroutine) => {
                return Err(Response::error(400, "threads are at one moment: there is no seconds= here"));
            }
            (Taken::Within(time), _) => {
                let _place = self.place_to_wait(time)?;
                let earlier = collect()?;
                if !self.stop.wait(time) {
                    return Err(Response::error(503, "the service is stopping"));
                }
                (collect()?.since(&earlier, time), self.pass_at_last())
            }
        };
        if !question.is_text {
            return Ok(self.encode_stacks(&profile, kind));
        }
        let addresses = profile.rows.iter().flat_map(|row| row.return_addresses.iter());
        let names =
            readable_names(addresses.map(|address| address.saturating_sub(1)), &self.source.objects());
        let is_long = request.parameter("debug").is_some_and(|debug| debug != "1");
        let text = match kind {
            StackKind::Threads | StackKind::Goroutine if is_long => threads_text(&profile, &names),
            _ => stacks_text(&profile, &names, kind),
        };
        Ok(Response::text(200, text))
    }

    fn encode_stacks(&self, profile: &StackProfile, kind: StackKind) -> Response {
        Response::new(200, "application/octet-stream", stacks_binary(profile, &self.source.objects(), kind))
            .with("Content-Disposition", format!("attachment; filename=\"{}.pb\"", kind.name()))
    }

    fn refuse(&self, refused: Refused) -> Response {
        match refused {
            Refused::Busy { what, retry_after_seconds } => {
                self.count_refusal();
                busy(what, retry_after_seconds)
            }
            Refused::Impossible(reason) => Response::error(503, reason),
        }
    }
}
