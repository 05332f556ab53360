//! Every function of every interface, called with what no compiler would hand over: pointers past the end, lengths that overflow,
//! forged handles, text that is none, odd addresses. The guest is made from the contract itself, so no function is forgotten.

use std::fmt::Write as _;

use caisson_tests::support::Admin;
use serde_json::json;
use wit_parser::abi::{AbiVariant, WasmSignature, WasmType};
use wit_parser::{TypeDefKind, WorldItem};

use super::guest::{Guest, world};

/// How arguments are forged: by place, for pairs of pointer and length; and where the answer should go.
const FORGERIES: [(&str, [i64; 2], i64); 6] = [
    ("all ones", [-1, -1], -1),
    ("past the end", [0x1_fff0, 0x10_0000], 2048),
    ("overflowing", [8, 0x7fff_ffff], 2048),
    ("no text", [4096, 2], 2048),
    ("nothing", [0, 0], 2048),
    ("odd addresses", [4097, 3], 2049),
];

/// Everything that a manifest can ask for.
const MANIFEST: &str = "tasks = true|services = true|cache = true|notifications = true|[capabilities.database]|tables = [\"a\"]|\
    [capabilities.events]|publishes = [\"a\"]|[[capabilities.http]]|host = \"example.com\"|[[capabilities.probe]]|\
    host = \"example.com\"|port = 1|[[capabilities.mail]]|host = \"mail.example.com\"|[capabilities.budget]|page-wall-ms = 2000|\
    page-cpu-ms = 500";

/// Calls that the sandbox ends before the circuit breaker would hold the module back.
const ENDED_MAX: u32 = 15;

/// What is called, and how.
struct Edge {
    name: String,
    how: &'static str,
}

pub(super) async fn attack(admin: &Admin) -> usize {
    let (guest, edges) = guest();
    guest.prepare(admin).await;
    guest.enter(admin, "activate").await.expect(204).unwrap();
    let mut ended = 0;
    for (number, Edge { name, how }) in edges.iter().enumerate() {
        let _case =
            caisson_threats::case(if name.starts_with("wasi") { 9 } else { 8 }, format!("{name}: {how}"));
        let form = json!({ "n": (number + 1).to_string() });
        let path = format!("{}/test-connection", guest.path());
        let reply = admin.api.post(&path, &form).await.unwrap();
        let message = reply.body["message"].as_str().unwrap_or_default();
        let contained = match reply.status {
            200 | 422 => true,
            502 => message.contains("the module crashed") || message.contains("used up its"),
            _ => false,
        };
        assert!(contained, "{name}, {how}: {} {}", reply.status, reply.body);
        ended += u32::from(reply.status == 502);
        if ended == ENDED_MAX {
            ended = 0;
            guest.enter(admin, "release").await.expect(204).unwrap();
        }
    }
    edges.len()
}

/// A guest with a function for every edge, and the number of the one to call in its form.
fn guest() -> (Guest, Vec<Edge>) {
    let mut edges = Vec::new();
    let (mut imports, mut bodies, mut names) = (String::new(), String::new(), String::new());
    for (at, (module, name, signature)) in functions().into_iter().enumerate() {
        let types = |types: &[WasmType]| types.iter().map(|one| core(*one)).collect::<Vec<_>>().join(" ");
        let (params, results) = (types(&signature.params), types(&signature.results));
        let typed = format!("(param {params}) (result {results})");
        let typed = typed.replace("(param )", "").replace("(result )", "");
        writeln!(imports, "(import \"{module}\" \"{name}\" (func $f{at} {typed}))").unwrap();
        for (how, forged, answer) in FORGERIES {
            let last = signature.params.len().saturating_sub(1);
            let arguments = signature.params.iter().enumerate().map(|(place, kind)| {
                let value = if signature.retptr && place == last {
                    answer
                } else {
                    forged[usize::from(place % 2 == 1)]
                };
                let kind = core(*kind);
                let value = if kind.starts_with('f') { "nan".to_owned() } else { value.to_string() };
                format!("({kind}.const {value})")
            });
            let arguments = arguments.collect::<Vec<_>>().join(" ");
            let drops = "(drop)".repeat(signature.results.len());
            writeln!(bodies, "(func $e{} (call $f{at} {arguments}) {drops})", edges.len()).unwrap();
            write!(names, "$e{} ", edges.len()).unwrap();
            edges.push(Edge { name: format!("{module} {name}"), how });
        }
    }
    let text = format!(
        ";; manifest: {MANIFEST}\n;; pages: 2\n;; granted: all\n{imports}\n(type $edge (func))\n\
         (table funcref (elem {names}))\n(data (i32.const 4096) \"\\ff\\fe\\00\\ff\\c0\\80\")\n{bodies}\n{DEED}"
    );
    (Guest::new("edges", text), edges)
}

/// Reads the number out of the form, and calls the edge of that number; none on `activate`.
const DEED: &str = "
(func $deed (local $at i32) (local $number i32) (local $digit i32)
  (block $done (loop $next
    (br_if $done (i32.ge_u (local.get $at) (global.get $given_length)))
    (local.set $digit (i32.sub (i32.load8_u (i32.add (global.get $given) (local.get $at))) (i32.const 48)))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (br_if $next (i32.gt_u (local.get $digit) (i32.const 9)))
    (local.set $number (i32.add (i32.mul (local.get $number) (i32.const 10)) (local.get $digit)))
    (br $next)))
  (if (local.get $number) (then (call_indirect (type $edge) (i32.sub (local.get $number) (i32.const 1))))))
";

/// Imports of the contract and of WASI, as a core module sees them.
fn functions() -> Vec<(String, String, WasmSignature)> {
    let (resolve, world) = world();
    let mut functions = Vec::new();
    for (key, item) in &resolve.worlds[world].imports {
        let WorldItem::Interface { id, .. } = item else { continue };
        let module = resolve.name_world_key(key);
        if module.starts_with("evil:") {
            continue;
        }
        let interface = &resolve.interfaces[*id];
        for (name, function) in &interface.functions {
            let signature = resolve.wasm_signature(AbiVariant::GuestImport, function);
            functions.push((module.clone(), name.clone(), signature));
        }
        for (name, id) in &interface.types {
            if matches!(resolve.types[*id].kind, TypeDefKind::Resource) {
                let signature = WasmSignature {
                    params: vec![WasmType::I32],
                    results: Vec::new(),
                    indirect_params: false,
                    retptr: false,
                };
                functions.push((module.clone(), format!("[resource-drop]{name}"), signature));
            }
        }
    }
    functions
}

pub(super) fn core(kind: WasmType) -> &'static str {
    match kind {
        WasmType::I64 | WasmType::PointerOrI64 => "i64",
        WasmType::F32 => "f32",
        WasmType::F64 => "f64",
        _ => "i32",
    }
}
