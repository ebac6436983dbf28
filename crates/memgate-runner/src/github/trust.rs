//! Whose certificates are trusted: the system's authorities, or those that environment variables name instead.

use rustls::{CertificateError, ClientConfig, RootCertStore};

use crate::comment::CommentError;

/// What names other authorities than the system's: a file, and folders. As for curl and git, and for cargo.
const VARIABLES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// What to do about a certificate that is not trusted.
pub(super) fn advice(error: &CertificateError) -> String {
    match error {
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => "Is the clock of this machine right?".to_owned(),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "Is GITHUB_API_URL right?".to_owned()
        }
        _ => {
            let only = VARIABLES.into_iter().find(|name| std::env::var_os(name).is_some());
            let only = only.map_or_else(
                || "of a server or proxy with an authority of its own, ".to_owned(),
                |name| {
                    format!("{name} is set, so that only what it names is trusted; of another authority, ")
                },
            );
            format!(
                "{}name its certificate (PEM) in SSL_CERT_FILE, or its folder in SSL_CERT_DIR",
                capital(&only)
            )
        }
    }
}

/// What is wrong with a certificate, in words.
pub(super) fn problem(error: &CertificateError) -> String {
    match error {
        CertificateError::UnknownIssuer => "nobody who is trusted has issued it".to_owned(),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired".to_owned(),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another name".to_owned()
        }
        other => other.to_string(),
    }
}

/// The configuration for connections with certificates.
///
/// # Errors
/// When there is no authority at all.
pub(super) fn configuration() -> Result<ClientConfig, CommentError> {
    let found = rustls_native_certs::load_native_certs();
    let mut authorities = RootCertStore::empty();
    authorities.add_parsable_certificates(found.certs);
    if authorities.is_empty() {
        let problem = found.errors.first().map(|error| format!(": {error}")).unwrap_or_default();
        return Err(CommentError::NoAuthorities { problem });
    }
    configuration_with(authorities)
}

/// The configuration of who needs no certificate.
pub(super) fn none() -> Result<ClientConfig, CommentError> {
    configuration_with(RootCertStore::empty())
}

fn configuration_with(authorities: RootCertStore) -> Result<ClientConfig, CommentError> {
    let provider = rustls::crypto::ring::default_provider();
    let builder = ClientConfig::builder_with_provider(provider.into()).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| CommentError::Setup { problem: error.to_string() })?;
    Ok(builder.with_root_certificates(authorities).with_no_client_auth())
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
