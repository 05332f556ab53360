//! Functions of the panel's templates.

use minijinja::value::Kwargs;
use minijinja::{Environment, Error, HtmlEscape, Value};

use super::assets::Assets;

/// Adds what does not depend on the request.
pub(super) fn add(env: &mut Environment<'static>, assets: &Assets) {
    let of = assets.clone();
    env.add_function("asset", move |name: &str| of.url(name));
    let of = assets.clone();
    env.add_function("icon", move |name: &str, options: Kwargs| icon(&of, name, &options));
}

/// `icon("server", class="icon-lg")`: decoration beside a word, so hidden from assistive technology.
fn icon(assets: &Assets, name: &str, options: &Kwargs) -> Result<Value, Error> {
    let class: Option<&str> = options.get("class")?;
    options.assert_all_used()?;
    let class = class.map_or(String::new(), |class| format!(" {}", HtmlEscape(class)));
    Ok(Value::from_safe_string(format!(
        r#"<svg class="icon{class}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>"#,
        HtmlEscape(&assets.icon(name))
    )))
}

/// `csrf()`: the hidden input that every form carries. Undefined where the page has no token, so that forgetting it fails.
pub(super) fn csrf(token: Option<&str>) -> Value {
    let Some(token) = token else {
        return Value::UNDEFINED;
    };
    let input = Value::from_safe_string(format!(
        r#"<input type="hidden" name="_csrf" value="{}">"#,
        HtmlEscape(token)
    ));
    Value::from_function(move || input.clone())
}
