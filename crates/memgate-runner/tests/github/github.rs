//! A server that behaves like GitHub, as far as comments on pull requests go.

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use crate::http::{Ending, Request, Response, serve};

pub(crate) const TOKEN: &str = "ghs_0123456789abcdefThisIsTheSecret";
pub(crate) const BOT: &str = "github-actions[bot]";
pub(crate) const REPOSITORY: &str = "upstream/library";
/// The head of the pull request, unless a test says otherwise.
pub(crate) const HEAD: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
/// Where it moves to.
pub(crate) const NEXT_HEAD: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) pull: u64,
    /// None for a user who was deleted.
    pub(crate) login: Option<String>,
    pub(crate) body: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Pull {
    pub(crate) number: u64,
    pub(crate) head: String,
    /// `owner:branch`
    pub(crate) label: String,
    pub(crate) is_open: bool,
    /// The branch that it is to be merged into.
    pub(crate) base: String,
}

impl Pull {
    /// An open one, into `main`.
    pub(crate) fn new(number: u64, head: &str, label: &str) -> Self {
        Self { number, head: head.into(), label: label.into(), is_open: true, base: "main".into() }
    }
}

pub(crate) struct State {
    pub(crate) pulls: Vec<Pull>,
    pub(crate) comments: Vec<Comment>,
    /// As whom the token writes.
    pub(crate) login: String,
    pub(crate) is_read_only: bool,
    pub(crate) has_graphql: bool,
    /// Whether `GET /user` is refused whoever asks, and lists are not filtered by their heads.
    pub(crate) is_gitea: bool,
    /// What every path begins with, as on an Enterprise server.
    pub(crate) base: String,
    pub(crate) requests: Vec<Request>,
    /// What goes wrong or happens when a request comes in, each once.
    scripted: Vec<Scripted>,
    address: String,
}

struct Scripted {
    method: &'static str,
    part: &'static str,
    event: Event,
}

/// What goes wrong or happens when a request comes in.
pub(crate) enum Event {
    /// It is answered with this, and nothing is done.
    Instead(Response),
    /// It is done, and the answer ends like this.
    Done(Ending),
    /// This happens before it is looked at.
    Before(Box<dyn FnOnce(&mut State) + Send>),
}

#[derive(Clone)]
pub(crate) struct GitHub {
    state: Arc<Mutex<State>>,
    pub(crate) address: String,
}

impl GitHub {
    /// One open pull request, number 5, from `fork:topic`.
    pub(crate) fn new() -> Self {
        let state = Arc::new(Mutex::new(State {
            pulls: vec![Pull::new(5, HEAD, "fork:topic")],
            comments: Vec::new(),
            login: BOT.into(),
            is_read_only: false,
            has_graphql: true,
            is_gitea: false,
            base: String::new(),
            requests: Vec::new(),
            scripted: Vec::new(),
            address: String::new(),
        }));
        let served = Arc::clone(&state);
        let address = serve(move |request| served.lock().unwrap().answer(request));
        state.lock().unwrap().address.clone_from(&address);
        Self { state, address }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The next request with this method and this in its address.
    pub(crate) fn script(&self, method: &'static str, part: &'static str, event: Event) -> &Self {
        self.state().scripted.push(Scripted { method, part, event });
        self
    }

    pub(crate) fn fails(&self, method: &'static str, part: &'static str, status: u16, body: &str) -> &Self {
        self.script(method, part, Event::Instead(response(status, body)))
    }

    /// Puts a comment on pull request 5, and gives its id.
    pub(crate) fn comment(&self, login: &str, body: impl Into<String>) -> u64 {
        self.state().add(5, Some(login.into()), body.into())
    }

    /// The comments on pull request 5 that have a marker: author and body.
    pub(crate) fn marked(&self) -> Vec<Comment> {
        let state = self.state();
        state.comments.iter().filter(|comment| comment.body.starts_with("<!-- memgate ")).cloned().collect()
    }

    /// The requests as `METHOD path`.
    pub(crate) fn seen(&self) -> Vec<String> {
        let state = self.state();
        state.requests.iter().map(|request| format!("{} {}", request.method, request.target)).collect()
    }

    pub(crate) fn count(&self, method: &str, part: &str) -> usize {
        let state = self.state();
        state
            .requests
            .iter()
            .filter(|request| request.method == method && request.target.contains(part))
            .count()
    }

    /// How often something was written.
    pub(crate) fn writes(&self) -> usize {
        self.count("POST", "/comments") + self.count("PATCH", "") + self.count("DELETE", "")
    }
}

pub(crate) fn response(status: u16, body: &str) -> Response {
    Response { status, body: body.into(), ..Response::default() }
}

impl Response {
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

fn json_response(status: u16, body: &Value) -> Response {
    response(status, &body.to_string()).with("Content-Type", "application/json; charset=utf-8")
}

fn refused(status: u16, message: &str) -> Response {
    json_response(status, &json!({ "message": message, "documentation_url": "https://docs.github.com/rest" }))
}

impl State {
    pub(crate) fn add(&mut self, pull: u64, login: Option<String>, body: String) -> u64 {
        let id = self.comments.iter().map(|comment| comment.id).max().unwrap_or(1_000) + 1;
        self.comments.push(Comment { id, pull, login, body });
        id
    }

    pub(crate) fn answer(&mut self, request: Request) -> Response {
        self.requests.push(request.clone());
        let matches =
            |scripted: &Scripted| scripted.method == request.method && request.target.contains(scripted.part);
        let mut ending = Ending::Whole;
        if let Some(index) = self.scripted.iter().position(matches) {
            match self.scripted.remove(index).event {
                Event::Instead(response) => return response,
                Event::Done(with) => ending = with,
                Event::Before(happens) => happens(self),
            }
        }
        Response { ending, ..self.routed(&request) }
    }

    fn routed(&mut self, request: &Request) -> Response {
        if request.authorization.as_deref() != Some(&format!("Bearer {TOKEN}")) {
            return refused(401, "Bad credentials");
        }
        let graphql = format!("{}/graphql", self.base.strip_suffix("/v3").unwrap_or(&self.base));
        if request.target == graphql && self.has_graphql {
            return json_response(200, &json!({ "data": { "viewer": { "login": self.login } } }));
        }
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let Some(path) = path.strip_prefix(&self.base) else { return refused(404, "Not Found") };
        let path = path
            .strip_prefix(&format!("/repos/{REPOSITORY}"))
            .or_else(|| path.strip_prefix("/repositories/7"))
            .unwrap_or(path)
            .to_owned();
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let is_write = request.method != "GET";
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["user"]) if self.is_gitea || self.login.ends_with("[bot]") => {
                refused(403, "Resource not accessible by integration")
            }
            ("GET", ["user"]) => json_response(200, &user(Some(&self.login))),
            ("GET", ["pulls"]) => self.list_pulls(query),
            ("GET", ["pulls", number]) => {
                match self.pulls.iter().find(|pull| pull.number.to_string() == *number) {
                    Some(pull) => json_response(200, &pull_json(pull)),
                    None => refused(404, "Not Found"),
                }
            }
            ("GET", ["issues", number, "comments"]) => self.list_comments(number.parse().unwrap(), query),
            _ if is_write && self.is_read_only => refused(403, "Resource not accessible by integration"),
            ("POST", ["issues", number, "comments"]) => {
                let (login, body) = (self.login.clone(), body_of(request));
                let id = self.add(number.parse().unwrap(), Some(login), body);
                json_response(201, &json!({ "id": id, "user": user(Some(&self.login)) }))
            }
            // Never POST, which GitHub does not have here.
            ("PATCH", ["issues", "comments", id]) => {
                match self.comments.iter_mut().find(|comment| comment.id.to_string() == *id) {
                    Some(comment) => {
                        comment.body = body_of(request);
                        json_response(200, &json!({ "id": comment.id }))
                    }
                    None => refused(404, "Not Found"),
                }
            }
            ("DELETE", ["issues", "comments", id]) => {
                let before = self.comments.len();
                self.comments.retain(|comment| comment.id.to_string() != *id);
                if self.comments.len() < before { response(204, "") } else { refused(404, "Not Found") }
            }
            _ => refused(404, "Not Found"),
        }
    }

    fn list_pulls(&self, query: &str) -> Response {
        let head = parameter(query, "head").unwrap_or_default().replace("%3A", ":").replace("%2F", "/");
        let is_listed = |pull: &&Pull| pull.is_open && (self.is_gitea || pull.label == head);
        let rows: Vec<Value> = self.pulls.iter().filter(is_listed).map(pull_json).collect();
        json_response(200, &Value::Array(rows))
    }

    fn list_comments(&self, number: u64, query: &str) -> Response {
        let size: usize = parameter(query, "per_page").map_or(30, |size| size.parse().unwrap());
        let page: usize = parameter(query, "page").map_or(1, |page| page.parse().unwrap());
        let all: Vec<&Comment> = self.comments.iter().filter(|comment| comment.pull == number).collect();
        let rows = all.iter().skip((page - 1) * size).take(size);
        let rows: Vec<Value> = rows
            .map(|comment| {
                let user = user(comment.login.as_deref());
                json!({
                    "id": comment.id, "node_id": "IC_x", "body": comment.body, "user": user,
                    "author_association": "NONE", "performed_via_github_app": null, "reactions": { "+1": 1 },
                })
            })
            .collect();
        let response = json_response(200, &Value::Array(rows));
        if page * size >= all.len() {
            return response;
        }
        let address = format!("{}{}/repositories/7/issues/{number}/comments", self.address, self.base);
        let next = page + 1;
        response.with(
            "Link",
            &format!("<{address}?per_page={size}&page={next}>; rel=\"next\", <{address}?per_page={size}&page=99>; rel=\"last\""),
        )
    }
}

fn pull_json(pull: &Pull) -> Value {
    let (owner, branch) = pull.label.split_once(':').unwrap();
    let head = json!({
        "sha": pull.head, "label": pull.label, "ref": branch, "user": user(Some(owner)), "repo": null,
    });
    let base = json!({ "ref": pull.base, "label": format!("upstream:{}", pull.base), "sha": NEXT_HEAD });
    json!({ "number": pull.number, "head": head, "base": base, "user": null })
}

fn user(login: Option<&str>) -> Value {
    login.map_or(Value::Null, |login| {
        let kind = if login.ends_with("[bot]") { "Bot" } else { "User" };
        json!({ "login": login, "id": 1, "gravatar_id": null, "type": kind })
    })
}

fn body_of(request: &Request) -> String {
    let value: Value = serde_json::from_str(&request.body).unwrap();
    value["body"].as_str().unwrap().to_owned()
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split('&')
        .find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name))
        .map(|(_, value)| value)
}
