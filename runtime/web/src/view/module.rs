//! A module's templates: an environment of their own for each version, holding its files and the panel's `ui/` macros.
//!
//! What a template may contain was checked when the package was installed; here it is bounded: fuel, recursion and the
//! length of what it writes. Data is plain, parsed from the module's JSON, so no method of the host can be reached.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use caisson_capabilities::i18n::Strings;
use minijinja::{Environment, ErrorKind, UndefinedBehavior, Value, context};

use super::strings::module_function;
use super::{Locale, ViewError, Views, functions};

/// Instructions of the template engine that one view may take.
const FUEL: u64 = 1_000_000;
/// Bytes that one view may write.
const MAX_OUTPUT: usize = 1024 * 1024;
/// Templates that may nest; the macros of `ui/` need about ten.
const RECURSION: usize = 60;
/// Templates whose names begin so are the panel's.
const PANEL_PREFIX: &str = "ui/";

/// The templates and strings of one version of a module; cheap to clone, kept as long as the version serves.
#[derive(Clone)]
pub struct ModuleViews(Arc<Inner>);

struct Inner {
    env: Environment<'static>,
    strings: Strings,
}

/// Where the functions of a module's templates lead. None ends with a slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleUrls {
    /// `action("reboot")` is this, a slash, and the key.
    pub actions: String,
    /// `tab("records")`.
    pub tabs: String,
    /// `asset("logo.svg")`.
    pub assets: String,
    /// `frame("console")` of `ui/frame`; none where scripts of the module's own are not approved.
    pub frames: Option<String>,
    /// `page("servers/42")`: the module's own pages in the administration area.
    pub pages: String,
}

impl ModuleViews {
    /// `templates` by path below the package's `views/` without `.html`.
    ///
    /// # Errors
    /// A template that does not parse, which a checked package does not have.
    pub fn new(
        panel: &Views,
        templates: &BTreeMap<String, String>,
        strings: Strings,
    ) -> Result<Self, ViewError> {
        let mut env = super::base_environment();
        env.set_debug(false);
        // What a module leaves out of its data is as good as empty in a condition; printing it is still a mistake.
        env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        env.set_fuel(Some(FUEL));
        env.set_recursion_limit(RECURSION);
        // Not among the names that a template was checked for.
        env.remove_filter("safe");
        functions::add(&mut env, panel.assets());
        for (name, text) in panel.ui_templates() {
            // Modules leave the ending out; the macros name each other with it.
            let short = name.trim_end_matches(".html").to_owned();
            for name in [name, short] {
                env.add_template_owned(name.clone(), text.clone())
                    .map_err(|error| ViewError::render(&name, error))?;
            }
        }
        for (name, text) in templates.iter().filter(|(name, _)| !name.starts_with(PANEL_PREFIX)) {
            env.add_template_owned(name.clone(), text.clone())
                .map_err(|error| ViewError::render(name, error))?;
        }
        Ok(Self(Arc::new(Inner { env, strings })))
    }

    /// Data for [`Self::render`] from a module's JSON text: straight into the engine's value, since a detour over another
    /// JSON type costs more than the rendering.
    ///
    /// # Errors
    /// Where it is not JSON.
    pub fn data(json: &str) -> Result<Value, ViewError> {
        serde_json::from_str(json).map_err(|error| ViewError::Data(error.to_string()))
    }

    /// Renders a template of the module with its data, which must have named members. `csrf` is the token for its forms.
    ///
    /// # Errors
    /// Where there is no such template, it uses what its data does not have, or does more than one view may.
    pub fn render(
        &self,
        panel: &Views,
        template: &str,
        data: Value,
        locale: &str,
        urls: &ModuleUrls,
        csrf: &str,
    ) -> Result<String, ViewError> {
        if data.kind() != minijinja::value::ValueKind::Map {
            return Err(ViewError::Data("it must have named members".to_owned()));
        }
        let found = self.0.env.get_template(template).map_err(|error| match error.kind() {
            ErrorKind::TemplateNotFound => ViewError::Missing(template.to_owned()),
            _ => ViewError::render(template, error),
        })?;
        let root = context! {
            t => self.strings(panel, locale),
            csrf => functions::csrf(Some(csrf)),
            locale => Locale::nearest(locale).as_str(),
            action => below(&urls.actions),
            tab => below(&urls.tabs),
            asset => below(&urls.assets),
            page => below(&urls.pages),
            frame_at => urls.frames.as_deref().map(below),
            ..data
        };
        let mut out = Capped { bytes: Vec::with_capacity(8 * 1024), full: false };
        let rendered = found.render_captured_to(root, &mut out).map(drop);
        match rendered {
            _ if out.full => Err(ViewError::TooLong { max: MAX_OUTPUT }),
            Err(error) if error.kind() == ErrorKind::OutOfFuel => {
                Err(ViewError::TooMuchWork { template: template.to_owned() })
            }
            Err(error) => Err(ViewError::render(template, error)),
            Ok(()) => Ok(String::from_utf8_lossy(&out.bytes).into_owned()),
        }
    }

    fn strings(&self, panel: &Views, locale: &str) -> Value {
        let shared = panel.strings().localized(Locale::nearest(locale)).cloned();
        module_function(self.0.strings.localized(locale), shared)
    }
}

/// A function that appends a key to a prefix. Each part of the key is encoded, and parts that climb are dropped, so the
/// address stays below the prefix.
fn below(prefix: &str) -> Value {
    let prefix = prefix.to_owned();
    Value::from_function(move |key: &str| {
        let (path, query) = key.split_once('?').map_or((key, None), |(path, query)| (path, Some(query)));
        let mut url = prefix.clone();
        for part in path.split('/').filter(|part| !part.is_empty() && !part.chars().all(|c| c == '.')) {
            url.push('/');
            url.extend(
                url::form_urlencoded::byte_serialize(part.as_bytes())
                    .map(|piece| if piece == "+" { "%20" } else { piece }),
            );
        }
        if let Some(query) = query {
            url.push('?');
            url.extend(query.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, '#' | '"' | '<' | '>')));
        }
        Value::from(url)
    })
}

/// A writer that refuses what is too much, so that a loop ends instead of filling memory.
struct Capped {
    bytes: Vec<u8>,
    full: bool,
}

impl io::Write for Capped {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + piece.len() > MAX_OUTPUT {
            self.full = true;
            return Err(io::Error::other("the view is too long"));
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
