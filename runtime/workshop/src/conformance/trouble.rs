//! What providers do when they do not do what they should.

use std::collections::BTreeMap;

use crate::scenario::{Answer, Body, Exchange, Failing, Probe};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It takes no connection.
    Down,
    /// It does not answer in time.
    Slow,
    /// It says 500.
    Broken,
    /// It says 429: too much was asked.
    Busy,
    /// It answers 200 with a page for people.
    Rubbish,
    /// It breaks off in the middle of its answer.
    Cut,
}

/// Whether a provider is in trouble already, as a scenario has it.
pub(super) fn is_in_one(exchanges: &[Exchange], probes: &[Probe]) -> bool {
    let answers_badly =
        |answer: &Answer| answer.fails.is_some() || answer.status == 429 || answer.status >= 500;
    exchanges.iter().any(|exchange| answers_badly(&exchange.answer))
        || probes.iter().any(|probe| probe.fails.is_some())
}

impl Trouble {
    pub const ALL: [Self; 6] = [Self::Down, Self::Slow, Self::Broken, Self::Busy, Self::Rubbish, Self::Cut];

    /// The same request, with this trouble for an answer, however often it is asked.
    #[must_use]
    pub fn of(self, exchange: &Exchange) -> Exchange {
        let page = |status| Answer {
            status,
            headers: BTreeMap::from([("content-type".to_owned(), "text/html".to_owned())]),
            body: Body {
                text: Some("<!doctype html><title>Sorry</title><h1>Sorry</h1>".to_owned()),
                ..Body::default()
            },
            fails: None,
        };
        let answer = match self {
            Self::Down => Answer { fails: Some(Failing::Refuses), ..Answer::default() },
            Self::Slow => Answer { fails: Some(Failing::Silent), ..Answer::default() },
            Self::Broken => page(500),
            Self::Busy => {
                let mut answer = page(429);
                answer.headers.insert("retry-after".to_owned(), "30".to_owned());
                answer
            }
            Self::Rubbish => page(200),
            Self::Cut => Answer { fails: Some(Failing::Cut), ..exchange.answer.clone() },
        };
        Exchange { request: exchange.request.clone(), answer, any: true }
    }

    /// The same place, in this trouble; what only HTTP can say is a connection that breaks off.
    #[must_use]
    pub fn of_probe(self, probe: &Probe) -> Probe {
        let fails = match self {
            Self::Down => Failing::Refuses,
            Self::Slow => Failing::Silent,
            Self::Broken | Self::Busy | Self::Rubbish | Self::Cut => Failing::Cut,
        };
        Probe { fails: Some(fails), ..probe.clone() }
    }

    /// Whether nobody can take it for the work being done.
    #[must_use]
    pub fn is_plain(self) -> bool {
        !matches!(self, Self::Rubbish | Self::Cut)
    }

    /// What the provider did.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Down => "took no connection",
            Self::Slow => "did not answer in time",
            Self::Broken => "answered 500",
            Self::Busy => "answered 429",
            Self::Rubbish => "answered 200 with a page for people",
            Self::Cut => "broke off in the middle of its answer",
        }
    }
}
