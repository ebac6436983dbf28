//! The header `Host` of a request to this machine.

/// Whether a host is this machine by a name that no name server can give: a page from elsewhere, whose name has been made to lead
/// here, sends its own.
pub(super) fn is_local(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    let name = name.trim_end_matches('.');
    name.eq_ignore_ascii_case("localhost")
        || name.to_ascii_lowercase().ends_with(".localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_local() {
        for host in [
            "localhost",
            "LocalHost:6060",
            "127.0.0.1",
            "127.1.2.3:80",
            "[::1]:6060",
            "[::1]",
            "a.localhost:1",
        ] {
            assert!(is_local(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:6060",
            "10.0.0.1",
            "0.0.0.0",
            "[::2]",
            "[",
        ] {
            assert!(!is_local(host), "{host}");
        }
    }
}
