//! Page rendering: the panel's own templates, and the environment that each module's templates get.
//!
//! Everything a page needs beyond its data is put into the root of its context under fixed names, which data cannot
//! replace: `t` (strings), `csrf` (the hidden input), `icon`, `asset`, `locale`. Macros see them too, since a macro keeps what
//! it names of the context that it was imported in. Undefined names are errors, and escaping does not depend on file names.

mod assets;
mod embedded;
mod filters;
mod frame;
mod functions;
mod listing;
pub mod module;
mod numbers;
mod source;
mod strings;
mod time;

use std::sync::Arc;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

pub use assets::{AssetFile, Assets};
pub use frame::{Flash, FlashKind, Frame, FrameUser, SidebarGroup, SidebarItem, Theme};
pub use listing::{FilterOption, ListFilter, Listing, Window};
pub use module::{ModuleUrls, ModuleViews};
pub use source::Source;
pub use strings::{LOCALES, Locale, Strings};

/// The content security policy that every page of the panel works under: nothing inline, nothing from other hosts, no code
/// made from text. `caisson` is the Trusted Types policy of the panel's script. `data:` images are arrows and ticks inside
/// the stylesheet.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types caisson";

/// The panel's templates, strings and assets; cheap to clone.
#[derive(Clone)]
pub struct Views(Arc<Inner>);

struct Inner {
    source: Source,
    /// Compiled once; with [`Source::Disk`] rebuilt for every page.
    env: Environment<'static>,
    strings: Strings,
    assets: Assets,
}

/// Why a page could not be rendered. Each is a mistake of whoever wrote the template or filled its context.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    #[error("there is no template '{0}': check the name against the files below views/")]
    Missing(String),
    /// The engine's message, with template and line.
    #[error("template '{template}' cannot be rendered: {detail}")]
    Render { template: String, detail: String, source: Box<minijinja::Error> },
    #[error("{path}: {message}: mend the strings file")]
    Strings { path: String, message: String },
    #[error("a module's view is longer than {max} bytes: show less on one page")]
    TooLong { max: usize },
    #[error("a module's view does too much work: loop over less on one page")]
    TooMuchWork { template: String },
    #[error("a module's view data is not a JSON object: {0}")]
    Data(String),
}

impl ViewError {
    fn render(template: &str, error: minijinja::Error) -> Self {
        let mut detail = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(deeper) = cause {
            detail = format!("{detail}: {deeper}");
            cause = deeper.source();
        }
        Self::Render { template: template.to_owned(), detail, source: Box::new(error) }
    }
}

impl Views {
    /// Views from `source`.
    ///
    /// # Errors
    /// Where a strings file does not parse.
    pub fn new(source: Source) -> Result<Self, ViewError> {
        let strings = Strings::read(&source)?;
        let assets = Assets::new(source.clone());
        let env = environment(&source, &assets);
        Ok(Self(Arc::new(Inner { source, env, strings, assets })))
    }

    /// Renders one page or fragment. `locale` is a language tag; the nearest of [`LOCALES`] is used. The token for forms is
    /// taken from `frame.csrf` of the context.
    ///
    /// # Errors
    /// Where there is no such template, or it uses what the context does not have.
    pub fn render(&self, template: &str, locale: &str, ctx: Value) -> Result<String, ViewError> {
        match &self.0.source {
            Source::Embedded => self.render_with(&self.0.env, &self.0.strings, template, locale, ctx),
            source @ Source::Disk(_) => self.render_with(
                &environment(source, &self.0.assets),
                &Strings::read(source)?,
                template,
                locale,
                ctx,
            ),
        }
    }

    fn render_with(
        &self,
        env: &Environment<'static>,
        strings: &Strings,
        template: &str,
        locale: &str,
        ctx: Value,
    ) -> Result<String, ViewError> {
        let locale = Locale::nearest(locale);
        let token = ctx.get_attr("frame").ok().and_then(|frame| frame.get_attr("csrf").ok());
        let found = env.get_template(template).map_err(|error| match error.kind() {
            minijinja::ErrorKind::TemplateNotFound => ViewError::Missing(template.to_owned()),
            _ => ViewError::render(template, error),
        })?;
        let root = context! {
            t => strings.function(locale),
            csrf => functions::csrf(token.as_ref().and_then(Value::as_str)),
            locale => locale.as_str(),
            ..ctx
        };
        found.render(root).map_err(|error| ViewError::render(template, error))
    }

    /// Renders a template given as text.
    #[cfg(test)]
    fn render_text(&self, text: &str, locale: &str, ctx: Value) -> String {
        let mut env = self.0.env.clone();
        env.add_template_owned("text.html", text.to_owned()).unwrap();
        self.render_with(&env, &self.0.strings, "text.html", locale, ctx).unwrap()
    }

    /// One string of the panel, for what is not a template: mail subjects, flash messages.
    #[must_use]
    pub fn t(&self, locale: &str, key: &str, args: &[(&str, &str)]) -> String {
        self.0.strings.text(Locale::nearest(locale), key, args)
    }

    /// Whether the panel has a string of its own under the key, which modules' templates find where they have none.
    #[must_use]
    pub fn has_string(&self, key: &str) -> bool {
        self.0.strings.localized(Locale::default()).is_some_and(|strings| strings.has(key))
    }

    /// The built stylesheet, script and icons, to serve below `/assets/`.
    #[must_use]
    pub fn assets(&self) -> &Assets {
        &self.0.assets
    }

    pub(crate) fn strings(&self) -> &Strings {
        &self.0.strings
    }

    /// The macros that modules share: name and text.
    pub(crate) fn ui_templates(&self) -> impl Iterator<Item = (String, String)> {
        let source = self.0.source.clone();
        Self::template_names()
            .filter(|name| name.starts_with("ui/"))
            .filter_map(move |name| Some((name.to_owned(), source.template(name)?.into_owned())))
    }

    /// Names of all templates.
    pub fn template_names() -> impl Iterator<Item = &'static str> {
        Source::template_names()
    }
}

/// Data for a template's context from anything that serialises: `context! { frame => data(&frame), .. }`.
pub fn data<T: serde::Serialize>(value: T) -> Value {
    Value::from(minijinja::value::Serde(value))
}

/// What a module's template rendered, to stand in a page as it is. Nothing else may be passed through here.
#[must_use]
pub fn markup(html: String) -> Value {
    Value::from_safe_string(html)
}

/// The settings that the panel's and the modules' environments share.
fn base_environment() -> Environment<'static> {
    let mut env = Environment::new();
    // Strict, since an empty place on a page hides a mistake; escaping always, since no view is anything but HTML.
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    env.set_debug(true);
    filters::add(&mut env);
    env
}

fn environment(source: &Source, assets: &Assets) -> Environment<'static> {
    let mut env = base_environment();
    let from = source.clone();
    env.set_loader(move |name| Ok(from.template(name).map(std::borrow::Cow::into_owned)));
    functions::add(&mut env, assets);
    env
}

#[cfg(test)]
mod tests;
