//! Calls of one host function for as long as the host puts up with it, whatever it answers; and calls that carry too much.

use std::fmt::Debug;
use std::hint::black_box;

use caisson_guest::bindings::host::caisson::module::{
    cache, config, crypto, database, events, http, i18n, log, services, tasks, validation,
};
use caisson_guest::{Problem, Result, crypto as keys};

const MIB: usize = 1 << 20;

pub(crate) fn spam(name: &str) -> Result<String> {
    match name {
        "config" => forever(|| config::has("nothing")),
        "config values" => forever(|| config::get("nothing")),
        "log" => forever(|| log::emit(log::Level::Info, "flood", &"x".repeat(10_000), "")),
        "i18n" => forever(|| i18n::translate("nothing", "{}", None)),
        "uuid" => forever(crypto::uuid),
        "random" => forever(|| crypto::random(4096)),
        "passwords" => forever(|| crypto::password(128)),
        "comparisons" => forever(|| crypto::equal(b"a", b"b")),
        "cache" => forever(|| cache::get("nothing")),
        "database" => forever(|| database::has_table("nothing")),
        "transactions" => forever(|| (database::begin(), database::rollback())),
        "events" => forever(|| events::dispatch("nothing", "{}")),
        "services" => forever(|| services::get("nothing")),
        "service lists" => forever(|| services::list(None, None)),
        "task cancels" => forever(|| tasks::cancel("nothing")),
        "progress" => forever(|| tasks::progress(50, "half")),
        "validation" => forever(|| validation::validate("{}", &[])),
        "http" => forever(|| http::send(&crate::network::request("http://example.com/", Vec::new()))),
        "tasks" => loop {
            caisson_guest::tasks::add("nothing").queue()?;
        },
        "cryptography" => {
            let bytes = vec![0; 4 * MIB];
            loop {
                keys::digest(keys::Algorithm::Sha256, &bytes)?;
            }
        }
        "encryption" => {
            let bytes = vec![0; 4 * MIB];
            loop {
                keys::encrypt(&bytes)?;
            }
        }
        "cached megabytes" => {
            let value = format!("\"{}\"", "x".repeat(200 << 10));
            for number in 0_u32.. {
                host(cache::set(&number.to_string(), &value, 3600, &[]))?;
            }
            Ok(String::new())
        }
        "standard output" => loop {
            println!("{}", "x".repeat(1000));
        },
        "a giant text" => {
            log::emit(log::Level::Info, "giant", &"x".repeat(9 * MIB), "");
            Ok("It was taken.".to_owned())
        }
        "a giant list" => {
            let rule = validation::Rule { field: "a".to_owned(), rules: "string".to_owned(), message: None };
            host(validation::validate("{}", &vec![rule; 500_000]))
        }
        "giant randomness" => host(crypto::random(u32::MAX)),
        "a giant password" => host(crypto::password(u32::MAX)),
        "a cache key of lines" => host(cache::set("a\nb\u{202e}", "1", 60, &[])),
        "a cache time without end" => host(cache::set("a", "1", u32::MAX, &[])),
        "a thousand tags" => host(cache::set("a", "1", 60, &vec!["tag".to_owned(); 1000])),
        "an expression that explodes" => regex("^(a+)+$", &"a".repeat(50_000)),
        "an expression that backtracks" => regex("^(a|a)*b", &"a".repeat(50_000)),
        "an expression of megabytes" => regex("((((a{500}){500}){500}){500})", "a"),
        "a rule without end" => rule(&"string|".repeat(100_000)),
        "a field without end" => {
            let field = "a.".repeat(100_000);
            host(validation::validate(
                "{}",
                &[validation::Rule { field, rules: "string".to_owned(), message: None }],
            ))
        }
        "a task of odd options" => host(tasks::add("a\nb", "{}", &options(|_| {}))),
        "a task of a million tags" => {
            host(tasks::add("a", "{}", &options(|options| options.tags = vec!["tag".to_owned(); 100_000])))
        }
        "a task of endless tries" => {
            host(tasks::add("a", "{}", &options(|options| options.tries = Some(u32::MAX))))
        }
        "a task of endless patience" => {
            host(tasks::add("a", "{}", &options(|options| options.timeout_s = Some(u32::MAX))))
        }
        "a schedule of every name" => {
            for number in 0_u32.. {
                host(tasks::schedule(&format!("s{number}"), Some("* * * * *"), "a", "{}"))?;
            }
            Ok(String::new())
        }
        "an event of megabytes" => host(events::dispatch("sung", &format!("\"{}\"", "x".repeat(MIB)))),
        _ => crate::unknown(name),
    }
}

fn forever<T>(mut call: impl FnMut() -> T) -> Result<String> {
    loop {
        black_box(call());
    }
}

/// What the host answered, as the guest's own answer.
pub(crate) fn host<T: Debug, E: Debug>(answered: std::result::Result<T, E>) -> Result<String> {
    match answered {
        Ok(value) => Ok(format!("{value:?}").chars().take(500).collect()),
        Err(error) => Err(Problem::new(422, format!("{error:?}").chars().take(500).collect::<String>())),
    }
}

fn rule(rules: &str) -> Result<String> {
    let rule = validation::Rule { field: "a".to_owned(), rules: rules.to_owned(), message: None };
    host(validation::validate(r#"{"a":"b"}"#, &[rule]))
}

fn regex(expression: &str, text: &str) -> Result<String> {
    let rules = format!("regex:/{expression}/");
    let rule = validation::Rule { field: "a".to_owned(), rules, message: None };
    host(validation::validate(&format!(r#"{{"a":"{text}"}}"#), &[rule]))
}

fn options(change: impl FnOnce(&mut tasks::Options)) -> tasks::Options {
    let mut options = tasks::Options {
        queue: None,
        tags: Vec::new(),
        tries: None,
        backoff_s: None,
        timeout_s: None,
        max_exceptions: None,
        delay_s: None,
        unique_key: None,
        service: None,
        status: None,
    };
    change(&mut options);
    options
}
