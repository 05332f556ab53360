//! One thing that is wrong a case: what spoils the good module, and the finding.

use super::Code;
use super::Spoil::{self, *};

/// What is spoilt, and the finding: its code, and its text from the place on.
pub(super) type Case = (&'static [Spoil], Code, &'static str);

pub(super) const ALL: [&[Case]; 5] = [MANIFEST, VIEWS, STRINGS, RIGHTS, SECRETS];

/// What the manifest says.
const MANIFEST: &[Case] = &[
    (
        &[Replace("module.toml", "title", "titel")],
        Code::ManifestRefused,
        "module.toml:7: module.toml cannot be read",
    ),
    (
        &[Replace("module.toml", "secret = true", "secret = false")],
        Code::ManifestRefused,
        "module.toml: module.toml: settings.api_key: a password field",
    ),
    (
        &[Replace("component.wat", "(export \"caisson:module/admin@0.1.0\" (instance $empty))", "")],
        Code::MissingExport,
        "module.toml: component.wasm does not export 'caisson:module/admin@0.1.0'",
    ),
    (
        &[Replace("module.toml", "link = \"home\"", "link = \"nowhere\"")],
        Code::DeadLink,
        "module.toml:30: the link 'Demo' leads to 'nowhere'",
    ),
    (
        &[Append(
            "module.toml",
            "[[admin.routes]]\nname = \"list\"\nuri = \"list\"\npermission = \"look\"\n",
        )],
        Code::UnlinkedRoute,
        "module.toml:56: nothing leads to the page 'list'",
    ),
    (
        &[Append("module.toml", "[[permissions]]\nkey = \"change-all\"\nname = \"Change\"\n")],
        Code::UnusedPermission,
        "module.toml:56: nothing asks for the permission 'change-all'",
    ),
    (
        &[Replace("views/client/status.html", "action(\"reboot\")", "tab(\"status\")")],
        Code::UnreachedAction,
        "module.toml:45: no template leads to the action 'reboot'",
    ),
    (
        &[Replace(
            "views/client/status.html",
            "action(\"reboot\")",
            "action(\"reboot\" if state else \"halt?now=1\")",
        )],
        Code::UnknownAction,
        "views/client/status.html:2: action(\"halt?now=1\") leads to nothing",
    ),
    (
        &[Replace("views/client/status.html", "tab(\"status\")", "tab(\"other\")")],
        Code::UnknownTab,
        "views/client/status.html:3: tab(\"other\") leads to nothing",
    ),
    (
        &[Replace("views/admin/home.html", "page(\"home\")", "page(\"hom\")")],
        Code::UnknownPage,
        "views/admin/home.html:2: page(\"hom\") leads to nothing",
    ),
    (
        &[
            Append("module.toml", SCHEDULE),
            Append(
                "module.toml",
                "[[schedules]]\nname = \"two\"\ncron = \"0 4 * * *\"\nmethod = \"look-around\"\n",
            ),
            Append("src/lib.rs", "fn look_around() {}\n"),
        ],
        Code::UnnamedInSource,
        "module.toml:56: no source mentions the method 'poll'",
    ),
    (
        &[
            Append("module.toml", "[capabilities.events]\npublishes = [\"zone-emptied\"]\n"),
            Replace(
                "component.wat",
                "(instance $empty)",
                "(import \"caisson:module/events@0.1.0\" (instance (export \"dispatch\" (func)))) (instance $empty)",
            ),
        ],
        Code::UnnamedInSource,
        "module.toml:56: no source mentions the event 'zone-emptied'",
    ),
    (
        &[
            Replace("module.toml", "type = \"product\"", "type = \"payment\""),
            Replace("module.toml", "[[service]]\nkey = \"name\"\nlabel = \"Name\"\n", ""),
            Replace("component.wat", "module/product@", "module/payment@"),
        ],
        Code::UnverifiedWebhook,
        "module.toml: the manifest has no [webhook]",
    ),
    (
        &[Replace("module.toml", "Example Ltd", "You")],
        Code::Placeholder,
        "module.toml:9: the author is still 'You'",
    ),
    (&[Remove("README.md")], Code::NoReadme, "there is no README.md"),
    (
        &[Append("module.toml", "[[product]]\nkey = \"disk_gb\"\nlabel = \"Disk\"\n")],
        Code::UnreadField,
        "module.toml:56: nothing reads the field 'disk_gb'",
    ),
];

/// Templates, their fixtures and assets.
const VIEWS: &[Case] = &[
    (
        &[Append("views/admin/home.html", "{{ visits|safe }}")],
        Code::TemplateRefused,
        "views/admin/home.html:3: the filter 'safe'",
    ),
    (
        &[Replace("module.toml", "template = \"client/status\"", "template = \"client/state\"")],
        Code::MissingTemplate,
        "module.toml:40: the tab 'status' shows views/client/state.html, which is not there",
    ),
    (
        &[Append("src/lib.rs", "fn more() { View::new(\n    \"admin/more\", &data) }\n")],
        Code::MissingTemplate,
        "src/lib.rs:4: the module shows views/admin/more.html",
    ),
    (
        &[Write("views/old.html", "<p>Old</p>"), Write("tests/fixtures/old.json", "{}")],
        Code::UnnamedTemplate,
        "views/old.html: no tab, no source and no other template",
    ),
    (
        &[Remove("tests/fixtures/admin/home.json")],
        Code::NoFixture,
        "views/admin/home.html: the template has no fixture",
    ),
    (
        &[Replace("views/admin/home.html", "{{ visits }}", "{{ visits.none.none }}")],
        Code::RenderFailed,
        "views/admin/home.html:1: template 'admin/home' cannot be rendered",
    ),
    (
        &[Write("tests/fixtures/client/status.new.json", "{}")],
        Code::RenderFailed,
        "views/client/status.html:1: template 'client/status' cannot be rendered",
    ),
    (
        &[Replace("tests/fixtures/client/status.json", ", \"state\": \"up\"", "")],
        Code::UnlistedVariable,
        "views/client/status.html: the template uses 'state'",
    ),
    (
        &[Replace("tests/fixtures/client/status.json", "\"name\"", "\"nam\"")],
        Code::UnlistedVariable,
        "views/client/status.html: the template uses 'account.name'",
    ),
    (
        &[
            Replace("tests/fixtures/client/status.json", "\"name\"", "\"nam\""),
            Write("tests/fixtures/client/status.new.json", "{ \"account\": null, \"state\": \"up\" }"),
        ],
        Code::UnlistedVariable,
        "views/client/status.html: the template uses 'account.name'",
    ),
    (
        &[Write("tests/fixtures/admin/home.json", "[\n3")],
        Code::FixtureUnreadable,
        "tests/fixtures/admin/home.json:1: the fixture is no JSON object",
    ),
    (
        &[Write("tests/fixtures/admin/house.json", "{}")],
        Code::StrayFixture,
        "tests/fixtures/admin/house.json: there is no views/admin/house.html",
    ),
    (
        &[Remove("views/assets/logo.png")],
        Code::MissingAsset,
        "views/client/status.html:3: there is no views/assets/logo.png",
    ),
];

/// Strings and their translations.
const STRINGS: &[Case] = &[
    (&[Append("lang/pl.ftl", "=\n")], Code::StringsRefused, "lang/pl.ftl:4: "),
    (
        &[Replace("views/admin/home.html", "t(\"count\"", "t(\"counted\"")],
        Code::UnknownString,
        "views/admin/home.html:2: lang/en.ftl has no 'counted'",
    ),
    (
        &[Append("lang/en.ftl", "state-down = Down\n")],
        Code::Untranslated,
        "lang/en.ftl:4: 'state-down' stands here and not in lang/pl.ftl",
    ),
    (
        &[Append("lang/pl.ftl", "state-down = W dół\n")],
        Code::Untranslated,
        "lang/pl.ftl:4: 'state-down' stands here and not in lang/en.ftl",
    ),
    (
        &[
            Append("lang/en.ftl", "bye = Bye\nnotify-ready-subject = Ready\n"),
            Append("lang/pl.ftl", "bye = Pa\nnotify-ready-subject = Gotowe\n"),
            Append("src/lib.rs", "fn told() { to_client(&id, \"ready\", &data) }\n"),
        ],
        Code::UnusedString,
        "lang/en.ftl:4: nothing uses 'bye'",
    ),
    (
        &[Replace("lang/pl.ftl", "{ $n } wizyt", "{ $count ->\n  [one] wizyta\n *[other] wizyt\n }")],
        Code::OtherPlaceables,
        "lang/pl.ftl:3: 'count' takes $count here, and $n in lang/en.ftl",
    ),
    (
        &[Replace("views/admin/home.html", ", n=visits", "")],
        Code::MissingArgument,
        "views/admin/home.html:2: 'count' is filled in with $n, which is not given",
    ),
    (&[Remove("lang/en.ftl")], Code::NoEnglish, "lang/: there is no lang/en.ftl"),
];

/// What is asked for, beside what is used.
const RIGHTS: &[Case] = &[
    (
        &[Replace("module.toml", "cache = true", "cache = false")],
        Code::UndeclaredImport,
        "module.toml: component.wasm imports 'caisson:module/cache@0.1.0', which module.toml does not ask for",
    ),
    (
        &[Replace("component.wat", "\"caisson:contract\" \"0.1.0\"", "\"caisson:contract\" \"0.0.9\"")],
        Code::ComponentRefused,
        "module.toml: component.wasm was built against version 0.0.9",
    ),
    (
        &[Replace("module.toml", "cache = true", "cache = true\ntasks = true")],
        Code::UnusedRequest,
        "module.toml:51: the manifest asks for 'tasks'",
    ),
    (
        &[Replace("module.toml", "from = \"settings.api_base\"", "host = \"*.example.com\"")],
        Code::WideHost,
        "module.toml:52: '*.example.com' is every host",
    ),
    (
        &[Replace(
            "module.toml",
            "from = \"settings.api_base\"",
            "host = \"example.com\"\nscheme = \"http\"",
        )],
        Code::PlainHttp,
        "module.toml:52: plain HTTP",
    ),
    (
        &[Replace("module.toml", "reason = \"The provider's API.\"\n", "")],
        Code::NoReason,
        "module.toml:52: [[capabilities.http]] says no reason",
    ),
    (
        &[Write("views/frames/console.js", "1")],
        Code::UndeclaredFrames,
        "module.toml: views/frames/ holds scripts",
    ),
    (
        &[Append("module.toml", SCHEDULE), Append("src/lib.rs", "fn poll() {}\n")],
        Code::IdleSchedule,
        "module.toml:56: the schedule 'one' comes round as a task",
    ),
];

/// As a manifest has it at its end.
pub(super) const SCHEDULE: &str = "[[schedules]]\nname = \"one\"\ncron = \"0 3 * * *\"\nmethod = \"poll\"\n";

/// What nobody should publish.
const SECRETS: &[Case] = &[
    (
        &[Write("deploy/key.pem", concat!("text\n-----BEGIN PRIVATE", " KEY-----\n"))],
        Code::PrivateKey,
        "deploy/key.pem:2: a private key begins here",
    ),
    (
        &[Write(".env", concat!("A=1\nKEY=sk_live", "_4eC39HqLyjWDarjtT1zdp7dc\n"))],
        Code::ProviderToken,
        ".env:2: 'sk_l… (32 characters)' looks like a Stripe key",
    ),
    (
        &[Append("src/lib.rs", concat!("const API_TOKEN: &str = \"8f14e45f", "ceea167a5a36\";\n"))],
        Code::HardcodedSecret,
        "src/lib.rs:3: 'API_TOKEN' is given '8f14… (20 characters)'",
    ),
];
