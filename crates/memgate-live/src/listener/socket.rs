//! What is listened to: a TCP address, or a path.

#[cfg(unix)]
use std::io::ErrorKind;
use std::io::Result;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
#[cfg(unix)]
use std::os::unix::{
    fs::{FileTypeExt, PermissionsExt},
    net::{UnixListener, UnixStream},
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
        match std::fs::symlink_metadata(path) {
            Ok(found) if !found.file_type().is_socket() => return Err(ErrorKind::AlreadyExists.into()),
            Ok(_) if UnixStream::connect(path).is_ok() => return Err(ErrorKind::AddrInUse.into()),
            Ok(_) | Err(_) => {}
        }
        // Under another name until its mode is right: between the two calls, anybody could connect.
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}", std::process::id()));
        let own = path.with_file_name(name);
        let _ = std::fs::remove_file(&own);
        let listener = UnixListener::bind(&own)?;
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
