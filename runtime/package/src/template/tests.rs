//! The cases in `tests/templates/`, and the check against a full HTML tokeniser.
//!
//! A case is a file. In `accept/` it must pass. In `refuse/` its first line reads `{# expect LINE: words #}`, and there must be a
//! finding on that line whose message or mend has those words.

use std::fs;
use std::path::PathBuf;

use html5gum::{Token, Tokenizer};
use minijinja::machinery::ast::Stmt;
use minijinja::machinery::parse;

use super::*;

fn cases(folder: &str) -> Vec<(String, String)> {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/templates").join(folder);
    let mut cases: Vec<_> = fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap())
        })
        .collect();
    cases.sort();
    assert!(!cases.is_empty(), "{} has no cases", dir.display());
    cases
}

/// A package of the one template and two that it may name.
fn check(source: &str) -> Result<(), Vec<TemplateFinding>> {
    let templates = [
        ("case", source),
        ("partials/row", "<tr><td>{{ item.name }}</td></tr>"),
        ("partials/layout", "<div>{% block content %}{% endblock %}</div>"),
    ];
    check_templates(&templates.map(|(name, source)| (name.to_owned(), source.to_owned())).into())
}

#[test]
fn what_panels_need_is_accepted() {
    for (name, source) in cases("accept") {
        if let Err(findings) = check(&source) {
            panic!("accept/{name}.html was refused: {findings:#?}");
        }
    }
}

#[test]
fn what_is_dangerous_is_refused_at_its_line() {
    let _case = caisson_threats::case(33, "what is dangerous is refused at its line");
    for (name, source) in cases("refuse") {
        let first = source.lines().next().unwrap();
        let expected =
            first.strip_prefix("{# expect ").and_then(|rest| rest.strip_suffix(" #}")).unwrap_or_else(|| {
                panic!("refuse/{name}.html must begin with {{# expect LINE: words #}}, not {first}");
            });
        let (line, words) = expected.split_once(": ").unwrap();
        let line: usize = line.parse().unwrap();
        let Err(findings) = check(&source) else { panic!("refuse/{name}.html was accepted") };
        let met = findings
            .iter()
            .any(|found| found.line == line && (found.message.contains(words) || found.mend.contains(words)));
        assert!(met, "refuse/{name}.html: expected {expected}, found {findings:#?}");
        for finding in &findings {
            assert!(!finding.mend.is_empty() && !finding.to_string().contains('\n'), "{finding}");
        }
    }
}

#[test]
fn a_finding_reads_as_one_sentence() {
    let findings = check("<p>\n<script></script></p>").unwrap_err();
    assert_eq!(
        TemplateErrors(findings).to_string(),
        "views/case.html, line 2: the element <script> is not allowed in a view; remove it, and let hx-get and hx-post \
         load what should change"
    );
}

#[test]
fn the_panels_names_are_not_the_modules() {
    let _case = caisson_threats::case(32, "the panels names are not the modules");
    let templates = BTreeMap::from([("ui/form".to_owned(), "<b></b>".to_owned())]);
    let findings = check_templates(&templates).unwrap_err();
    assert!(findings[0].message.contains("below ui/"), "{findings:?}");
}

#[test]
fn control_characters_are_refused() {
    let _case = caisson_threats::case(33, "control characters are refused");
    for control in ["\0", "\u{8}", "\u{b}", "\u{c}", "\u{1b}", "\u{7f}", "\u{85}"] {
        let findings = check(&format!("<p>\n{control}</p>")).unwrap_err();
        assert!(findings[0].line == 2 && findings[0].message.contains("control character"), "{findings:?}");
    }
}

#[test]
fn deep_and_long_chains_are_refused_before_they_are_parsed() {
    let _case = caisson_threats::case(32, "deep and long chains are refused before they are parsed");
    let chains = [
        format!("{{{{ x{} }}}}", "|upper".repeat(40_000)),
        format!("{{{{ x{} }}}}", ".a".repeat(40_000)),
        format!("{{{{ {}x }}}}", "not ".repeat(40_000)),
        format!("{{{{ {}x{} }}}}", "(".repeat(40_000), ")".repeat(40_000)),
        format!("{{{{ x{} }}}}", " ~ x".repeat(40_000)),
        format!("{{{{ x{} }}}}", " if x else x".repeat(10_000)),
        format!("{{% if x %}}{}{{% endif %}}", "{% elif x %}".repeat(10_000)),
        format!("{}{}", "{% if x %}".repeat(10_000), "{% endif %}".repeat(10_000)),
        format!("{}{}", "{% set x %}".repeat(10_000), "{% endset %}".repeat(10_000)),
        format!("{}{}", "<div>".repeat(10_000), "</div>".repeat(10_000)),
    ];
    for chain in chains {
        assert!(check(&chain).is_err(), "{}", &chain[..40]);
    }
    // What is just allowed must fit the stack of a worker thread, in this check and in minijinja's compiler.
    let longest = [
        format!("{{{{ x{} }}}}", "|upper".repeat(250)),
        format!("{{% if x %}}{}{{% endif %}}", "{% elif x %}".repeat(47)),
        format!("{}{}", "{% if x %}".repeat(48), "{% endif %}".repeat(48)),
        format!("{}{}", "<div>".repeat(64), "</div>".repeat(64)),
    ];
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(move || {
            for source in longest {
                check(&source).unwrap();
                minijinja::Environment::new().add_template("case", &source).unwrap();
            }
        })
        .unwrap()
        .join()
        .unwrap();
}

/// What a template prints when every condition holds, or none does, with a plain word for each expression.
fn flatten(statements: &[Stmt<'_>], holds: bool, out: &mut String) {
    for statement in statements {
        match statement {
            Stmt::Template(template) => flatten(&template.children, holds, out),
            Stmt::EmitRaw(raw) => out.push_str(raw.raw),
            Stmt::EmitExpr(_) => out.push_str("word"),
            Stmt::IfCond(branch) => {
                flatten(if holds { &branch.true_body } else { &branch.false_body }, holds, out);
            }
            Stmt::ForLoop(repeat) => {
                let (body, rounds) = if holds { (&repeat.body, 2) } else { (&repeat.else_body, 1) };
                (0..rounds).for_each(|_| flatten(body, holds, out));
            }
            Stmt::WithBlock(with) => flatten(&with.body, holds, out),
            Stmt::Block(block) => flatten(&block.body, holds, out),
            Stmt::Macro(declared) => flatten(&declared.body, holds, out),
            Stmt::CallBlock(call) => flatten(&call.macro_decl.body, holds, out),
            _ => {}
        }
    }
}

/// Reads what a template prints as a browser does, and finds what the checker should not have let through.
fn forbidden_in(html: &str) -> Option<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    for token in Tokenizer::new(html).flatten() {
        match token {
            Token::StartTag(tag) => {
                let name = text(&tag.name);
                if elements::element(&name).is_err() {
                    return Some(format!("<{name}>"));
                }
                for (attribute, value) in &tag.attributes {
                    let (attribute, value) = (text(attribute), text(value));
                    if attributes::rule(&name, &attribute).is_err() {
                        return Some(format!("<{name} {attribute}>"));
                    }
                    let address =
                        matches!(attribute.as_str(), "href" | "src" | "action" | "hx-get" | "hx-post");
                    let fine = value.starts_with('#') || value.starts_with("https://") || value == "word";
                    if address && !fine {
                        return Some(format!("<{name} {attribute}={value:?}>"));
                    }
                }
            }
            Token::EndTag(tag) if elements::element(&text(&tag.name)).is_err() => {
                return Some(format!("</{}>", text(&tag.name)));
            }
            Token::Doctype(_) => return Some("<!doctype>".to_owned()),
            _ => {}
        }
    }
    None
}

fn assert_harmless(source: &str) {
    let template = parse(source, "case", Default::default()).unwrap();
    for holds in [true, false] {
        let mut html = String::new();
        flatten(std::slice::from_ref(&template), holds, &mut html);
        if let Some(found) = forbidden_in(&html) {
            panic!("accepted, but a browser sees {found}\ntemplate: {source}\nprinted: {html}");
        }
    }
}

#[test]
fn a_browser_sees_only_listed_markup_in_what_was_accepted() {
    let _case = caisson_threats::case(33, "a browser sees only listed markup in what was accepted");
    for (_, source) in cases("accept") {
        assert_harmless(&source);
    }
}

/// Damages the cases at random and compares the checker's judgement with the tokeniser's. The seed is fixed, so that a
/// failure stays.
#[test]
fn no_damage_gets_markup_past_the_check() {
    let _case = caisson_threats::case(33, "no damage gets markup past the check");
    const PIECES: &[&str] = &[
        "<",
        ">",
        "/",
        "\"",
        "'",
        "=",
        " ",
        "\n",
        "-",
        "!",
        "<!--",
        "-->",
        "--!>",
        "</",
        "/>",
        "<script>",
        "</textarea>",
        "<textarea>",
        "<svg ",
        " onclick=\"x\"",
        " on",
        "href=\"",
        "javascript:",
        "{{ x }}",
        "{% if x %}",
        "{% endif %}",
        "{% else %}",
        "{# #}",
        "{{ x|safe }}",
        "{% raw %}",
        "{% endraw %}",
        "{%- if x -%}",
        "{%- endif -%}",
        "<b",
        "<a ",
        "class=\"",
        "s",
        "&quot;",
        "`",
        "?",
    ];
    let mut seed: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % u64::try_from(below).unwrap()).unwrap()
    };
    let mut sources: Vec<String> = cases("accept").into_iter().map(|(_, source)| source).collect();
    sources.extend(cases("refuse").into_iter().map(|(_, source)| source));
    let mut accepted = 0;
    for round in 0..30_000 {
        let mut chars: Vec<char> = sources[round % sources.len()].chars().collect();
        // A window keeps most of the template out of the way, so that damage is not hidden by an earlier fault.
        let start = random(chars.len());
        let length = (20 + random(200)).min(chars.len() - start);
        chars = chars[start..start + length].to_vec();
        for _ in 0..=random(3) {
            let at = random(chars.len() + 1);
            match random(3) {
                0 if at < chars.len() => {
                    chars.remove(at);
                }
                _ => {
                    chars.splice(at..at, PIECES[random(PIECES.len())].chars());
                }
            }
        }
        let source: String = chars.into_iter().collect();
        if check(&source).is_ok() {
            accepted += 1;
            assert_harmless(&source);
        }
    }
    assert!(accepted > 300, "only {accepted} damaged templates were accepted, too few to say anything");
}
