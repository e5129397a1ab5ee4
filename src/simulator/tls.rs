//! A throw-away certificate authority, and a certificate of it for this machine.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// How the certificate is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tls {
    Good,
    /// It ran out a while ago.
    Expired,
}

/// What a listener needs, and what a client has to trust.
pub(super) struct Identity {
    pub(super) acceptor: TlsAcceptor,
    /// The authority's certificate, in PEM.
    pub(super) ca: String,
}

impl Identity {
    /// Made anew at each start, so that nobody is tempted to trust it for longer.
    pub(super) fn make(tls: Tls, now: Duration) -> io::Result<Self> {
        let broken = |error: rcgen::Error| io::Error::other(error.to_string());
        let ca_key = KeyPair::generate().map_err(broken)?;
        let mut ca = CertificateParams::default();
        ca.distinguished_name.push(DnType::CommonName, "retitle simulator, throw-away authority");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let ca_pem = ca.self_signed(&ca_key).map_err(broken)?.pem();
        let key = KeyPair::generate().map_err(broken)?;
        let mut leaf =
            CertificateParams::new(vec!["localhost".into(), "127.0.0.1".into()]).map_err(broken)?;
        let day = Duration::from_secs(24 * 3600);
        let start = std::time::UNIX_EPOCH;
        let (from, to) = match tls {
            Tls::Good => (now.saturating_sub(day), now + 30 * day),
            Tls::Expired => (now.saturating_sub(30 * day), now.saturating_sub(day)),
        };
        (leaf.not_before, leaf.not_after) = ((start + from).into(), (start + to).into());
        let issuer = Issuer::new(ca, ca_key);
        let certificate = leaf.signed_by(&key, &issuer).map_err(broken)?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .map_err(io::Error::other)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), ca: ca_pem })
    }
}
