use std::collections::HashMap;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::*;

fn params(name: &str, is_ca: bool) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    if is_ca {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    params
}

/// A certificate that signed itself, as PEM, and with its key for a server.
fn self_signed(params: &CertificateParams) -> (String, CertificateDer<'static>, KeyPair) {
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    (certificate.pem(), certificate.der().clone(), key)
}

/// Speaks TLS with one certificate, and answers once a connection.
async fn tls_server(certificate: CertificateDer<'static>, key: &KeyPair) -> u16 {
    install_provider();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config =
        ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut head = vec![0; 4096];
            if stream.read(&mut head).await.is_ok() {
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi")
                    .await
                    .ok();
                stream.shutdown().await.ok();
            }
        }
    });
    port
}

async fn egress(port: u16) -> Egress {
    install_provider();
    let home = Answers::rounds(&["127.0.0.1"]);
    let names = HashMap::from([("panel.test".to_owned(), home.clone()), ("other.test".to_owned(), home)]);
    let allow_private = vec![format!("127.0.0.1:{port}").parse().unwrap()];
    let nameserver = Some(name_server(names).await);
    Egress::new(EgressConfig { allow_private, nameserver, ..EgressConfig::default() }).unwrap()
}

async fn ask(egress: &Egress, host: &str, port: u16, pem: Option<&str>) -> Result<Response, EgressError> {
    let ca = pem.map(|pem| Ca::new("settings.ca_pem", pem));
    let rules = [Rule { ca, ..rule(Scheme::Https, host, port) }];
    send(egress, &rules, request(&format!("https://{host}:{port}/"))).await
}

#[tokio::test]
async fn only_the_pinned_authority_is_trusted() {
    let _case = caisson_threats::case(28, "only the pinned authority is trusted");
    let key = KeyPair::generate().unwrap();
    let authority = params("authority.test", true);
    let (authority_pem, _, authority_key) = self_signed(&authority);
    let issuer = Issuer::new(authority.clone(), authority_key);
    let leaf = params("panel.test", false).signed_by(&key, &issuer).unwrap();
    let port = tls_server(leaf.der().clone(), &key).await;
    let egress = egress(port).await;
    let (stranger, ..) = self_signed(&authority);
    // The system's authorities first and last: a connection made under one trust is not used under another.
    for pem in [None, Some(stranger.as_str())] {
        let refused = ask(&egress, "panel.test", port, pem).await;
        assert!(matches!(refused, Err(EgressError::Tls(_))), "{refused:?}");
    }
    assert_eq!(ask(&egress, "panel.test", port, Some(&authority_pem)).await.unwrap().body, "hi");
    let both = format!("{stranger}{authority_pem}");
    assert_eq!(ask(&egress, "panel.test", port, Some(&both)).await.unwrap().body, "hi");
    let refused = ask(&egress, "other.test", port, Some(&authority_pem)).await;
    assert!(matches!(refused, Err(EgressError::Tls(_))), "another name: {refused:?}");
    for pem in [None, Some(stranger.as_str())] {
        let refused = ask(&egress, "panel.test", port, pem).await;
        assert!(matches!(refused, Err(EgressError::Tls(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_pin_of_one_line_holds_for_its_host_under_every_line() {
    let _case = caisson_threats::case(28, "a pin of one line holds for its host under every line");
    let (pem, certificate, key) = self_signed(&params("panel.test", false));
    let port = tls_server(certificate, &key).await;
    let egress = egress(port).await;
    let plain = rule(Scheme::Https, "panel.test", port);
    let pinned =
        Rule { methods: vec![Method::Post], ca: Some(Ca::new("settings.ca_pem", &pem)), ..plain.clone() };
    let asked = request(&format!("https://panel.test:{port}/"));
    assert_eq!(send(&egress, &[plain, pinned], asked).await.unwrap().body, "hi");
}

#[tokio::test]
async fn a_panel_that_signs_itself_is_taken_for_itself_and_nothing_more() {
    // As `openssl req -x509` makes them, and as they should be.
    for is_ca in [true, false] {
        let (pem, certificate, key) = self_signed(&params("panel.test", is_ca));
        let port = tls_server(certificate, &key).await;
        let egress = egress(port).await;
        assert_eq!(ask(&egress, "panel.test", port, Some(&pem)).await.unwrap().body, "hi", "{is_ca}");
        let refused = ask(&egress, "other.test", port, Some(&pem)).await;
        assert!(matches!(refused, Err(EgressError::Tls(_))), "{refused:?}");
        assert!(matches!(ask(&egress, "panel.test", port, None).await, Err(EgressError::Tls(_))));
        // The same names, another key.
        let (twin, ..) = self_signed(&params("panel.test", is_ca));
        assert!(matches!(ask(&egress, "panel.test", port, Some(&twin)).await, Err(EgressError::Tls(_))));

        let mut expired = params("panel.test", is_ca);
        expired.not_after = rcgen::date_time_ymd(2020, 1, 1);
        let (pem, certificate, key) = self_signed(&expired);
        let port = tls_server(certificate, &key).await;
        let refused = ask(&self::egress(port).await, "panel.test", port, Some(&pem)).await;
        assert!(matches!(refused, Err(EgressError::Tls(_))), "expired: {refused:?}");
    }
}

#[tokio::test]
async fn what_is_no_certificate_is_refused_and_names_its_setting() {
    let (_, certificate, key) = self_signed(&params("panel.test", false));
    let port = tls_server(certificate, &key).await;
    let egress = egress(port).await;
    let key = key.serialize_pem();
    let torn = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for pem in ["not PEM", torn, &key] {
        let refused = ask(&egress, "panel.test", port, Some(pem)).await;
        let Err(EgressError::Tls(message)) = refused else { panic!("{refused:?}") };
        assert!(message.starts_with("the setting 'ca_pem' holds no certificate"), "{message}");
    }
}
