use caisson_types::Timestamp;

use super::{Entry, Level};
use crate::CallState;
use crate::bindings::caisson::module::log::Host;
use crate::trace::Outcome;

/// Longest `action`.
const ACTION_MAX: usize = 128;
/// Charged for every entry beside its text, so that empty entries are not free.
const ENTRY_COST: usize = 64;
/// Marks text that did not fit the budget.
const CUT: &str = " [cut off: the call's log budget is used up]";

impl Host for CallState {
    fn emit(
        &mut self,
        level: Level,
        action: String,
        request: String,
        response: String,
    ) -> wasmtime::Result<()> {
        let since = self.enter()?;
        if self.meter.log(ENTRY_COST) < ENTRY_COST {
            self.exit("log.emit", since, Outcome::Error, Some("the log budget is used up".to_owned()));
            return Ok(());
        }
        let action = self.fit(clip(&action, ACTION_MAX).to_owned());
        let request = self.fit(request);
        let response = self.fit(response);
        self.log.push(Entry { at: Timestamp::now(), level, action, request, response });
        self.exit("log.emit", since, Outcome::Ok, None);
        Ok(())
    }
}

impl CallState {
    fn fit(&mut self, mut text: String) -> String {
        let room = self.meter.log(text.len());
        if room < text.len() {
            text.truncate(clip(&text, room).len());
            text.push_str(CUT);
        }
        text
    }
}

/// The longest prefix of at most `max` bytes that ends between characters.
pub(crate) fn clip(text: &str, max: usize) -> &str {
    if text.len() <= max {
        return text;
    }
    let mut end = max;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::clip;

    #[test]
    fn text_is_cut_between_characters() {
        assert_eq!(clip("zażółć", 4), "za\u{17c}");
        assert_eq!(clip("zażółć", 3), "za");
        assert_eq!(clip("za", 9), "za");
    }
}
