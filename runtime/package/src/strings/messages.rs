//! What a message may consist of. Fluent's grammar allows more than its formatter survives: it panics on some expressions once
//! a message has more than 100 placeables, and copies every argument of a call whether the call uses it or not.

use std::collections::HashSet;

use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression as Inline, Pattern, PatternElement, Resource,
};

/// Characters of a number. What is longer has no exact value, and overflows the plural rules.
const MAX_NUMBER: usize = 15;

/// The first message, by its identifier, that is not as it may be, and why.
pub(super) fn check<'a>(resource: &Resource<&'a str>) -> Result<(), (&'a str, String)> {
    let mut seen = HashSet::new();
    for entry in &resource.body {
        let (id, value, attributes) = match entry {
            Entry::Message(message) => (message.id.name, message.value.as_ref(), &message.attributes),
            Entry::Term(term) => (term.id.name, Some(&term.value), &term.attributes),
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) | Entry::Junk { .. } => {
                continue;
            }
        };
        // Terms and messages share one table of names.
        if !seen.insert(id) {
            return Err((id, format!("'{id}' stands here twice; rename one")));
        }
        for pattern in value.into_iter().chain(attributes.iter().map(|attribute| &attribute.value)) {
            check_pattern(pattern).map_err(|reason| (id, format!("in '{id}', {reason}")))?;
        }
    }
    Ok(())
}

fn check_pattern(pattern: &Pattern<&str>) -> Result<(), String> {
    pattern.elements.iter().try_for_each(|element| match element {
        PatternElement::TextElement { .. } => Ok(()),
        PatternElement::Placeable { expression } => check_expression(expression),
    })
}

fn check_expression(expression: &Expression<&str>) -> Result<(), String> {
    match expression {
        Expression::Inline(inline) => check_inline(inline),
        Expression::Select { selector, variants } => {
            if matches!(
                selector,
                Inline::StringLiteral { .. } | Inline::NumberLiteral { .. } | Inline::Placeable { .. }
            ) {
                return Err("a choice is made by a constant; choose by an argument".to_owned());
            }
            check_inline(selector)?;
            variants.iter().try_for_each(|variant| {
                if let fluent_syntax::ast::VariantKey::NumberLiteral { value } = &variant.key {
                    check_number(value)?;
                }
                check_pattern(&variant.value)
            })
        }
    }
}

fn check_inline(inline: &Inline<&str>) -> Result<(), String> {
    match inline {
        Inline::StringLiteral { .. } | Inline::VariableReference { .. } | Inline::MessageReference { .. } => {
            Ok(())
        }
        Inline::NumberLiteral { value } => check_number(value),
        Inline::FunctionReference { id, arguments } => {
            if id.name != "NUMBER" {
                return Err(format!("there is no function {}; NUMBER is the only one", id.name));
            }
            if arguments.positional.len() != 1 {
                return Err("NUMBER takes one value and named options".to_owned());
            }
            check_arguments(arguments)
        }
        Inline::TermReference { arguments, .. } => match arguments {
            Some(arguments) if !arguments.positional.is_empty() => {
                Err("a term takes named arguments only".to_owned())
            }
            Some(arguments) => check_arguments(arguments),
            None => Ok(()),
        },
        Inline::Placeable { expression } => match expression.as_ref() {
            Expression::Inline(
                inner @ (Inline::StringLiteral { .. }
                | Inline::NumberLiteral { .. }
                | Inline::VariableReference { .. }
                | Inline::Placeable { .. }),
            ) => check_inline(inner),
            _ => Err("brackets stand directly within brackets; take one pair away".to_owned()),
        },
    }
}

fn check_arguments(arguments: &CallArguments<&str>) -> Result<(), String> {
    arguments.positional.iter().chain(arguments.named.iter().map(|named| &named.value)).try_for_each(
        |value| match value {
            Inline::VariableReference { .. } | Inline::StringLiteral { .. } => Ok(()),
            Inline::NumberLiteral { value } => check_number(value),
            _ => Err("an argument is neither a variable nor a constant".to_owned()),
        },
    )
}

fn check_number(value: &str) -> Result<(), String> {
    if value.len() > MAX_NUMBER {
        return Err(format!("a number has more than {MAX_NUMBER} characters; shorten it"));
    }
    Ok(())
}
