//! Everything that was ever known to lead a server home: `corpus/urls.txt` and `corpus/names.txt`, through the whole of the
//! policy. A case is a line there. `http::wasi` runs the same ones through its own door.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// How a case must be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Refusal {
    /// By the address it leads to: its host is granted.
    Denied,
    /// As nothing that can be sent.
    Invalid,
    /// As a name that is none.
    Unresolved,
}

pub(in crate::http) struct Case {
    pub(in crate::http) refusal: Refusal,
    pub(in crate::http) url: String,
}

impl Case {
    /// Grants whatever the URL names, so that the policy alone can refuse it.
    pub(in crate::http) fn rules(&self) -> Vec<Rule> {
        granting(Target::parse(&self.url))
    }

    fn agrees(&self, error: &EgressError) -> bool {
        match self.refusal {
            Refusal::Denied => {
                matches!(error, EgressError::Denied { grant, .. } if grant == "egress.allow_private")
            }
            Refusal::Invalid => matches!(error, EgressError::Invalid(_)),
            Refusal::Unresolved => matches!(error, EgressError::Resolve(_)),
        }
    }
}

fn granting(target: Result<Target, EgressError>) -> Vec<Rule> {
    target.map(|target| vec![rule(target.scheme, target.host(), target.port)]).unwrap_or_default()
}

/// The lines of `corpus/urls.txt`.
pub(in crate::http) fn urls(port: u16) -> Vec<Case> {
    let lines =
        include_str!("../corpus/urls.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let cases: Vec<Case> = lines
        .map(|line| {
            let (refusal, url) = line.split_once(' ').unwrap();
            let refusal = match refusal {
                "denied" => Refusal::Denied,
                "invalid" => Refusal::Invalid,
                "unresolved" => Refusal::Unresolved,
                other => panic!("'{other}' is no refusal: {line}"),
            };
            Case { refusal, url: unescape(url).replace("{port}", &port.to_string()) }
        })
        .collect();
    let distinct: HashSet<&str> = cases.iter().map(|case| case.url.as_str()).collect();
    assert!(distinct.len() == cases.len() && cases.len() >= 400, "{} of {}", distinct.len(), cases.len());
    cases
}

fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        plain.push(match (character, character == '\\') {
            (_, false) => character,
            _ => match characters.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('0') => '\0',
                Some('s') => ' ',
                Some('\\') => '\\',
                other => panic!("{other:?} is no escape: {text}"),
            },
        });
    }
    plain
}

/// The lines of `corpus/names.txt`.
pub(in crate::http) fn names() -> HashMap<String, Answers> {
    let lines =
        include_str!("../corpus/names.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let names: HashMap<String, Answers> = lines
        .map(|line| {
            let (name, rest) = line.split_once(' ').unwrap();
            let (aliases, addresses): (Vec<&str>, Vec<&str>) =
                rest.split_whitespace().partition(|word| word.starts_with("cname:"));
            let rounds = addresses.split(|word| *word == "|");
            let answers = Answers {
                aliases: aliases.iter().map(|alias| alias["cname:".len()..].to_owned()).collect(),
                rounds: rounds.map(|round| round.iter().map(|one| one.parse().unwrap()).collect()).collect(),
            };
            (name.to_owned(), answers)
        })
        .collect();
    assert!(names.len() >= 60, "{}", names.len());
    names
}

/// Listens at home on one port of several addresses. Nobody may ever come.
pub(in crate::http) struct Canary {
    pub(in crate::http) port: u16,
    visits: Arc<AtomicUsize>,
}

impl Canary {
    pub(in crate::http) async fn listen() -> Self {
        let first = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = first.local_addr().unwrap().port();
        let mut listeners = vec![first];
        for other in ["127.0.0.2", "127.255.255.254", "[::1]"] {
            listeners.push(TcpListener::bind(format!("{other}:{port}")).await.unwrap());
        }
        let visits: Arc<AtomicUsize> = Arc::default();
        for listener in listeners {
            let visits = Arc::clone(&visits);
            tokio::spawn(async move {
                while listener.accept().await.is_ok() {
                    visits.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        Self { port, visits }
    }

    /// Connections that were made are accepted by the time one more is, which is this one's own.
    pub(in crate::http) async fn saw_nobody(&self) {
        for address in ["127.0.0.1", "127.0.0.2", "127.255.255.254", "[::1]"] {
            tokio::net::TcpStream::connect(format!("{address}:{}", self.port)).await.unwrap();
        }
        let all_came = async {
            while self.visits.load(Ordering::SeqCst) < 4 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), all_came).await.unwrap();
        assert_eq!(self.visits.load(Ordering::SeqCst), 4, "a private address was reached");
    }
}

async fn closed(names: HashMap<String, Answers>) -> Egress {
    install_provider();
    let nameserver = Some(name_server(names).await);
    Egress::new(EgressConfig { nameserver, ..EgressConfig::default() }).unwrap()
}

#[tokio::test]
async fn no_url_leads_home() {
    let _case = caisson_threats::case(27, "no url leads home").times(urls(54_321).len());
    let canary = Canary::listen().await;
    let egress = closed(HashMap::new()).await;
    let mut wrong = Vec::new();
    for case in urls(canary.port) {
        let refused = send(&egress, &case.rules(), request(&case.url)).await.unwrap_err();
        if !case.agrees(&refused) {
            wrong.push(format!("{:?}: not {:?}, but {refused:?}", case.url, case.refusal));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    canary.saw_nobody().await;
}

#[tokio::test]
async fn no_name_leads_home() {
    let _case = caisson_threats::case(27, "no name leads home").times(names().len());
    let canary = Canary::listen().await;
    let egress = closed(names()).await;
    for name in names().into_keys() {
        let spellings = [
            name.clone(),
            format!("{name}."),
            name.to_uppercase(),
            name.replace('.', "。"),
            format!("%{:x}{}", name.as_bytes()[0], &name[1..]),
        ];
        for spelling in spellings {
            for scheme in [Scheme::Http, Scheme::Https] {
                let url = format!("{}://{spelling}:{}/", scheme.as_str(), canary.port);
                let case = Case { refusal: Refusal::Denied, url };
                // Twice, for those that change.
                for _ in 0..2 {
                    match send(&egress, &case.rules(), request(&case.url)).await {
                        Err(error) if case.agrees(&error) => {}
                        // The second answer of a name may be an ordinary address, where nothing listens for us.
                        Err(EgressError::Timeout | EgressError::Connect(_))
                            if name == "rebound-metadata.test" => {}
                        other => panic!("{}: {other:?}", case.url),
                    }
                }
            }
        }
    }
    canary.saw_nobody().await;
}

#[tokio::test]
async fn no_redirect_leads_home() {
    let _case = caisson_threats::case(26, "no redirect leads home");
    let canary = Canary::listen().await;
    let location = Arc::new(std::sync::Mutex::new(String::new()));
    let told = Arc::clone(&location);
    let (port, _) = server(move |head| {
        let status = &head["GET /".len()..head.find(" HTTP").unwrap()];
        let location = told.lock().unwrap();
        format!("HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n").into_bytes()
    })
    .await;
    install_provider();
    let allow_private = vec![format!("127.0.0.1:{port}").parse().unwrap()];
    let nameserver = Some(name_server(names()).await);
    let egress = Egress::new(EgressConfig { allow_private, nameserver, ..EgressConfig::default() }).unwrap();
    let by_name = names().into_keys().filter(|name| !name.starts_with("rebound"));
    let by_name = by_name.map(|name| format!("http://{name}:{}/", canary.port));
    let mut followed = 0;
    for url in urls(canary.port).into_iter().map(|case| case.url).chain(by_name) {
        for status in [301, 302, 303, 307, 308] {
            let from = format!("http://127.0.0.1:{port}/{status}");
            // What a header cannot carry no server can send; what leads back to the server itself leads nowhere new.
            let joined = Url::parse(&from).unwrap().join(&url);
            let home = joined.as_ref().is_ok_and(|url| url.port() == Some(port));
            if url.contains(['\0', '\r', '\n']) || home {
                continue;
            }
            *location.lock().unwrap() = url.clone();
            let mut rules = vec![rule(Scheme::Http, "127.0.0.1", port)];
            rules.extend(joined.map(|url| granting(Target::of(url))).unwrap_or_default());
            let asked = send(&egress, &rules, request(&from)).await;
            assert!(
                matches!(
                    asked,
                    Err(EgressError::Denied { .. }
                        | EgressError::Invalid(_)
                        | EgressError::Resolve(_)
                        | EgressError::Other(_))
                ),
                "{status} to {url:?}: {asked:?}"
            );
            followed += 1;
        }
    }
    assert!(followed >= 2000, "only {followed} redirects");
    canary.saw_nobody().await;
}

#[tokio::test]
async fn a_name_that_changes_is_checked_each_time_and_its_old_connection_is_not_used() {
    let _case = caisson_threats::case(
        25,
        "a name that changes is checked each time and its old connection is not used",
    );
    let (place, connections) = keeping_server("127.0.0.3:0").await;
    let elsewhere = keeping_server(&format!("127.0.0.4:{}", place.port())).await.1;
    let port = place.port();
    install_provider();
    let rounds = ["127.0.0.3", "127.0.0.3", "127.0.0.4", "127.0.0.3 127.0.0.1", "127.0.0.1", "127.0.0.3"];
    let names = HashMap::from([("panel.test".to_owned(), Answers::rounds(&rounds))]);
    let allow_private =
        ["127.0.0.3", "127.0.0.4"].map(|address| format!("{address}:{port}").parse().unwrap()).into();
    let nameserver = Some(name_server(names).await);
    let egress = Egress::new(EgressConfig { allow_private, nameserver, ..EgressConfig::default() }).unwrap();
    let rules = [rule(Scheme::Http, "panel.test", port)];
    // With the dot, the name is another one to whoever looks it up carelessly.
    let ask = async || send(&egress, &rules, request(&format!("http://panel.test.:{port}/"))).await;
    ask().await.unwrap();
    ask().await.unwrap();
    ask().await.unwrap();
    for _ in 0..2 {
        let refused = ask().await.unwrap_err();
        assert!(matches!(refused, EgressError::Denied { .. }), "{refused:?}");
    }
    ask().await.unwrap();
    assert_eq!((&*connections.lock().unwrap(), &*elsewhere.lock().unwrap()), (&vec![3], &vec![1]));
}
