//! The thread that accepts, and its end.

use std::collections::HashMap;
use std::net::{Shutdown, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::error::ServeError;
use super::exchange::{Times, exchange, send};
use super::once::Once;
use super::socket::{Door, Socket};
use crate::log::{Fault, Log};
use crate::respond::{Gate, Responder, Response, Stop};

/// So many are answered at once.
const CONNECTIONS: usize = 64;
/// So many slow readers may keep a large body here.
const LARGE_BODIES: usize = 8;
/// Virtual memory of a thread; what isn't used is never there.
const STACK_BYTES: usize = 512 << 10;

/// A heap that is being served. When this is dropped, it no longer is.
#[derive(Debug)]
#[must_use = "the heap is served until this is dropped"]
pub struct Server {
    shared: Arc<Shared>,
    door: Door,
    /// Over when the thread that accepts is.
    ended: Arc<Stop>,
    /// A child after a fork has this value, too, and the sockets are its parent's.
    process_id: u32,
    _once: Option<Once>,
}

/// What the threads share.
#[derive(Debug)]
struct Shared {
    responder: Responder,
    stop: Arc<Stop>,
    large: Gate,
    times: Times,
    open: Mutex<Open>,
    log: Log,
    cannot_accept: Fault,
    cannot_answer: Fault,
}

/// The connections that are being answered.
#[derive(Debug, Default)]
struct Open {
    next: u64,
    connections: HashMap<u64, Connection>,
}

impl Server {
    pub(crate) fn start(
        socket: Socket,
        responder: Responder,
        log: Log,
        once: Once,
    ) -> Result<Self, ServeError> {
        Self::start_with(socket, responder, Times::default(), log, Some(once))
    }

    /// In tests, several serve at once.
    pub(super) fn start_with(
        socket: Socket,
        responder: Responder,
        times: Times,
        log: Log,
        once: Option<Once>,
    ) -> Result<Self, ServeError> {
        let door = socket.door().map_err(ServeError::Address)?;
        let stop = responder.stop();
        let large = Gate::new(LARGE_BODIES, 0, Duration::ZERO);
        let shared = Arc::new(Shared {
            responder,
            stop,
            large,
            times,
            open: Mutex::default(),
            log,
            cannot_accept: Fault::default(),
            cannot_answer: Fault::default(),
        });
        let ended = Arc::new(Stop::default());
        let (accepting, ends) = (Arc::clone(&shared), Arc::clone(&ended));
        spawn(move || {
            accept(&socket, &accepting);
            ends.stop();
        })
        .map_err(ServeError::Thread)?;
        Ok(Self { shared, door, ended, process_id: std::process::id(), _once: once })
    }

    /// The address that is listened to; none for a Unix socket. With port 0, the system has chosen one.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        match &self.door {
            Door::Tcp(address) => Some(*address),
            #[cfg(unix)]
            Door::Unix(_) => None,
        }
    }

    #[cfg(test)]
    pub(super) fn open_connections(&self) -> usize {
        self.shared.open().connections.len()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::process::id() != self.process_id {
            return;
        }
        self.shared.stop.stop();
        for connection in self.shared.open().connections.values() {
            connection.shut_down(Shutdown::Both);
        }
        self.door.knock();
        // Somebody may have taken the path away, so that nobody hears the knock: the thread then waits for ever, and harms nobody.
        self.ended.wait(Duration::from_secs(1));
        #[cfg(unix)]
        if let Door::Unix(path) = &self.door {
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Shared {
    fn open(&self) -> std::sync::MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// That a connection is being answered, until it is dropped.
struct Registered<'a> {
    shared: &'a Shared,
    id: u64,
}

impl Drop for Registered<'_> {
    fn drop(&mut self) {
        self.shared.open().connections.remove(&self.id);
    }
}

fn accept(socket: &Socket, shared: &Arc<Shared>) {
    loop {
        let accepted = socket.accept();
        if shared.stop.is_over() {
            return;
        }
        match accepted {
            Ok(connection) => begin(connection, shared),
            // Without file descriptors it fails at once, again and again.
            Err(error) => {
                shared.cannot_accept.say(Instant::now(), &shared.log, || {
                    format!("failed to accept a connection, trying on: {error}")
                });
                shared.stop.wait(Duration::from_millis(50));
            }
        }
    }
}

/// Answers a connection in a thread of its own, or says that there are too many.
fn begin(mut connection: Connection, shared: &Arc<Shared>) {
    let Some(id) = register(&connection, shared) else {
        turn_away(&mut connection);
        return;
    };
    let answering = Arc::clone(shared);
    let spawned = spawn(move || {
        let shared = &*answering;
        let _registered = Registered { shared, id };
        // Whoever goes away in the middle is nobody's error.
        let _ = exchange(&mut connection, &shared.responder, &shared.large, shared.times);
    });
    if let Err(error) = spawned {
        shared.open().connections.remove(&id);
        shared.cannot_answer.say(Instant::now(), &shared.log, || {
            format!("failed to start a thread for a connection: {error}")
        });
    }
}

fn register(connection: &Connection, shared: &Shared) -> Option<u64> {
    let copy = connection.try_clone().ok()?;
    let mut open = shared.open();
    if open.connections.len() >= CONNECTIONS {
        return None;
    }
    let id = open.next;
    open.next += 1;
    open.connections.insert(id, copy);
    Some(id)
}

/// By the thread that accepts, which must not wait: what is short fits into the socket.
fn turn_away(connection: &mut Connection) {
    let response = Response::error(503, "there are too many connections").with("Retry-After", "1");
    let soon = Instant::now() + Duration::from_millis(20);
    let _ = send(connection, &response, false, soon);
    connection.shut_down(Shutdown::Write);
    // Mostly the request is there by now; unread, it would take the response away from the client.
    let _ = connection.read_until(&mut [0; 2_048], soon);
}

fn spawn(work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    thread::Builder::new().name("memgate-live".to_owned()).stack_size(STACK_BYTES).spawn(work).map(drop)
}
