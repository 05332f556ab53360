//! Answers that are too much for whoever reads them.

use caisson_guest::{FieldError, Problem, Result};

const MIB: usize = 1 << 20;

pub(crate) fn answer(name: &str) -> Result<String> {
    match name {
        "too much" => Ok("x".repeat(20 * MIB)),
        "megabytes" => Ok("x".repeat(7 * MIB)),
        "rubbish" => Ok("\u{0}\u{1b}[2J\u{202e}".repeat(10)),
        "a problem of megabytes" => Err(Problem::new(422, "x".repeat(7 * MIB))),
        "a problem in control characters" => {
            Err(Problem::new(422, "It\u{1b}[31m is\r\nred \u{202e}and backwards\u{0}."))
        }
        "a problem of no code" => Err(Problem::new(0, "It has no code.")),
        "a problem of a success" => Err(Problem::new(200, "It went well.")),
        "a problem of an endless code" => Err(Problem::new(u16::MAX, "It has a high code.")),
        "a problem of a million errors" => Err(problem_of(1_000_000)),
        "a problem of a thousand errors" => Err(problem_of(10_000)),
        _ => crate::unknown(name),
    }
}

fn problem_of(errors: usize) -> Problem {
    let error = FieldError { field: "deed".to_owned(), message: "No.".to_owned() };
    Problem::invalid(vec![error; errors])
}
