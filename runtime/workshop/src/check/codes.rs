//! Every finding there can be: the one table that findings, the reference and the command line are made from.

use std::fmt::Write as _;

use caisson_sandbox::Compiler;
use serde::{Serialize, Serializer};

use super::cost;

/// What a finding says about the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A panel would refuse it, or it breaks once it is used.
    Error,
    /// It works, and should be mended.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

macro_rules! codes {
    ($($name:ident = $code:literal $severity:ident $about:literal,)+) => {
        /// What a finding is of. Its text is stable: scripts go by it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $about] $name,)+
        }

        impl Code {
            /// All of them, in the order of the reference.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity),+ }
            }

            /// One sentence for the reference.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $(Self::$name => $about),+ }
            }
        }
    };
}

codes! {
    BuildFailed = "B001" Error "The folder does not build.",
    NotPacked = "B002" Error "The package is refused for something that no other code names.",

    ManifestRefused = "M001" Error "The manifest cannot be read, or does not hold together.",
    MissingExport = "M002" Error "The component does not export what its type or its manifest promises.",
    DeadLink = "M003" Warning "A link of the sidebar leads to no route.",
    UnlinkedRoute = "M004" Note "No link of the sidebar and no template leads to a page.",
    UnusedPermission = "M005" Warning "A permission is declared, and nothing asks for it.",
    UnreachedAction = "M006" Warning "An action of clients is declared, and no template leads to it.",
    UnknownAction = "M007" Error "A template leads to an action that the manifest does not declare.",
    UnknownTab = "M008" Error "A template leads to a tab that the manifest does not declare.",
    UnknownPage = "M009" Error "A template leads to a page that no route answers.",
    UnnamedInSource = "M010" Warning "The manifest declares a name that no source file mentions: a route, a schedule's method, an event, a button, an action.",
    UnverifiedWebhook = "M011" Note "A payment module lets the host verify no callback.",
    Placeholder = "M012" Note "The manifest still has the author of a new module.",
    NoReadme = "M013" Note "There is no README.md to install the module by.",
    UnreadField = "M014" Note "A form has a field that nothing reads.",

    TemplateRefused = "V001" Error "A template breaks the rules of the package format.",
    MissingTemplate = "V002" Error "A template is named that is not there.",
    UnnamedTemplate = "V003" Warning "Nothing names a template.",
    NoFixture = "V004" Note "A template has no fixture, so that it was not rendered.",
    RenderFailed = "V005" Error "A template does not render with its fixture.",
    UnlistedVariable = "V006" Warning "A template uses a variable that none of its fixtures has.",
    FixtureUnreadable = "V007" Error "A fixture is not a JSON object.",
    StrayFixture = "V008" Warning "A fixture belongs to no template.",
    MissingAsset = "V009" Error "A template shows an asset that is not there.",

    StringsRefused = "S001" Error "A strings file is refused.",
    UnknownString = "S002" Error "A template names a string that the language everything falls back to does not have.",
    Untranslated = "S003" Warning "One language has a string that another has not.",
    UnusedString = "S004" Note "Nothing uses a string.",
    OtherPlaceables = "S005" Warning "Two languages fill in one string with different variables.",
    MissingArgument = "S006" Warning "A template does not give a string what it is filled in with.",
    NoEnglish = "S007" Warning "There are strings, but no lang/en.ftl to fall back to.",

    UndeclaredImport = "G001" Error "The component imports an interface that the manifest does not ask for.",
    ComponentRefused = "G002" Error "The component is refused before anything compiles it.",
    UnusedRequest = "G003" Warning "The manifest asks for an interface that the component does not import.",
    WideHost = "G004" Warning "A request covers every host below a name.",
    PlainHttp = "G005" Warning "A request is for HTTP without TLS.",
    NoReason = "G006" Warning "A request says no reason, which the administrator decides by.",
    UndeclaredFrames = "G007" Error "The module has scripts of its own, and the manifest does not ask for frames.",
    IdleSchedule = "G008" Error "A schedule comes round as a task, and the manifest does not ask for tasks.",

    PrivateKey = "K001" Error "A file holds a private key.",
    ProviderToken = "K002" Error "A file holds what looks like a provider's token.",
    HardcodedSecret = "K003" Warning "Something random is assigned to a name such as password, token or secret.",

    NotRepeatable = "C001" Error "Asked twice for what it did already, the module ends otherwise than after the first time.",
    Crashed = "C002" Error "With its provider in trouble, the module crashes or runs out of its budget.",
    CountedAsDone = "C003" Error "The provider did nothing, and the module says that it is done.",
    GaveUp = "C004" Warning "A provider's trouble that passes is taken for a refusal, and not tried again.",
    NothingToPlay = "C005" Note "No scenario goes well with a provider, so there is nothing to play with one in trouble.",

    LargeComponent = "Z001" Warning "The component comes near the size that is allowed.",
    NotCompiled = "Z002" Error "The component does not compile within the limits.",
    SlowCompilation = "Z003" Warning "Compiling the component comes near the time that is allowed.",
    NotStarted = "Z004" Error "No instance can be made of the component.",
    SlowStart = "Z005" Warning "Making an instance takes long, and every call makes one.",
    LargeStart = "Z006" Warning "An instance begins with much of the memory that a page may have.",
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The groups of codes, by their letter.
const GROUPS: [(char, &str); 8] = [
    ('B', "Build"),
    ('M', "Manifest"),
    ('V', "Views"),
    ('S', "Strings"),
    ('G', "Grants"),
    ('K', "Secrets"),
    ('C', "Conformance"),
    ('Z', "Size and start-up"),
];

/// `runtime/docs/check.md`.
#[must_use]
pub fn reference() -> String {
    let mut text = include_str!("reference.md").to_owned();
    for (placeholder, value) in [
        ("__component_percent__", cost::COMPONENT_PERCENT.to_string()),
        ("__component_mib__", (caisson_package::archive::MAX_COMPONENT_BYTES >> 20).to_string()),
        ("__compile_seconds__", cost::COMPILE_CPU.as_secs().to_string()),
        ("__compile_limit__", Compiler::CPU_LIMIT.as_secs().to_string()),
        ("__start_ms__", cost::START_CPU.as_millis().to_string()),
        ("__start_percent__", cost::START_MEMORY_PERCENT.to_string()),
    ] {
        text = text.replace(placeholder, &value);
    }
    text.push_str("\n## Codes\n");
    for (letter, title) in GROUPS {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n### {title}\n\n| Code | Severity | What it says |\n|---|---|---|\n");
        for code in Code::ALL.iter().filter(|code| code.as_str().starts_with(letter)) {
            let _ = writeln!(text, "| {} | {} | {} |", code.as_str(), code.severity().as_str(), code.about());
        }
    }
    text
}
