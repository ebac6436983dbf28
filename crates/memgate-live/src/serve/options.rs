//! What is served, to whom, and where.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::this_process::ThisProcess;
use crate::access::{Access, Token};
use crate::health::{Threshold, Thresholds};
use crate::heap;
use crate::listener::{Once, ServeError, Server, Socket};
use crate::log::Log;
use crate::respond::{Responder, Settings};
use crate::stack::WHY_THERE_ARE_NONE;

/// How the heap is served: to whom, and what of it.
///
/// # Example
/// ```no_run
/// #[global_allocator]
/// static HEAP: memgate_live::Heap = memgate_live::Heap::system();
///
/// fn main() -> Result<(), memgate_live::ServeError> {
///     let _live = memgate_live::Options::new().token_file("/run/secrets/heap-token").serve("0.0.0.0:6060")?;
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is served until `serve` is called"]
pub struct Options {
    token: Option<Origin>,
    is_open: bool,
    thresholds: Thresholds,
    is_cmdline_served: bool,
    longest_difference: Duration,
    log: Log,
}

/// Where the token comes from. It is looked at when serving begins, where errors are.
#[derive(Clone)]
enum Origin {
    Text(String),
    File(PathBuf),
    Variable(String),
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(_) => formatter.write_str("Text(…)"),
            Self::File(path) => formatter.debug_tuple("File").field(path).finish(),
            Self::Variable(name) => formatter.debug_tuple("Variable").field(name).finish(),
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

impl Options {
    /// What [`serve`](crate::serve) serves: to this machine, without a token.
    pub fn new() -> Self {
        Self {
            token: None,
            is_open: false,
            thresholds: Thresholds::default(),
            is_cmdline_served: false,
            longest_difference: Settings::LONGEST_DIFFERENCE,
            log: Log::default(),
        }
    }

    /// Asks every request but the probes for a token: `Authorization: Bearer TOKEN`, or the token as the password of Basic.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(Origin::Text(token.into()));
        self
    }

    /// Like [`token`](Self::token), from a file, which others may neither read nor change.
    pub fn token_file(mut self, path: impl AsRef<Path>) -> Self {
        self.token = Some(Origin::File(path.as_ref().to_owned()));
        self
    }

    /// Like [`token`](Self::token), from an environment variable.
    pub fn token_variable(mut self, name: impl Into<String>) -> Self {
        self.token = Some(Origin::Variable(name.into()));
        self
    }

    /// Serves other machines, too, without a token: whoever can reach the address sees the heap, and can make the process collect it.
    pub fn without_authentication(mut self) -> Self {
        self.is_open = true;
        self
    }

    /// Serves the command line as well. Arguments may hold secrets.
    pub fn serve_command_line(mut self) -> Self {
        self.is_cmdline_served = true;
        self
    }

    /// From how much memory on health is `high` and `critical`: 80 and 90 per cent of the limit, unless this says otherwise.
    pub fn health(mut self, high: Threshold, critical: Threshold) -> Self {
        self.thresholds = Thresholds { high, critical };
        self
    }

    /// The longest `seconds=` that may be asked for, of differences and CPU profiles: five minutes, unless this says otherwise.
    pub fn longest_difference(mut self, time: Duration) -> Self {
        self.longest_difference = time;
        self
    }

    /// Writes what goes wrong while serving, a line each, with this rather than to standard error: a connection that can't be accepted
    /// or answered, once a minute at most, and at the beginning that the program has no frame pointers.
    ///
    /// # Example
    /// ```
    /// # mod tracing { pub(crate) fn warn(_: &str) {} }
    /// let options = memgate_live::Options::new().log(|line| tracing::warn(line));
    /// # drop(options);
    /// ```
    pub fn log(mut self, write: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.log = Log::new(write);
        self
    }

    /// Serves at an address, by a thread of its own, until the guard is dropped.
    ///
    /// # Errors
    /// When [`Heap`](crate::Heap) isn't the program's allocator, the address is taken, the token can't be had, the process serves
    /// its heap already, or the address is no loopback address while there is neither a token nor
    /// [`without_authentication`](Self::without_authentication).
    pub fn serve(self, address: impl ToSocketAddrs) -> Result<Server, ServeError> {
        let once = once()?;
        let addresses: Vec<SocketAddr> = address.to_socket_addrs().map_err(ServeError::Address)?.collect();
        let Some(first) = addresses.first() else {
            return Err(ServeError::Address(std::io::ErrorKind::InvalidInput.into()));
        };
        let stranger = addresses.iter().find(|address| !address.ip().to_canonical().is_loopback());
        if let Some(stranger) = stranger
            && !self.says_who_may()
        {
            return Err(ServeError::NeedsToken(Some(*stranger)));
        }
        let log = self.log.clone();
        let responder = self.make_responder(stranger.is_none())?;
        let socket = Socket::tcp(&addresses).map_err(|error| ServeError::Bind(first.to_string(), error))?;
        start(socket, responder, log, once)
    }

    /// Serves at a Unix socket, to which only the process's own user may connect.
    ///
    /// # Errors
    /// Like [`serve`](Self::serve); also when there is something else at the path.
    #[cfg(unix)]
    pub fn serve_unix(self, path: impl AsRef<Path>) -> Result<Server, ServeError> {
        let once = once()?;
        let log = self.log.clone();
        let responder = self.make_responder(false)?;
        let bind = |error| ServeError::Bind(path.as_ref().display().to_string(), error);
        start(Socket::unix(path.as_ref()).map_err(bind)?, responder, log, once)
    }

    /// What answers requests that somebody else takes in: a framework's server. It can't know from where they come, so there has to
    /// be a token or [`without_authentication`](Self::without_authentication).
    ///
    /// # Errors
    /// When [`Heap`](crate::Heap) isn't the program's allocator, and when the token can't be had.
    pub fn responder(self) -> Result<Responder, ServeError> {
        if !heap::is_installed() {
            return Err(ServeError::NotInstalled);
        }
        if !self.says_who_may() {
            return Err(ServeError::NeedsToken(None));
        }
        self.make_responder(false)
    }

    const fn says_who_may(&self) -> bool {
        self.token.is_some() || self.is_open
    }

    fn make_responder(self, is_host_checked: bool) -> Result<Responder, ServeError> {
        let token = match &self.token {
            None => None,
            Some(Origin::Text(text)) => Some(Token::new(text)?),
            Some(Origin::File(path)) => Some(Token::from_file(path)?),
            Some(Origin::Variable(name)) => Some(Token::from_variable(name)?),
        };
        let settings = Settings {
            access: Access { token, is_host_checked },
            thresholds: self.thresholds,
            is_cmdline_served: self.is_cmdline_served,
            longest_difference: self.longest_difference,
        };
        Ok(Responder::new(settings, Box::new(ThisProcess)))
    }
}

fn start(socket: Socket, responder: Responder, log: Log, once: Once) -> Result<Server, ServeError> {
    if heap::profile().is_ok_and(|profile| !profile.has_frame_pointers) {
        log.say(WHY_THERE_ARE_NONE);
    }
    Server::start(socket, responder, log, once)
}

fn once() -> Result<Once, ServeError> {
    if !heap::is_installed() {
        return Err(ServeError::NotInstalled);
    }
    Once::take().ok_or(ServeError::AlreadyServing)
}
