//! Ways to GitHub that lead through a proxy.

use crate::github::{GitHub, TOKEN};
use crate::servers::{Certificate, ConnectProxy, TlsServer, forwarding_proxy};
use crate::tool::Tool;

/// Nobody but a proxy finds it.
const NAME: &str = "git.corporation.invalid";
const URL: &str = "http://git.corporation.invalid";

#[test]
fn requests_without_tls_go_to_the_proxy_themselves() {
    let github = GitHub::new();
    let proxy = forwarding_proxy(&github, URL, Some("Basic dXNlcjpwQHNz"));
    let with_password = proxy.replace("http://", "http://user:p%40ss@");
    let run = |set: &[(&str, &str)]| {
        let tool = Tool::new(&github).on_pull_request().variable("GITHUB_API_URL", URL);
        set.iter().fold(tool, |tool, (name, value)| tool.variable(name, value)).run()
    };
    run(&[("http_proxy", &with_password)]).exits(0).says("commented");
    // What is for the proxy alone does not go further.
    assert!(github.state().requests.iter().all(|request| !request.target.contains("://")));
    run(&[("ALL_PROXY", &with_password), ("HTTPS_PROXY", "http://127.0.0.1:1")]).exits(0).says("up to date");
    let host = proxy.trim_start_matches("http://");
    let finished = run(&[("HTTP_PROXY", &proxy)]);
    finished.exits(101).complains(&format!("the proxy {host} of HTTP_PROXY can't be used: it wants a user"));
    let straight = run(&[("HTTP_PROXY", &with_password), ("NO_PROXY", "localhost,corporation.invalid:80")]);
    straight.exits(101).complains("no answer from GitHub: ");
    assert!(!straight.stderr.contains("proxy"), "{}", straight.stderr);
}

#[test]
fn requests_with_tls_go_through_a_tunnel() {
    let github = GitHub::new();
    let certificate = Certificate::of(NAME);
    let server = TlsServer::new(&github, &certificate);
    let proxy = ConnectProxy::new(server.address, None);
    let tool = || {
        Tool::new(&github)
            .on_pull_request()
            .variable("GITHUB_API_URL", &format!("https://{NAME}/"))
            .variable("HTTPS_PROXY", &format!("http://user:secret@{}", proxy.address))
    };
    let trusting = tool().with_file("authority.pem", &certificate.pem);
    trusting.variable("SSL_CERT_FILE", "authority.pem").run().exits(0).says("commented");
    for head in proxy.heads() {
        assert!(head.starts_with("CONNECT git.corporation.invalid:443 HTTP/1.1\r\n"), "{head}");
        assert!(head.contains("\r\nProxy-Authorization: Basic dXNlcjpzZWNyZXQ=\r\n"), "{head}");
        assert!(!head.contains(TOKEN), "{head}");
    }
    assert!(github.state().requests.iter().all(|request| request.proxy_authorization.is_none()));
    // A proxy that reads along has a certificate of its own.
    let connections = server.connections();
    let finished = tool().run();
    finished.exits(101).complains("the certificate of git.corporation.invalid is not trusted: ");
    assert_eq!(server.connections(), connections + 1);
}

#[test]
fn a_proxy_that_does_not_let_us_through_is_named_without_its_password() {
    let github = GitHub::new();
    let run = |proxy: &str| {
        let tool = Tool::new(&github).on_pull_request().variable("GITHUB_API_URL", "https://api.github.com");
        let finished = tool.variable("https_proxy", proxy).run();
        assert!(!finished.stderr.contains("secret"), "{}", finished.stderr);
        finished
    };
    let server = "127.0.0.1:1".parse().unwrap();
    let wants_more = ConnectProxy::new(server, Some("407 Proxy Authentication Required"));
    let said = format!("the proxy {} of https_proxy can't be used: it wants a user", wants_more.address);
    run(&format!("http://user:secret@{}", wants_more.address)).exits(101).complains(&said);
    assert_eq!(wants_more.heads().len(), 1);
    let refuses = ConnectProxy::new(server, Some("403 Forbidden"));
    run(&refuses.address.to_string()).exits(101).complains("it does not connect us with the server");
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = format!("the proxy {nobody} of https_proxy can't be used: it can't be reached: ");
    run(&format!("http://user:secret@{nobody}")).exits(101).complains(&said);
    let socks = run("socks5://user:secret@127.0.0.1:1080");
    socks.exits(101).complains("https_proxy names no proxy that can be used: it is no HTTP proxy");
    assert!(github.seen().is_empty());
}
