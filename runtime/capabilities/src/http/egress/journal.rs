//! What a call asks over HTTP and what it hears, noted while it goes on: bodies by reference, nothing copied, within bounds. Only for
//! a call that fails anything is made of it ([`crate::capture`]); credentials that the host adds are never in it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use caisson_types::manifest::Method;
use http::HeaderMap;
use url::Url;

use super::error::EgressError;
use super::headers::Payload;

/// Most exchanges of one call.
pub(crate) const EXCHANGES_MAX: usize = 32;
/// Most bytes of one body.
pub(crate) const BODY_MAX: usize = 64 * 1024;
/// Most bytes of one call: addresses, headers and bodies.
pub(crate) const CALL_MAX: usize = 256 * 1024;

/// Shared by all requests of a call: some go on beside the guest.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal(Arc<Mutex<Noted>>);

/// What one call's journal holds.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    pub(crate) exchanges: Vec<Exchange>,
    /// Exchanges that there was no room for.
    pub(crate) omitted: u32,
    bytes: usize,
}

/// One request, a hop of redirects each, and what came of it.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    /// None where it was sent as it came, and so was never whole here.
    pub(crate) body: Option<Part>,
    pub(crate) answer: Option<Answer>,
    /// Why there was no whole answer.
    pub(crate) error: Option<EgressError>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// Decoded, as far as it was read.
    pub(crate) body: Part,
}

/// As much of a body as is kept.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub(crate) pieces: Vec<Bytes>,
    /// Bytes that went past.
    pub(crate) left_out: u64,
    kept: usize,
}

impl Part {
    /// Keeps what there is room for, and gives how much that was.
    fn add(&mut self, piece: &Bytes, room: usize) -> usize {
        let taken = piece.len().min(BODY_MAX - self.kept).min(room);
        if taken > 0 {
            self.pieces.push(piece.slice(..taken));
        }
        self.kept += taken;
        self.left_out += (piece.len() - taken) as u64;
        taken
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.pieces.concat()
    }
}

fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

impl Noted {
    fn room(&self) -> usize {
        CALL_MAX - self.bytes
    }

    /// The place of an exchange that begins, where there is room for it.
    fn begin(&mut self, method: Method, url: &Url, headers: &HeaderMap, body: &Payload) -> Option<usize> {
        let head = url.as_str().len() + size(headers);
        if self.exchanges.len() >= EXCHANGES_MAX || head > self.room() {
            self.omitted += 1;
            return None;
        }
        self.bytes += head;
        let body = match body {
            Payload::Whole(bytes) => {
                let mut part = Part::default();
                self.bytes += part.add(bytes, self.room());
                Some(part)
            }
            Payload::Stream { .. } | Payload::Spent => None,
        };
        let (url, headers) = (url.clone(), headers.clone());
        self.exchanges.push(Exchange { method, url, headers, body, answer: None, error: None });
        Some(self.exchanges.len() - 1)
    }

    fn answered(&mut self, place: usize, status: u16, headers: &HeaderMap) {
        let room = self.room();
        let Some(exchange) = self.exchanges.get_mut(place) else { return };
        // An answer's headers are bounded by the reader; what does not fit any more is not what a call fails of.
        let headers = if size(headers) <= room { headers.clone() } else { HeaderMap::new() };
        self.bytes += size(&headers);
        exchange.answer = Some(Answer { status, headers, body: Part::default() });
    }

    fn heard(&mut self, place: usize, piece: &Bytes) {
        let room = self.room();
        let answer = self.exchanges.get_mut(place).and_then(|exchange| exchange.answer.as_mut());
        if let Some(answer) = answer {
            self.bytes += answer.body.add(piece, room);
        }
    }
}

impl Journal {
    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request that is about to leave, without the credential that the host adds.
    pub(super) fn asked(&self, method: Method, url: &Url, headers: &HeaderMap, body: &Payload) -> Entry {
        let place = self.noted().begin(method, url, headers, body);
        Entry { journal: self.clone(), place }
    }

    /// All of it; what goes on past this is not noted.
    pub(crate) fn take(&self) -> Noted {
        std::mem::take(&mut *self.noted())
    }
}

/// One exchange that goes on. Dropped without an end, its answer was not waited for.
#[derive(Debug)]
pub(super) struct Entry {
    journal: Journal,
    /// None where there was no room.
    place: Option<usize>,
}

impl Entry {
    pub(super) fn answered(&self, status: u16, headers: &HeaderMap) {
        if let Some(place) = self.place {
            self.journal.noted().answered(place, status, headers);
        }
    }

    /// A piece of the answer's body, decoded.
    pub(super) fn heard(&self, piece: &Bytes) {
        if let Some(place) = self.place {
            self.journal.noted().heard(place, piece);
        }
    }

    pub(super) fn failed(&self, error: &EgressError) {
        let mut noted = self.journal.noted();
        if let Some(exchange) = self.place.and_then(|place| noted.exchanges.get_mut(place)) {
            exchange.error = Some(error.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(journal: &Journal, body: usize) -> Entry {
        let url = Url::parse("https://a.example/boxes").unwrap();
        journal.asked(Method::Post, &url, &HeaderMap::new(), &Payload::Whole(vec![b'x'; body].into()))
    }

    fn kept(part: &Part) -> (usize, u64) {
        (part.bytes().len(), part.left_out)
    }

    #[test]
    fn a_body_is_kept_up_to_its_bound() {
        let journal = Journal::default();
        let entry = ask(&journal, BODY_MAX + 3);
        entry.answered(200, &HeaderMap::new());
        for _ in 0..3 {
            entry.heard(&vec![b'y'; BODY_MAX / 2].into());
        }
        let noted = journal.take();
        assert_eq!(kept(noted.exchanges[0].body.as_ref().unwrap()), (BODY_MAX, 3));
        let answer = noted.exchanges[0].answer.as_ref().unwrap();
        assert_eq!(kept(&answer.body), (BODY_MAX, (BODY_MAX / 2) as u64));
    }

    #[test]
    fn a_call_has_so_many_exchanges_and_no_more() {
        let journal = Journal::default();
        let entries: Vec<Entry> = (0..EXCHANGES_MAX + 2).map(|_| ask(&journal, 0)).collect();
        // What was left out takes nothing, and breaks nothing.
        entries.last().unwrap().answered(200, &HeaderMap::new());
        entries.last().unwrap().heard(&Bytes::from_static(b"more"));
        entries.last().unwrap().failed(&EgressError::Timeout);
        let noted = journal.take();
        assert_eq!((noted.exchanges.len(), noted.omitted), (EXCHANGES_MAX, 2));
        assert!(noted.exchanges.iter().all(|exchange| exchange.error.is_none()));
    }

    #[test]
    fn a_call_has_so_many_bytes_and_no_more() {
        let journal = Journal::default();
        for _ in 0..5 {
            ask(&journal, BODY_MAX);
        }
        let noted = journal.take();
        assert_eq!((noted.bytes, noted.exchanges.len(), noted.omitted), (CALL_MAX, 4, 1));
        let (_, left_out) = kept(noted.exchanges[3].body.as_ref().unwrap());
        assert!(0 < left_out && left_out < BODY_MAX as u64, "{left_out}");

        // Headers that do not fit go alone: the status is what matters.
        for _ in 0..3 {
            ask(&journal, BODY_MAX);
        }
        let mut headers = HeaderMap::new();
        headers.insert("x-large", "v".repeat(CALL_MAX / 2).parse().unwrap());
        ask(&journal, 0).answered(502, &headers);
        let noted = journal.take();
        let answer = noted.exchanges[3].answer.as_ref().unwrap();
        assert_eq!((answer.status, answer.headers.len()), (502, 0));
        assert!(noted.bytes < CALL_MAX, "{}", noted.bytes);
    }

    #[test]
    fn what_is_noted_after_the_end_goes_nowhere() {
        let journal = Journal::default();
        let entry = ask(&journal, 1);
        assert_eq!(journal.take().exchanges.len(), 1);
        entry.answered(200, &HeaderMap::new());
        entry.failed(&EgressError::Timeout);
        assert!(journal.take().exchanges.is_empty());
    }
}
