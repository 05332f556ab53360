//! Bounds that keep parsing, checking and compiling a template from exhausting the stack.
//!
//! minijinja bounds how deep brackets and blocks nest, but a chain such as `a|b|c` or `elif` after `elif` also becomes a
//! deep tree, and recursing into one of 80,000 links would end the process.

use minijinja::machinery::{Token, tokenize};

use super::finding::Fault;

/// Operators, calls and look-ups in one pair of `{{ }}` or `{% %}`.
const MAX_LINKS: usize = 250;
/// Blocks within blocks; each `elif` counts as one more.
const MAX_BLOCKS: usize = 48;

/// Checks the bounds.
///
/// # Errors
/// The fault with its byte offset. What is no template at all is left for the parser to say.
pub(super) fn check(source: &str) -> Result<(), (usize, Fault)> {
    let mut links = 0;
    let mut blocks: Vec<usize> = Vec::new();
    let mut at_keyword = false;
    for token in tokenize(source, false, Default::default()) {
        let Ok((token, span)) = token else { return Ok(()) };
        let offset = usize::try_from(span.start_offset).unwrap_or(usize::MAX);
        if at_keyword && let Token::Ident(keyword) = &token {
            count_block(&mut blocks, keyword);
        }
        at_keyword = matches!(token, Token::BlockStart);
        match token {
            Token::VariableStart | Token::BlockStart => links = 0,
            token if is_link(&token) => links += 1,
            _ => {}
        }
        if links > MAX_LINKS {
            return Err((
                offset,
                Fault::new(
                    format!("an expression has more than {MAX_LINKS} operators and calls"),
                    "work the value out in the module and pass it in the view's data",
                ),
            ));
        }
        if blocks.iter().sum::<usize>() > MAX_BLOCKS {
            return Err((
                offset,
                Fault::new(
                    format!("blocks nest more than {MAX_BLOCKS} deep"),
                    "move the inner part into a template of its own and include it",
                ),
            ));
        }
    }
    Ok(())
}

/// Follows the nesting of blocks: one number for each open block, one more in it for each `elif`.
fn count_block(blocks: &mut Vec<usize>, keyword: &str) {
    match keyword {
        "if" | "for" | "with" | "macro" | "call" | "block" | "filter" | "autoescape" => blocks.push(1),
        "elif" => {
            if let Some(last) = blocks.last_mut() {
                *last += 1;
            }
        }
        "endset" => {}
        end if end.starts_with("end") => {
            blocks.pop();
        }
        _ => {}
    }
}

fn is_link(token: &Token<'_>) -> bool {
    match token {
        Token::Ident(word) => matches!(*word, "and" | "or" | "not" | "is" | "in" | "if" | "else"),
        Token::Comma | Token::Colon | Token::Assign => false,
        Token::TemplateData(_) | Token::Str(_) | Token::String(_) => false,
        Token::Int(_) | Token::Int128(_) | Token::Float(_) => false,
        Token::VariableStart | Token::VariableEnd | Token::BlockStart | Token::BlockEnd => false,
        Token::BracketClose | Token::ParenClose | Token::BraceClose => false,
        _ => true,
    }
}
