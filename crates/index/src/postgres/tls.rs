//! Encrypted connections: whoever asks for TLS gets a server whose certificate holds.
//!
//! `sslmode=require` means here what `verify-full` means elsewhere: a certificate that nobody checks keeps nobody
//! out. Trusted are the public authorities, or the ones in the file of `sslrootcert`.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::StoreError;

/// What a connection is encrypted by; `authorities` is a PEM file, the public ones without it.
///
/// # Errors
/// [`StoreError::Io`] where the file cannot be read, [`StoreError::Address`] where it holds no certificate.
pub(super) fn connector(authorities: Option<&Path>) -> Result<MakeRustlsConnect, StoreError> {
    let roots = match authorities {
        None => RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() },
        Some(path) => read(path)?,
    };
    let unusable = |what: String| StoreError::Address { what };
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(format!("TLS cannot be spoken: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn read(path: &Path) -> Result<RootCertStore, StoreError> {
    let source = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(source) => return Err(StoreError::Io { action: "read", path: path.to_owned(), source }),
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&source).flatten() {
        // One that cannot be an authority is passed over; none at all is told below.
        let _ = roots.add(certificate);
    }
    if roots.is_empty() {
        let what = format!("`sslrootcert`: `{}` holds no certificate of an authority (PEM)", path.display());
        return Err(StoreError::Address { what });
    }
    Ok(roots)
}
