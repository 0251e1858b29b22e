//! Encrypted connections, through a door that speaks TLS before the server, which may not.

use std::net::TcpListener as StdListener;
use std::path::PathBuf;
use std::sync::Arc;

use lorgnon_index::{PostgresStore, Store, StoreError};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::server::TestServer;

/// A door on this machine: its port, and the file with the certificate that it shows.
struct Door {
    port: u16,
    certificate: PathBuf,
    _folder: tempfile::TempDir,
}

/// Opens a door before the database at `server` (host and port) with a certificate for `name`.
fn door(server: String, name: &str) -> Door {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("ca.pem");
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let listener = StdListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let (listener, acceptor) =
                (TcpListener::from_std(listener).unwrap(), TlsAcceptor::from(Arc::new(config)));
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(let_through(client, acceptor.clone(), server.clone()));
            }
        });
    });
    Door { port, certificate, _folder: folder }
}

/// Answers the request for TLS with yes, and hands on what is said in it.
async fn let_through(mut client: TcpStream, acceptor: TlsAcceptor, server: String) -> std::io::Result<()> {
    const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
    let mut request = [0; 8];
    client.read_exact(&mut request).await?;
    assert_eq!(request, SSL_REQUEST, "TLS comes before anything else is said");
    client.write_all(b"S").await?;
    let mut client = acceptor.accept(client).await?;
    let mut server = TcpStream::connect(server).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

/// The test server's address with another host, port and further parameters.
fn through(server: &TestServer, host: &str, port: u16, parameters: &str) -> String {
    let url = server.url("tls");
    let (scheme, rest) = url.split_once("://").unwrap();
    let (authority, path) = rest.split_once('/').unwrap();
    let user = authority.rsplit_once('@').map_or(String::new(), |(user, _)| format!("{user}@"));
    format!("{scheme}://{user}{host}:{port}/{path}&{parameters}")
}

fn host_and_port(server: &TestServer) -> String {
    let rest = server.base().split_once("://").unwrap().1;
    let authority = rest.split(['/', '?']).next().unwrap();
    authority.rsplit('@').next().unwrap().to_owned()
}

fn told(url: &str) -> String {
    let Err(error) = PostgresStore::open(url) else { panic!("`{url}` was opened") };
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error:?}");
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

#[test]
fn an_encrypted_connection_is_one_to_a_server_that_is_known() {
    let Some(server) = TestServer::named("tls") else { return };
    let open = door(host_and_port(&server), "localhost");
    let authority = format!("sslrootcert={}", open.certificate.display());

    let url = through(&server, "localhost", open.port, &format!("sslmode=verify-full&{authority}"));
    let store = PostgresStore::open(&url).unwrap();
    crate::embedded::fill(&store, 0..3, 8);
    assert_eq!(store.reader().unwrap().len(), 3);

    let unknown = told(&through(&server, "localhost", open.port, "sslmode=require"));
    assert!(unknown.contains("certificate"), "{unknown}");
    let other_name = told(&through(&server, "127.0.0.1", open.port, &format!("sslmode=require&{authority}")));
    assert!(other_name.contains("certificate"), "{other_name}");
    let direct = host_and_port(&server);
    let (host, port) = direct.rsplit_once(':').unwrap();
    let plain = told(&through(&server, host, port.parse().unwrap(), &format!("sslmode=require&{authority}")));
    assert!(plain.contains("does not support TLS"), "{plain}");
}
