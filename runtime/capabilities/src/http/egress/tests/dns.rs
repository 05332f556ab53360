use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

use hickory_resolver::proto::op::{Message, OpCode};
use hickory_resolver::proto::rr::rdata::CNAME;
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use tokio::net::UdpSocket;

use super::*;

/// What is answered for a name.
#[derive(Clone, Debug, Default)]
pub(in crate::http) struct Answers {
    /// Other names that lead from it to the addresses.
    pub(in crate::http) aliases: Vec<String>,
    /// The first time, the second, and so on; the last stays.
    pub(in crate::http) rounds: Vec<Vec<IpAddr>>,
}

impl Answers {
    pub(in crate::http) fn rounds(rounds: &[&str]) -> Self {
        Self {
            aliases: Vec::new(),
            rounds: rounds
                .iter()
                .map(|one| one.split(' ').map(|one| one.parse().unwrap()).collect())
                .collect(),
        }
    }
}

/// Answers for these names with a lifetime of nothing, and that there are no others.
pub(in crate::http) async fn name_server(names: HashMap<String, Answers>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    // How often each was asked, kind by kind.
    let asked = Mutex::new(HashMap::<(String, RecordType), usize>::new());
    tokio::spawn(async move {
        let mut bytes = [0; 2048];
        while let Ok((length, from)) = socket.recv_from(&mut bytes).await {
            let Ok(question) = Message::from_vec(&bytes[..length]) else { continue };
            let mut answer = Message::response(question.metadata.id, OpCode::Query);
            for query in question.queries {
                let name = query.name().to_string().to_lowercase();
                let kind = query.query_type();
                if let Some(answers) = names.get(name.trim_end_matches('.')) {
                    let round = {
                        let mut asked = asked.lock().unwrap();
                        let times = asked.entry((name.clone(), kind)).or_default();
                        *times += 1;
                        (*times - 1).min(answers.rounds.len() - 1)
                    };
                    let mut owner = query.name().clone();
                    for alias in &answers.aliases {
                        let alias = Name::from_ascii(format!("{alias}.")).unwrap();
                        answer.add_answer(Record::from_rdata(owner, 0, RData::CNAME(CNAME(alias.clone()))));
                        owner = alias;
                    }
                    for address in &answers.rounds[round] {
                        let data = match address {
                            IpAddr::V4(v4) if kind == RecordType::A => RData::A((*v4).into()),
                            IpAddr::V6(v6) if kind == RecordType::AAAA => RData::AAAA((*v6).into()),
                            _ => continue,
                        };
                        answer.add_answer(Record::from_rdata(owner.clone(), 0, data));
                    }
                }
                answer.add_query(query);
            }
            socket.send_to(&answer.to_vec().unwrap(), from).await.ok();
        }
    });
    address
}
