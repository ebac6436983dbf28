//! A connection, of either kind, with a time by which all is over.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::{Shutdown, TcpStream};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// A connected socket.
#[derive(Debug)]
pub(super) enum Connection {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Connection {
    pub(super) fn try_clone(&self) -> Result<Self> {
        Ok(match self {
            Self::Tcp(stream) => Self::Tcp(stream.try_clone()?),
            #[cfg(unix)]
            Self::Unix(stream) => Self::Unix(stream.try_clone()?),
        })
    }

    pub(super) fn shut_down(&self, how: Shutdown) {
        // It fails only where the other side was first.
        let _ = match self {
            Self::Tcp(stream) => stream.shutdown(how),
            #[cfg(unix)]
            Self::Unix(stream) => stream.shutdown(how),
        };
    }

    /// Reads what there is, at most until `deadline`; 0 at the end.
    pub(super) fn read_until(&mut self, buffer: &mut [u8], deadline: Instant) -> Result<usize> {
        let time = Some(remaining(deadline)?);
        match self {
            Self::Tcp(stream) => stream.set_read_timeout(time).and_then(|()| stream.read(buffer)),
            #[cfg(unix)]
            Self::Unix(stream) => stream.set_read_timeout(time).and_then(|()| stream.read(buffer)),
        }
    }

    /// Writes all, at most until `deadline`, however slowly it is taken.
    pub(super) fn write_until(&mut self, mut bytes: &[u8], deadline: Instant) -> Result<()> {
        while !bytes.is_empty() {
            let time = Some(remaining(deadline)?);
            let result = match self {
                Self::Tcp(stream) => stream.set_write_timeout(time).and_then(|()| stream.write(bytes)),
                #[cfg(unix)]
                Self::Unix(stream) => stream.set_write_timeout(time).and_then(|()| stream.write(bytes)),
            };
            match result {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => bytes = &bytes[count..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Never zero, which would be refused as a timeout.
fn remaining(deadline: Instant) -> Result<Duration> {
    let time = deadline.saturating_duration_since(Instant::now());
    if time.is_zero() { Err(Error::from(ErrorKind::TimedOut)) } else { Ok(time) }
}
