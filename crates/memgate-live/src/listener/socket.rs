//! What is listened to: a TCP address, or a path.

#[cfg(unix)]
use std::hash::{BuildHasher, RandomState};
#[cfg(unix)]
use std::io::ErrorKind;
use std::io::Result;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
#[cfg(unix)]
use std::os::unix::{
    fs::{FileTypeExt, PermissionsExt},
    net::{SocketAddr as UnixAddress, UnixListener, UnixStream},
};
#[cfg(unix)]
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::connection::Connection;

/// A socket that listens.
#[derive(Debug)]
pub(crate) enum Socket {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener, PathBuf),
}

impl Socket {
    pub(crate) fn tcp(addresses: &[SocketAddr]) -> Result<Self> {
        TcpListener::bind(addresses).map(Self::Tcp)
    }

    /// Listens at a path that only this user may connect to. A socket that nobody listens to any more is replaced.
    #[cfg(unix)]
    pub(crate) fn unix(path: &Path) -> Result<Self> {
        // Of this name, not of the other one: nobody could connect to what is too long.
        UnixAddress::from_pathname(path)?;
        match std::fs::symlink_metadata(path) {
            Ok(found) if !found.file_type().is_socket() => return Err(ErrorKind::AlreadyExists.into()),
            Ok(_) if UnixStream::connect(path).is_ok() => return Err(ErrorKind::AddrInUse.into()),
            Ok(_) | Err(_) => {}
        }
        // Under another name until its mode is right: between the two calls, anybody could connect.
        let (listener, own) = bind_beside(path)?;
        let moved = std::fs::set_permissions(&own, std::fs::Permissions::from_mode(0o600))
            .and_then(|()| std::fs::rename(&own, path));
        if let Err(error) = moved {
            let _ = std::fs::remove_file(&own);
            return Err(error);
        }
        Ok(Self::Unix(listener, path.to_owned()))
    }

    pub(super) fn accept(&self) -> Result<Connection> {
        match self {
            Self::Tcp(listener) => listener.accept().map(|(stream, _)| Connection::Tcp(stream)),
            #[cfg(unix)]
            Self::Unix(listener, _) => listener.accept().map(|(stream, _)| Connection::Unix(stream)),
        }
    }

    /// How to reach it from here.
    pub(super) fn door(&self) -> Result<Door> {
        match self {
            Self::Tcp(listener) => listener.local_addr().map(Door::Tcp),
            #[cfg(unix)]
            Self::Unix(_, path) => Ok(Door::Unix(path.clone())),
        }
    }
}

/// Listens in the same folder, under a name that nothing has and that is no longer than the path's own: the system takes some hundred bytes
/// of a path, and whatever it takes has to do.
#[cfg(unix)]
fn bind_beside(path: &Path) -> Result<(UnixListener, PathBuf)> {
    /// As many names are tried: of those with one letter there are 36.
    const TRIES: u32 = 200;
    const MOST_LETTERS: usize = 8;

    let letters = path.file_name().map_or(1, |name| name.len().clamp(1, MOST_LETTERS));
    let random = RandomState::new();
    let mut last = ErrorKind::AddrInUse.into();
    for attempt in 0..TRIES {
        let own = path.with_file_name(name(random.hash_one(attempt), letters));
        if own == path {
            continue;
        }
        match UnixListener::bind(&own) {
            Ok(listener) => return Ok((listener, own)),
            Err(error) if error.kind() == ErrorKind::AddrInUse => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

/// So many letters and digits of a random number.
#[cfg(unix)]
fn name(mut random: u64, letters: usize) -> String {
    let mut letter = || {
        let digit = (random % 36) as u32;
        random /= 36;
        char::from_digit(digit, 36).unwrap_or_default()
    };
    (0..letters).map(|_| letter()).collect()
}

/// How a socket is reached.
#[derive(Clone, Debug)]
pub(super) enum Door {
    Tcp(SocketAddr),
    #[cfg(unix)]
    Unix(PathBuf),
}

impl Door {
    /// Connects once, so that whoever accepts looks up.
    pub(super) fn knock(&self) {
        // It fails where nobody listens any more.
        match self {
            Self::Tcp(address) => {
                let ip = match address.ip() {
                    IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
                    IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
                    ip => ip,
                };
                let address = SocketAddr::new(ip, address.port());
                let _ = TcpStream::connect_timeout(&address, Duration::from_secs(1));
            }
            #[cfg(unix)]
            Self::Unix(path) => {
                let _ = UnixStream::connect(path);
            }
        }
    }
}
