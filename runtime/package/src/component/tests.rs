use std::path::PathBuf;

use caisson_types::{CONTRACT_SECTION, ModuleType};
use wit_parser::{Resolve, WorldItem};

use super::contract::IMPORTS;
use super::limits::MAX_TYPE_OPENINGS;
use super::*;

fn manifest(kind: ModuleType, more: &str) -> Manifest {
    Manifest::parse(&format!(
        "contract = \"0.1.0\"\n[module]\nname = \"demo\"\ntype = \"{kind}\"\nversion = \"1.0.0\"\ntitle = \"Demo\"\n\
         description = \"Demo\"\nauthor = \"Example Ltd\"\n{more}"
    ))
    .unwrap()
}

/// The exports that every module has.
const EXPORTS: &str = r#"
    (instance $empty)
    (export "caisson:module/lifecycle@0.1.0" (instance $empty))
    (export "caisson:module/jobs@0.1.0" (instance $empty))
"#;
const CONTRACT: &str = r#"(@custom "caisson:contract" "0.1.0")"#;

fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A plugin with more in it.
fn plugin(more: &str) -> Vec<u8> {
    wat(&format!("(component {more} {EXPORTS} {CONTRACT})"))
}

fn refusal_of(component: &[u8], manifest: &Manifest) -> String {
    let message = inspect(component, manifest).unwrap_err().to_string();
    assert!(!message.contains('\n') && message.starts_with("component.wasm "), "{message}");
    message
}

fn refusal(more: &str) -> String {
    refusal_of(&plugin(more), &manifest(ModuleType::Plugin, ""))
}

#[test]
fn a_component_that_keeps_to_the_contract_is_accepted() {
    let component = plugin(
        r#"(import "caisson:module/log@0.1.0" (instance (export "emit" (func))))
           (import "wasi:cli/stdout@0.2.3" (instance))
           (core module (memory 1) (func (export "a") (result i32) i32.const 1))"#,
    );
    let inspected = inspect(&component, &manifest(ModuleType::Plugin, "")).unwrap();
    assert_eq!(inspected.imports, ["caisson:module/log@0.1.0", "wasi:cli/stdout@0.2.3"]);
    assert_eq!(inspected.exports, ["caisson:module/lifecycle@0.1.0", "caisson:module/jobs@0.1.0"]);
    assert_eq!(inspected.contract.to_string(), "0.1.0");
    assert_eq!(inspected.size, component.len());
    assert!(inspected.imports_wasi());
    assert!(inspected.has_export("jobs") && !inspected.has_export("hooks"));
}

#[test]
fn what_is_no_component_says_what_it_is() {
    let _case = caisson_threats::case(21, "what is no component says what it is").times(8);
    let manifest = manifest(ModuleType::Plugin, "");
    let cases: [(&[u8], &str); 7] = [
        (b"", "is not WebAssembly"),
        (b"#!/bin/sh", "is not WebAssembly"),
        (b"\0as", "is not WebAssembly"),
        (b"\x7fELF\x02\x01\x01", "holds machine code that was compiled elsewhere"),
        (b"\0asm\x01\0\0\0", "is a core module, not a component"),
        (b"\0asm\x0a\0\x01\0", "is of an unknown WebAssembly version"),
        (b"\0asm\x0d\0\x01\0\x42\xff\xff\xff\xff\x0f", "is not valid at byte"),
    ];
    for (bytes, expected) in cases {
        let message = refusal_of(bytes, &manifest);
        assert!(message.contains(expected), "{message}");
    }
    assert_eq!(
        refusal_of(&vec![0; MAX_COMPONENT_BYTES + 1], &manifest),
        "component.wasm is 33554433 bytes long; at most 33554432 are allowed"
    );
}

#[test]
fn the_contract_version_is_stated_once_and_served_and_the_manifests() {
    let plugin_manifest = manifest(ModuleType::Plugin, "");
    let stating =
        |sections: &str| refusal_of(&wat(&format!("(component {EXPORTS} {sections})")), &plugin_manifest);
    assert!(stating("").contains("does not state its contract version"));
    assert!(stating(&CONTRACT.repeat(2)).contains("states its contract version twice"));
    assert!(stating(r#"(@custom "caisson:contract" "soon\ff\n")"#).contains("which is not a version"));
    assert_eq!(
        stating(r#"(@custom "caisson:contract" "0.2.0")"#),
        "component.wasm was built against version 0.2.0 of the contract; this host serves 0.1.0"
    );
    let nested = format!("(component {CONTRACT})");
    assert!(stating(&nested).contains("does not state its contract version"), "{}", stating(&nested));

    let text =
        toml::to_string(&plugin_manifest).unwrap().replace("contract = \"0.1.0\"", "contract = \"0.2.0\"");
    let message = refusal_of(&plugin(""), &Manifest::parse(&text).unwrap());
    assert!(message.contains("but module.toml says contract = \"0.2.0\""), "{message}");
    assert_eq!(CONTRACT_SECTION, "caisson:contract");
}

#[test]
fn imports_outside_the_contract_are_refused_by_name() {
    let _case = caisson_threats::case(22, "imports outside the contract are refused by name").times(15);
    let cases = [
        (
            r#"(import "evil:host/shell@1.0.0" (instance))"#,
            "'evil:host/shell@1.0.0', which is not in the contract",
        ),
        (r#"(import "caisson:module/shell@0.1.0" (instance))"#, "offers no such interface"),
        (r#"(import "caisson:module/log@0.2.0" (instance))"#, "this host serves version 0.1.0"),
        (r#"(import "caisson:module/log" (instance))"#, "this host serves version 0.1.0"),
        (r#"(import "caisson:module/lifecycle@0.1.0" (instance))"#, "offers no such interface"),
        (
            r#"(import "caisson:module/log@0.1.0" (instance (export "read-all" (func))))"#,
            "the interface has no function 'read-all'",
        ),
        (r#"(import "wasi:cli/run@0.2.0" (instance))"#, "does not serve this part of WASI"),
        (r#"(import "wasi:keyvalue/store@0.2.0" (instance))"#, "does not serve this part of WASI"),
        (r#"(import "wasi:http/incoming-handler@0.2.0" (instance))"#, "does not serve this part of WASI"),
        (r#"(import "wasi:cli/stdout@0.3.0" (instance))"#, "serves WASI 0.2, not 0.3.0"),
        (r#"(import "wasi:cli/stdout" (instance))"#, "does not serve this part of WASI"),
        (r#"(import "run" (func))"#, "imports interfaces, not single functions"),
        (r#"(import "caisson:module/log@0.1.0" (func))"#, "imports interfaces, not single functions"),
        (r#"(import "m" (core module))"#, "imports interfaces, not single functions"),
        (r#"(import "c" (component))"#, "imports interfaces, not single functions"),
    ];
    for (import, expected) in cases {
        let message = refusal(import);
        assert!(message.contains("which is not in the contract") && message.contains(expected), "{message}");
    }
}

#[test]
fn capabilities_must_be_asked_for() {
    let _case = caisson_threats::case(22, "capabilities must be asked for").times(11);
    let cases = [
        ("cache", "get", "cache = true"),
        ("database", "select", "[capabilities.database]"),
        ("events", "dispatch", "[capabilities.events]"),
        ("http", "send", "[[capabilities.http]]"),
        ("mail", "send", "[[capabilities.mail]]"),
        ("notifications", "notify", "notifications = true"),
        ("probe", "connect", "[[capabilities.probe]]"),
        ("services", "get", "services = true"),
        ("tasks", "add", "tasks = true"),
    ];
    for (interface, function, line) in cases {
        let import = |exports: &str| {
            plugin(&format!("(import \"caisson:module/{interface}@0.1.0\" (instance {exports}))"))
        };
        let plain = manifest(ModuleType::Plugin, "");
        let message = refusal_of(&import(&format!("(export \"{function}\" (func))")), &plain);
        assert!(
            message.contains(&format!(
                "imports 'caisson:module/{interface}@0.1.0', which module.toml does not ask for"
            )) && message.contains(line),
            "{message}"
        );
        // Its types alone give no power.
        inspect(&import(r#"(export "page" (type (sub resource)))"#), &plain).unwrap();
    }
    // The standard interface leads where our own does.
    for interface in ["outgoing-handler@0.2.0", "types@0.2.9"] {
        let import = plugin(&format!("(import \"wasi:http/{interface}\" (instance (export \"a\" (func))))"));
        let message = refusal_of(&import, &manifest(ModuleType::Plugin, ""));
        let ours = plugin(r#"(import "caisson:module/http@0.1.0" (instance (export "send" (func))))"#);
        let ours = refusal_of(&ours, &manifest(ModuleType::Plugin, ""));
        assert_eq!(message, ours.replace("caisson:module/http@0.1.0", &format!("wasi:http/{interface}")));
        let granted = manifest(ModuleType::Plugin, "[[capabilities.http]]\nhost = \"api.example.com\"");
        inspect(&import, &granted).unwrap();
    }
    let tasks = plugin(r#"(import "caisson:module/tasks@0.1.0" (instance (export "add" (func))))"#);
    inspect(&tasks, &manifest(ModuleType::Plugin, "[capabilities]\ntasks = true")).unwrap();
    let payments =
        plugin(r#"(import "caisson:module/payments@0.1.0" (instance (export "get-invoice" (func))))"#);
    let message = refusal_of(&payments, &manifest(ModuleType::Plugin, ""));
    assert!(message.contains("payment modules have it, and module.toml says type = \"plugin\""), "{message}");
}

#[test]
fn exports_follow_type_and_manifest() {
    let tab = "[[client.tabs]]\nkey = \"a\"\nname = \"A\"\ntemplate = \"a\"";
    let permission = "[[permissions]]\nkey = \"see\"\nname = \"See\"\n";
    let route =
        |area| format!("{permission}[[admin.{area}]]\nname = \"a\"\nuri = \"a\"\npermission = \"see\"");
    let cases = [
        (ModuleType::Product, String::new(), "product", "type = \"product\""),
        (ModuleType::Payment, String::new(), "payment", "type = \"payment\""),
        (ModuleType::Notification, String::new(), "notification", "type = \"notification\""),
        (ModuleType::Plugin, tab.to_owned(), "client-area", "[[client.tabs]]"),
        (ModuleType::Plugin, route("routes"), "admin", "[[admin.routes]]"),
        (ModuleType::Plugin, route("api"), "admin", "[[admin.api]]"),
        (
            ModuleType::Plugin,
            "[capabilities.events]\nsubscribes = [\"client.created\"]".to_owned(),
            "hooks",
            "subscribes",
        ),
    ];
    for (kind, more, interface, why) in cases {
        let manifest = manifest(kind, &more);
        let message = refusal_of(&plugin(""), &manifest);
        assert!(
            message.contains(&format!(
                "does not export 'caisson:module/{interface}@0.1.0', which is needed because"
            )) && message.contains(why),
            "{message}"
        );
        let complete = wat(&format!(
            "(component {EXPORTS} (export \"caisson:module/{interface}@0.1.0\" (instance $empty)) {CONTRACT})"
        ));
        inspect(&complete, &manifest).unwrap();
    }
    let bare = refusal_of(&wat(&format!("(component {CONTRACT})")), &manifest(ModuleType::Plugin, ""));
    assert!(
        bare.contains("'caisson:module/lifecycle@0.1.0', which is needed because every module has it"),
        "{bare}"
    );
    let function = wat(&format!(
        r#"(component (core module $m (func (export "f"))) (core instance $i (instantiate $m))
           (func $f (canon lift (core func $i "f")))
           (export "caisson:module/lifecycle@0.1.0" (func $f)) {CONTRACT})"#
    ));
    assert!(refusal_of(&function, &manifest(ModuleType::Plugin, "")).contains("does not export"));
}

#[test]
fn proposals_that_the_engine_lacks_are_refused() {
    let _case = caisson_threats::case(19, "proposals that the engine lacks are refused").times(10);
    let modules = [
        ("threads", "(memory 1 1 shared)"),
        ("64-bit memory", "(memory i64 1)"),
        ("two memories", "(memory 1) (memory 1)"),
        ("exceptions", "(tag)"),
        ("garbage collection", "(type (struct (field i32)))"),
        ("external references", "(func (param externref))"),
        ("typed function references", "(type $f (func)) (func (param (ref $f)))"),
        ("page sizes", "(memory 1 (pagesize 1))"),
        ("an invalid function", "(func (result i32))"),
    ];
    for (what, module) in modules {
        let message = refusal(&format!("(core module {module})"));
        assert!(message.contains("is not valid at byte"), "{what}: {message}");
    }
    let message = refusal(r#"(import "caisson:module/log@0.1.0" (instance (export "emit" (func async))))"#);
    assert!(message.contains("is not valid at byte"), "{message}");
    let useful = "(core module (memory 1) (table 1 funcref) (global (mut i32) (i32.const 0)) (func (param v128)) \
                  (func $again (return_call $again)))";
    inspect(&plugin(useful), &manifest(ModuleType::Plugin, "")).unwrap();
}

#[test]
fn masses_are_refused_before_validation() {
    let _case = caisson_threats::case(19, "masses are refused before validation").times(11);
    let cases = [
        (format!("(core module {})", "(func)".repeat(200_001)), "more than 200000 functions"),
        (
            format!("(core module {})", "(import \"a\" \"b\" (func))".repeat(50_001)),
            "more than 50000 imports",
        ),
        (format!("(core module {})", "(type (func (param i32)))".repeat(100_001)), "more than 100000 types"),
        ("(core module)".repeat(201), "more than 200 core modules"),
        ("(component)".repeat(201), "more than 200 components"),
        ("(core module (memory 1))".repeat(9), "more than 8 memories"),
        (format!("(core module {})", "(table 1 funcref)".repeat(65)), "more than 64 tables"),
        (format!("(type (instance {}))", "(type string)".repeat(100_001)), "more than 100000 types"),
        (format!("{}{}", "(component ".repeat(8), ")".repeat(8)), "nests components more than 8 deep"),
        (
            format!("(type {}{})", "(instance (type ".repeat(16), "string))".to_owned() + &"))".repeat(15)),
            "nests types more than 16 deep",
        ),
        ("(@custom \"a\" \"\")".repeat(1_001), "more than 1000 custom sections"),
    ];
    for (more, expected) in cases {
        let message = refusal(&more);
        assert!(message.contains(expected), "{expected}: {message}");
    }
}

#[test]
fn types_that_name_each_other_in_a_long_chain_are_refused() {
    let _case = caisson_threats::case(19, "types that name each other in a long chain are refused").times(2);
    let chain = |links: u32, link: fn(u32) -> String| -> String {
        (1..links).map(|n| format!("(type $t{n} {})", link(n - 1))).collect()
    };
    let deep = format!("(type $t0 (list u8)) {}", chain(50_000, |last| format!("(list $t{last})")));
    assert!(refusal(&deep).contains("type nesting is too deep"));
    let wide = format!("(type $t0 (tuple u8 u8)) {}", chain(60, |last| format!("(tuple $t{last} $t{last})")));
    assert!(refusal(&wide).contains("type size exceeds the limit"));
}

/// By bytes: what makes text of it would have to nest as deep.
#[test]
fn types_that_nest_deeper_than_a_stack_are_refused_before_they_are_parsed() {
    for depth in [17, MAX_TYPE_OPENINGS, 100_000, 5_000_000] {
        let _case = caisson_threats::case(19, format!("types nested {depth} deep"));
        for opening in [b"\x42\x01\x01", b"\x41\x01\x01"] {
            let section = [&[1][..], &opening.repeat(depth), b"\x73"].concat();
            let mut length = Vec::new();
            let mut left = section.len();
            while left > 0x7f {
                length.push(left as u8 | 0x80);
                left >>= 7;
            }
            length.push(left as u8);
            let component = [b"\0asm\x0d\0\x01\0\x07", &length[..], &section].concat();
            let refused = refusal_of(&component, &manifest(ModuleType::Plugin, ""));
            assert_eq!(refused, "component.wasm nests types more than 16 deep");
        }
    }
}

fn contract() -> (Resolve, wit_parser::PackageId) {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../wit")).unwrap();
    (resolve, package)
}

#[test]
fn the_table_of_interfaces_is_the_contracts() {
    let (resolve, package) = contract();
    let mut imported = std::collections::BTreeMap::new();
    for world in resolve.packages[package].worlds.values() {
        for (key, item) in &resolve.worlds[*world].imports {
            let WorldItem::Interface { id, .. } = item else {
                panic!("{} is not an interface", resolve.name_world_key(key));
            };
            let interface = &resolve.interfaces[*id];
            let mut functions: Vec<&str> = interface.functions.keys().map(String::as_str).collect();
            functions.sort_unstable();
            imported.insert(interface.name.clone().unwrap(), functions);
        }
    }
    let table: std::collections::BTreeMap<_, _> = IMPORTS
        .iter()
        .map(|import| {
            let mut functions = import.functions.to_vec();
            functions.sort_unstable();
            (import.name.to_owned(), functions)
        })
        .collect();
    assert_eq!(table, imported, "contract.rs and wit/ disagree");
    let asks_for_nothing = manifest(ModuleType::Plugin, "").capabilities;
    for import in IMPORTS {
        let needs_no_grant = asks_for_nothing.declares(import.name);
        assert_eq!(needs_no_grant, import.manifest_line.is_empty(), "the line to add for {}", import.name);
    }
}

#[test]
fn the_components_that_toolchains_make_are_accepted() {
    use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
    let (resolve, package) = contract();
    let everything = "[capabilities]\ntasks = true\nservices = true\ncache = true\nnotifications = true\n\
                      [capabilities.database]\ntables = [\"a\"]\n[capabilities.events]\npublishes = [\"a\"]\n\
                      [[capabilities.http]]\nhost = \"a.example\"\n[[capabilities.mail]]\nhost = \"a.example\"\n\
                      [[capabilities.probe]]\nhost = \"a.example\"\n";
    for kind in ModuleType::ALL {
        let everything = match kind {
            ModuleType::Payment => everything.replace("cache = true", "cache = true\npayments = true"),
            _ => everything.to_owned(),
        };
        let world = resolve.packages[package].worlds[&format!("{kind}-module")];
        let mut module =
            dummy_module(&resolve, world, wit_parser::ManglingAndAbi::Legacy(wit_parser::LiftLowerAbi::Sync));
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
        let mut component = ComponentEncoder::default().module(&module).unwrap().encode().unwrap();
        component.extend_from_slice(b"\0\x16\x10caisson:contract0.1.0");
        let inspected = inspect(&component, &manifest(*kind, &everything)).unwrap();
        assert!(inspected.imports.len() >= 14 && inspected.has_export("settings"), "{inspected:?}");
    }
}
