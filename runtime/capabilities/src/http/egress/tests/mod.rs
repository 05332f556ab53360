use caisson_types::manifest::{GrantId, HostPattern, Method};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

mod authority;
mod connections;
mod corpus;
mod dns;
mod limits;
mod policy;
mod privacy;

pub(in crate::http) use corpus::{Canary, Refusal, names, urls};
pub(in crate::http) use dns::{Answers, name_server};

pub(in crate::http) fn install_provider() {
    rustls::crypto::ring::default_provider().install_default().ok();
}

pub(in crate::http) fn rule(scheme: Scheme, host: &str, port: u16) -> Rule {
    let host = HostPattern::try_from(host.to_owned()).unwrap();
    Rule {
        scheme,
        host,
        port,
        methods: Vec::new(),
        secrets: vec!["key".to_owned()],
        ca: None,
        grant: GrantId("test".to_owned()),
    }
}

fn request(url: &str) -> Request {
    Request {
        method: Method::Get,
        url: url.to_owned(),
        headers: Vec::new(),
        body: Payload::Whole(Bytes::new()),
        credential: None,
        timeouts: Timeouts::whole(Duration::from_secs(2), Duration::from_secs(5)),
        max_redirects: 5,
        max_response_bytes: 1024 * 1024,
        ledger: Ledger::default(),
    }
}

async fn send(egress: &Egress, rules: &[Rule], request: Request) -> Result<Response, EgressError> {
    egress.send("product/test", rules, request, &mut || Ok(())).await
}

/// A server that answers every connection with `answer`, and counts them.
async fn server(
    answer: impl Fn(&str) -> Vec<u8> + Send + 'static,
) -> (u16, Arc<std::sync::Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen: Arc<std::sync::Mutex<Vec<String>>> = Arc::default();
    let log = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = vec![0; 16 * 1024];
            let read = stream.read(&mut head).await.unwrap_or(0);
            let head = String::from_utf8_lossy(&head[..read]).into_owned();
            let bytes = answer(&head);
            log.lock().unwrap().push(head);
            stream.write_all(&bytes).await.ok();
            stream.shutdown().await.ok();
        }
    });
    (port, seen)
}

fn open(port: u16) -> Egress {
    install_provider();
    let allow_private = vec![format!("127.0.0.1:{port}").parse().unwrap()];
    Egress::new(EgressConfig { allow_private, ..EgressConfig::default() }).unwrap()
}

/// A server that keeps its connections, and counts them and what is asked of them. It listens where it is told.
async fn keeping_server(place: &str) -> (SocketAddr, Arc<std::sync::Mutex<Vec<usize>>>) {
    let listener = TcpListener::bind(place).await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections: Arc<std::sync::Mutex<Vec<usize>>> = Arc::default();
    let log = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let index = {
                let mut log = log.lock().unwrap();
                log.push(0);
                log.len() - 1
            };
            let log = Arc::clone(&log);
            tokio::spawn(async move {
                let mut head = vec![0; 16 * 1024];
                while let Ok(1..) = stream.read(&mut head).await {
                    log.lock().unwrap()[index] += 1;
                    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").await.ok();
                }
            });
        }
    });
    (address, connections)
}
