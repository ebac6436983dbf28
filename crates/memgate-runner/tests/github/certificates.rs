//! Servers with certificates that are trusted or not: said at once, since waiting makes none of them better.

use crate::github::GitHub;
use crate::servers::{Certificate, TlsServer};
use crate::tool::{Finished, Tool};

/// Against a server that calls itself `localhost`.
fn run(certificate: &Certificate, variables: &[(&str, &str)]) -> (Finished, usize) {
    let github = GitHub::new();
    let server = TlsServer::new(&github, certificate);
    let url = format!("https://localhost:{}", server.address.port());
    let tool = Tool::new(&github)
        .on_pull_request()
        .variable("GITHUB_API_URL", &url)
        .with_file("authorities/authority.pem", &certificate.pem);
    let tool = variables.iter().fold(tool, |tool, (name, value)| tool.variable(name, value));
    (tool.run(), server.connections())
}

#[test]
fn an_authority_of_one_s_own_is_named_in_a_variable() {
    let certificate = Certificate::of("localhost");
    for variable in [("SSL_CERT_FILE", "authorities/authority.pem"), ("SSL_CERT_DIR", "authorities")] {
        run(&certificate, &[variable]).0.exits(0).says("commented");
    }
    let other = Certificate::of("localhost");
    let (finished, connections) = run(&other, &[]);
    finished
        .exits(101)
        .complains("the certificate of localhost:")
        .complains(" is not trusted: nobody who is trusted has issued it. ")
        .complains("name its certificate (PEM) in SSL_CERT_FILE, or its folder in SSL_CERT_DIR");
    assert_eq!(connections, 1);
}

#[test]
fn other_certificates_that_will_not_do_are_told_apart() {
    for (certificate, said) in [
        (Certificate::until("localhost", 2020), "it has expired. Is the clock of this machine right?"),
        (Certificate::of("elsewhere.example"), "it is for another name. Is GITHUB_API_URL right?"),
    ] {
        let (finished, connections) = run(&certificate, &[("SSL_CERT_FILE", "authorities/authority.pem")]);
        finished.exits(101).complains(" is not trusted: ").complains(said);
        assert_eq!(connections, 1);
    }
}

#[test]
fn a_variable_that_names_no_authority_is_said() {
    let certificate = Certificate::of("localhost");
    let (finished, connections) = run(&certificate, &[("SSL_CERT_FILE", "nowhere.pem")]);
    finished
        .exits(101)
        .complains("no authority was found")
        .complains("nowhere.pem")
        .complains("SSL_CERT_FILE");
    assert_eq!(connections, 0);
}

#[test]
fn a_server_without_tls_is_not_asked_again_and_again() {
    let github = GitHub::new();
    let url = github.address.replace("http://", "https://");
    let finished = Tool::new(&github).on_pull_request().variable("GITHUB_API_URL", &url).run();
    finished.exits(101).complains("no answer from GitHub: ");
    assert!(github.seen().is_empty());
}
