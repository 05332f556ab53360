use super::validate;
use crate::bindings::caisson::module::validation::{Error, Host, Rule};
use crate::{CallState, Outcome};

impl Host for CallState {
    fn validate(&mut self, data: String, rules: Vec<Rule>) -> wasmtime::Result<Result<String, Error>> {
        let since = self.enter()?;
        let result = validate(&data, &rules, &self.context.locale);
        // What was entered is nobody's business but the module's; which rule is wrong helps its author.
        let detail = match &result {
            Ok(_) => None,
            Err(Error::Rejected(errors)) => Some(format!("rejected: {}", errors.len())),
            Err(Error::Invalid(reason) | Error::Unavailable(reason)) => Some(reason.clone()),
        };
        let outcome = if matches!(result, Err(Error::Invalid(_))) { Outcome::Error } else { Outcome::Ok };
        self.exit("validation.validate", since, outcome, detail);
        Ok(result)
    }
}
