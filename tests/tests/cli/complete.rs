//! No sentence without its test: what the command line can say in an error is read from the sources, and looked for in the tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use caisson_tests::support::repository;

/// Whose errors reach a terminal.
const SOURCES: [&str; 8] = [
    "runtime/panel/src",
    "runtime/server/src",
    "runtime/workshop/src",
    "runtime/package/src",
    "runtime/distribution/src",
    "runtime/registry/src",
    "runtime/storage/src/key_file.rs",
    "runtime/types/src/id.rs",
];

/// Where errors are made.
const MAKERS: [&str; 8] =
    ["bail!(", "ensure!(", "anyhow!(", "context(", "#[error(", "io::Error::new(", "ok_or_else(", "ok_or("];

/// What cannot be provoked, and why.
const EXCEPTIONS: [(&str, &str); 24] = [
    ("it answered {}", "stands in the log of a panel that serves"),
    ("metrics cannot be recorded", "a process has one recorder, and asks for it once"),
    ("no client for the collector could be made", "the TLS library would have to fail"),
    ("the worker stopped", "a worker stops when it is told to"),
    ("the bindings of the contract could not be made", "the contract is part of the program"),
    ("this program's own file cannot be found", "it runs"),
    ("the tables of the modules cannot be read", "the database was migrated a moment before"),
    ("the way out to the network cannot be made", "the TLS library would have to fail"),
    ("scenarios cannot be written into {}", "a temporary folder that was made a moment before"),
    ("the build came to no end", "a build would have to panic"),
    ("name a bundle, or a call with --call", "the command line asks for one of the two before"),
    (
        "the package that was called is not installed any more; ",
        "a call of a version that is gone has no scenario",
    ),
    ("the scenario cannot be written down: ", "what was read can be written"),
    ("the stage's database could not do this: ", "it was made a moment before, in a folder of its own"),
    ("the module's tables could not be read: ", "the database would have to go away between two statements"),
    ("nothing was answered; ", "somebody at a terminal interrupts a question"),
    ("some fields need another look", "the fields are told instead: failure.rs has the test"),
    ("the key could not be used: ", "signing with a key that was opened does not fail"),
    ("the archive cannot be compressed: ", "the compressor writes into memory"),
    ("the packed archive is ", "forty megabytes that hardly compress keep a test too long"),
    ("{} took too long to answer; ", "a download has two minutes"),
    ("{} refused the package: {}", "a registry that has reasons of its own"),
    ("{}/Cargo.toml makes no WebAssembly library: ", "Rust's own library is compiled before this shows"),
    ("{} is no component: {}", "a compiler would have to make something else"),
];

/// A test knows a sentence where it has it whole, or so many letters in a row that no other sentence has.
const TELLING: usize = 16;

/// What is written between placeholders.
type Sentence = Vec<String>;

#[test]
fn every_sentence_is_in_a_test() {
    let mut sentences: BTreeMap<Sentence, String> = BTreeMap::new();
    let mut told = Vec::new();
    for file in rust_files(&SOURCES.map(|source| repository().join(source))) {
        let text = std::fs::read_to_string(&file).unwrap();
        let (code, tests) = parts(&file, &text);
        told.extend(literals(tests).into_iter().map(|(_, literal)| literal));
        for sentence in made(code) {
            sentences.entry(sentence).or_insert_with(|| file.display().to_string());
        }
    }
    let tests = ["tests/tests", "runtime/package/tests", "runtime/storage/src", "runtime/types/src"];
    for file in rust_files(&tests.map(|folder| repository().join(folder))) {
        let text = std::fs::read_to_string(&file).unwrap();
        let tests = if file.starts_with(repository().join("tests")) { &text } else { parts(&file, &text).1 };
        if !file.ends_with("cli/complete.rs") {
            told.extend(literals(tests).into_iter().map(|(_, literal)| literal));
        }
    }
    assert!(sentences.len() > 150 && told.len() > 3_000, "{} in {}", sentences.len(), told.len());

    let all = told.join("\0");
    let is_known = |sentence: &Sentence| {
        let others = || sentences.keys().filter(|other| *other != sentence);
        let telling = |run: &str| !others().any(|other| other.iter().any(|piece| piece.contains(run)));
        told.iter().any(|literal| literal.lines().any(|line| is_whole(sentence, line)))
            || runs(sentence).any(|run| all.contains(run) && telling(run))
    };
    let excepted =
        |sentence: &Sentence| EXCEPTIONS.iter().any(|(words, _)| sentence.join("{}").contains(words));
    let untold: Vec<String> = sentences
        .iter()
        .filter(|(sentence, _)| !is_known(sentence) && !excepted(sentence))
        .map(|(sentence, file)| format!("{file}: {}", sentence.join("{}")))
        .collect();
    assert!(untold.is_empty(), "no test provokes these errors:\n{}", untold.join("\n"));
    for (words, why) in EXCEPTIONS {
        let found = sentences.keys().find(|sentence| sentence.join("{}").contains(words));
        let found = found.unwrap_or_else(|| panic!("no error says '{words}' any more ({why})"));
        assert!(!is_known(found), "'{words}' has a test by now ({why})");
    }
}

fn rust_files(places: &[PathBuf]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for place in places {
        match std::fs::read_dir(place) {
            Ok(entries) => {
                let inner: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
                found.extend(rust_files(&inner));
            }
            Err(_) if place.extension().is_some_and(|extension| extension == "rs") => {
                found.push(place.clone())
            }
            Err(_) => {}
        }
    }
    found
}

/// The code of a file, and its tests.
fn parts<'t>(file: &Path, text: &'t str) -> (&'t str, &'t str) {
    let inside = file.strip_prefix(repository()).unwrap_or(file);
    if inside.ends_with("tests.rs") || inside.components().any(|part| part.as_os_str() == "tests") {
        return ("", text);
    }
    text.split_at(text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len()))
}

/// The sentences that code makes errors of: the longest text of each maker, or the first of an attribute.
fn made(code: &str) -> Vec<Sentence> {
    let literals = literals(code);
    let mut sentences = Vec::new();
    for maker in MAKERS {
        for (at, _) in code.match_indices(maker) {
            let begins = at + maker.len();
            let ends = begins + end_of_arguments(&code[begins..]);
            let inside =
                literals.iter().filter(|(place, _)| (begins..ends).contains(place)).map(|(_, text)| text);
            let text = match maker {
                "#[error(" => inside.into_iter().next(),
                _ => inside.max_by_key(|text| text.len()),
            };
            let sentence: Sentence = text.map(|text| pieces(text)).unwrap_or_default();
            if sentence.iter().any(|piece| piece.trim().len() > 5) {
                sentences.push(sentence);
            }
        }
    }
    sentences
}

/// Up to the bracket that closes; texts may hold brackets of their own.
fn end_of_arguments(code: &str) -> usize {
    let (mut depth, mut quoted, mut escaped) = (1, false, false);
    for (at, letter) in code.char_indices() {
        match (quoted, letter) {
            (true, '\\') if !escaped => {
                escaped = true;
                continue;
            }
            (_, '"') if !escaped => quoted = !quoted,
            (false, '(') => depth += 1,
            (false, ')') => depth -= 1,
            _ => {}
        }
        escaped = false;
        if depth == 0 {
            return at;
        }
    }
    code.len()
}

/// What stands between placeholders.
fn pieces(text: &str) -> Sentence {
    let mut pieces = vec![String::new()];
    let mut inside = false;
    for letter in text.chars() {
        match letter {
            '{' if !inside => {
                inside = true;
                pieces.push(String::new());
            }
            '}' => inside = false,
            _ if inside => {}
            letter => pieces.last_mut().unwrap().push(letter),
        }
    }
    pieces
}

/// Runs of letters that may tell a sentence from others.
fn runs(sentence: &Sentence) -> impl Iterator<Item = &str> {
    let length = sentence.iter().map(|piece| piece.trim().len()).max().unwrap_or_default().min(TELLING);
    let all = sentence.iter().flat_map(move |piece| {
        let piece = piece.trim();
        (0..piece.len()).filter_map(move |at| piece.get(at..at + length))
    });
    all.filter(|run| !run.is_empty())
}

/// Whether a line is the sentence with something in each of its placeholders.
fn is_whole(sentence: &Sentence, line: &str) -> bool {
    let line = line.trim().strip_prefix("because ").unwrap_or(line.trim());
    let (Some(first), Some(last)) = (sentence.first(), sentence.last()) else { return false };
    let Some(mut rest) = line.strip_prefix(first.as_str()).filter(|_| line.ends_with(last.as_str())) else {
        return false;
    };
    sentence[1..].iter().all(|piece| match rest.find(piece.as_str()) {
        Some(at) => {
            rest = &rest[at + piece.len()..];
            true
        }
        None => false,
    })
}

/// The texts of a Rust source, and where each begins. Comments and single letters are passed over.
fn literals(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find(['"', '/', '\'', 'r']) {
        let begins = code.len() - rest.len() + at;
        let here = &rest[at..];
        let raw = here.strip_prefix("r#\"").and_then(|raw| raw.find("\"#").map(|end| (&raw[..end], end + 5)));
        let passed = if let Some((text, passed)) = raw {
            found.push((begins, text.to_owned()));
            passed
        } else if here.starts_with("//") {
            here.find('\n').unwrap_or(here.len())
        } else if here.starts_with("'\"'") {
            3
        } else if let Some(quoted) = here.strip_prefix('"') {
            let end = end_of_quote(quoted);
            found.push((begins, unescaped(&quoted[..end])));
            (end + 2).min(here.len())
        } else {
            1
        };
        rest = &here[passed..];
    }
    found
}

fn end_of_quote(quoted: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in quoted.char_indices() {
        match letter {
            '"' if !escaped => return at,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    quoted.len()
}

fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letter == '\\') {
            (_, true) => match letters.next() {
                Some('\n') => while letters.next_if(|letter| letter.is_whitespace()).is_some() {},
                Some('n') => plain.push('\n'),
                Some(other) => plain.push(other),
                None => {}
            },
            (letter, false) => plain.push(letter),
        }
    }
    plain
}
