//! One DNS question over UDP, asked of one server: no cache and no search list in between.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context as _;
use hickory_resolver::proto::op::{Message, Query};
use hickory_resolver::proto::rr::{Name, RData};
use tokio::net::UdpSocket;
use tokio::time::timeout;

pub use hickory_resolver::proto::op::ResponseCode;
pub use hickory_resolver::proto::rr::RecordType;

const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// What a server answered.
#[derive(Clone, Debug, PartialEq)]
pub struct DnsAnswer {
    /// `NoError`, `NXDomain`, `Refused` and so on.
    pub code: ResponseCode,
    /// Data of the records in the answer section.
    pub data: Vec<RData>,
}

impl DnsAnswer {
    /// The data as a zone file would have it, sorted.
    pub fn texts(&self) -> Vec<String> {
        let mut texts: Vec<String> = self.data.iter().map(ToString::to_string).collect();
        texts.sort();
        texts
    }
}

pub(super) async fn query(server: SocketAddr, name: &str, kind: RecordType) -> anyhow::Result<DnsAnswer> {
    let mut name = Name::from_ascii(name).with_context(|| format!("{name} is no DNS name"))?;
    name.set_fqdn(true);
    let mut question = Message::query();
    question.add_query(Query::query(name, kind));

    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    socket.connect(server).await?;
    socket.send(&question.to_vec()?).await?;
    let mut buffer = [0; 4096];
    let length = timeout(ANSWER_WITHIN, socket.recv(&mut buffer))
        .await
        .with_context(|| format!("no answer from {server} in {ANSWER_WITHIN:?}"))??;
    let answer = Message::from_vec(&buffer[..length]).context("the answer is no DNS message")?;
    let data = answer.answers.iter().map(|record| record.data.clone()).collect();
    Ok(DnsAnswer { code: answer.metadata.response_code, data })
}
