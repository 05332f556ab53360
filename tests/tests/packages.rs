//! Packages and forms that are wrong: one clear sentence each, and nothing left behind.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use caisson_tests::support::archive::{Archive, header};
use caisson_tests::support::{Admin, Api, Panel, Puppet, Reply, modules, puppet};
use serde_json::{Value, json};
use tar::EntryType;

const MODULE: &str = "product/cloud-service";

/// Every file below a folder.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if !path.to_string_lossy().contains("panel.db") {
            found.insert(path);
        }
    }
    found
}

async fn upload(admin: &Admin, bytes: Vec<u8>) -> Reply {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    admin.api.upload("/modules", "package", file.path()).await.unwrap()
}

/// A component with one import more.
fn importing(component: &[u8], import: &str) -> Vec<u8> {
    let text = format!("(component (import \"{import}\" (instance)))");
    let mut bytes = wat::parse_str(text).unwrap();
    // Says which contract it was built for, as the real one does.
    let (name, version) = ("caisson:contract", "0.1.0");
    bytes.extend([0, (1 + name.len() + version.len()) as u8, name.len() as u8]);
    bytes.extend(name.bytes().chain(version.bytes()));
    assert!(component.len() > bytes.len());
    bytes
}

const HEADER: [u8; 8] = *b"\0asm\x0d\0\x01\0";

/// A section of a component, with its length in front.
fn section(id: u8, content: &[u8]) -> Vec<u8> {
    [&[id][..], &leb(content.len()), content].concat()
}

fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// A core module that imports so many functions, within a component.
fn imports(count: usize) -> Vec<u8> {
    let import = b"\x01a\x01b\x00\x00";
    let module = [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, b"\x01\x60\x00\x00"),
        section(2, &[leb(count), import.repeat(count)].concat()),
    ];
    [HEADER.to_vec(), section(1, &module.concat())].concat()
}

/// Types within types.
fn deep_types(depth: usize) -> Vec<u8> {
    // Each an instance with one declaration: a type, which is the next.
    [HEADER.to_vec(), section(7, &[vec![1], b"\x42\x01\x01".repeat(depth), b"\x73".to_vec()].concat())]
        .concat()
}

/// Components within components.
fn deep_components(depth: usize) -> Vec<u8> {
    (0..depth).fold(HEADER.to_vec(), |inner, _| [&HEADER[..], &section(4, &inner)].concat())
}

#[tokio::test]
async fn a_wrong_package_is_refused_in_one_sentence_and_leaves_nothing() {
    let panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let good = Archive::open(&modules::package(MODULE).unwrap()).unwrap();
    let component = good.file("component.wasm").unwrap().to_vec();
    let edited = |from: &str, to: &str| good.clone().edit("module.toml", from, to).unwrap().bytes().unwrap();
    let entry = |name: &str, kind: EntryType| {
        good.bytes_with(|tape| Ok(tape.append(&header(name, kind, 0)?, std::io::empty())?)).unwrap()
    };
    let of_component = |component: Vec<u8>| good.clone().with("component.wasm", component).bytes().unwrap();
    let lying = good
        .bytes_with(|tape| {
            tape.append(&header("views/a.html", EntryType::Regular, 200_000)?, std::io::empty())?;
            Ok(())
        })
        .unwrap();
    let cases: Vec<(&str, u8, Vec<u8>, &[&str])> = vec![
        ("no archive", 18, b"not an archive".to_vec(), &["not a module package"]),
        ("cut off", 18, good.bytes().unwrap()[..1000].to_vec(), &["damaged"]),
        ("no manifest", 18, good.clone().without("module.toml").bytes().unwrap(), &["lacks", "module.toml"]),
        (
            "no component",
            18,
            good.clone().without("component.wasm").bytes().unwrap(),
            &["lacks", "component.wasm"],
        ),
        ("unknown key", 18, edited("[module]\n", "[module]\ncolour = \"red\"\n"), &["line 4", "colour"]),
        (
            "duplicate key",
            18,
            edited("contract = ", "contract = \"0.1.0\"\ncontract = "),
            &["line 2", "duplicate"],
        ),
        (
            "other contract",
            22,
            edited("contract = \"0.1.0\"", "contract = \"9.0.0\""),
            &["contract", "9.0.0", "0.1.0"],
        ),
        ("bad icon", 18, edited("type = \"url\"", "type = \"uri\""), &["line", "uri"]),
        (
            "unknown import",
            22,
            good.clone()
                .with("component.wasm", importing(&component, "evil:host/files@1.0.0"))
                .bytes()
                .unwrap(),
            &["component.wasm", "evil:host/files@1.0.0"],
        ),
        (
            "undeclared import",
            22,
            edited("[[capabilities.http]]", "[[capabilities.probe]]").clone(),
            &["module.toml"],
        ),
        (
            "no WebAssembly",
            21,
            good.clone().with("component.wasm", "hello").bytes().unwrap(),
            &["component.wasm", "not WebAssembly"],
        ),
        (
            "core module",
            21,
            good.clone().with("component.wasm", wat::parse_str("(module)").unwrap()).bytes().unwrap(),
            &["core module"],
        ),
        (
            "component over the cap",
            18,
            good.clone().with("component.wasm", vec![0; (32 << 20) + 1]).bytes().unwrap(),
            &["component.wasm", "at most 33554432"],
        ),
        ("climbing path", 17, entry("views/../../evil.html", EntryType::Regular), &["views/../../evil.html"]),
        ("absolute path", 17, entry("/etc/passwd", EntryType::Regular), &["/etc/passwd"]),
        ("link", 17, entry("views/link.html", EntryType::Symlink), &["views/link.html"]),
        ("stray file", 17, good.clone().with("install.sh", "rm -rf /").bytes().unwrap(), &["install.sh"]),
        (
            "script in a view",
            33,
            good.clone().with("views/evil.html", "<script>alert(1)</script>").bytes().unwrap(),
            &["views/evil.html", "script"],
        ),
        (
            "broken strings",
            18,
            good.clone().with("lang/en.ftl", "a = { $").bytes().unwrap(),
            &["lang/en.ftl, line 1"],
        ),
        ("backslash", 17, entry("views\\..\\evil.html", EntryType::Regular), &["views", "backslash"]),
        ("drive letter", 17, entry("C:evil.html", EntryType::Regular), &["drive letter"]),
        ("hard link", 17, entry("views/link.html", EntryType::Link), &["a hard link"]),
        ("character device", 17, entry("views/null.html", EntryType::Char), &["a device"]),
        ("block device", 17, entry("views/disk.html", EntryType::Block), &["a device"]),
        ("named pipe", 17, entry("views/pipe.html", EntryType::Fifo), &["a named pipe"]),
        ("folder", 17, entry("views", EntryType::Directory), &["a folder"]),
        ("long name", 17, entry("././@LongLink", EntryType::GNULongName), &["a GNU long name"]),
        ("extended header", 17, entry("views/a.html", EntryType::XHeader), &["a pax extended header"]),
        ("sparse file", 17, entry("views/a.html", EntryType::GNUSparse), &["a GNU sparse file"]),
        ("reserved name", 17, entry("views/.htaccess", EntryType::Regular), &["hidden file"]),
        ("composed letter", 18, entry("views/\u{e9}.html", EntryType::Regular), &["other characters"]),
        ("decomposed letter", 18, entry("views/e\u{301}.html", EntryType::Regular), &["other characters"]),
        (
            "letters backwards",
            18,
            entry("views/\u{202e}lmth.html", EntryType::Regular),
            &["other characters"],
        ),
        ("the same twice", 18, entry("module.toml", EntryType::Regular), &["module.toml", "twice"]),
        ("case clash", 18, entry("Views/a.html", EntryType::Regular), &["no part of a package"]),
        ("lying size", 18, lying, &["says it is 200000 bytes long"]),
        ("trailing data", 18, [good.bytes().unwrap(), b"more".to_vec()].concat(), &["goes on after the end"]),
        (
            "second archive",
            18,
            [good.bytes().unwrap(), good.bytes().unwrap()].concat(),
            &["goes on after the end"],
        ),
        (
            "archive in the archive",
            18,
            good.clone().with("component.wasm", good.bytes().unwrap()).bytes().unwrap(),
            &["not WebAssembly"],
        ),
        (
            "archive for a view",
            18,
            good.clone().with("views/a.html", good.bytes().unwrap()).bytes().unwrap(),
            &["views/a.html", "not UTF-8"],
        ),
        (
            "bomb",
            18,
            zstd::encode_all(std::io::Read::take(std::io::repeat(0), 1 << 30), 3).unwrap(),
            &["goes on after the end"],
        ),
        (
            "compiled elsewhere",
            21,
            good.clone().with("component.wasm", b"\x7fELF\x02\x01\x01".repeat(100)).bytes().unwrap(),
            &["machine code that was compiled elsewhere"],
        ),
        ("a million imports", 19, of_component(imports(1_000_000)), &["component.wasm has more than"]),
        ("deep types", 19, of_component(deep_types(100_000)), &["component.wasm"]),
        ("deep components", 19, of_component(deep_components(10_000)), &["component.wasm", "nests"]),
    ];
    let before = files(&panel.data_dir());
    for (case, row, bytes, words) in cases {
        let _case = caisson_threats::case(row, case);
        let reply = upload(&admin, bytes).await;
        let refused: Value = reply.expect(422).unwrap_or_else(|error| panic!("{case}: {error}"));
        let message = refused["errors"][0]["message"].as_str().unwrap_or_default();
        assert_eq!(refused["errors"][0]["field"], "package", "{case}: {refused}");
        for word in words {
            assert!(message.contains(word), "{case}: '{word}' is not in: {message}");
        }
        assert!(!message.contains('\n') && message.len() < 600, "{case}: {message}");
    }
    assert_eq!(files(&panel.data_dir()), before, "something was left on disk");
    let modules: Value = admin.api.get("/modules").await.unwrap().expect(200).unwrap();
    assert_eq!(modules, json!([]), "something was left in the database");
}

#[tokio::test]
async fn a_version_is_its_bytes() {
    let panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let good = Archive::open(&modules::package(MODULE).unwrap()).unwrap();
    upload(&admin, good.bytes().unwrap()).await.expect(201).unwrap();
    let installed = files(&panel.data_dir());
    let again = upload(&admin, good.bytes().unwrap()).await.expect(200).unwrap();
    assert_eq!(again["already"], true);
    let other = good.edit("module.toml", "Sells hosting", "Sells other").unwrap();
    let refused = upload(&admin, other.bytes().unwrap()).await.expect(409).unwrap();
    let message = refused["message"].as_str().unwrap();
    assert!(message.contains("1.0.0 is installed already, with other content"), "{message}");
    assert_eq!(files(&panel.data_dir()), installed);
}

#[tokio::test]
async fn an_update_that_asks_for_more_is_held_and_the_old_version_serves() {
    let _case = caisson_threats::case(23, "an update that asks for more");
    let panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let puppet = Puppet::install(&admin, "puppet", &[]).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let newer = folder.path().join("newer.caisson");
    std::fs::write(&newer, puppet::package("puppet", "1.1.0").unwrap().bytes().unwrap()).unwrap();
    let greedy = Archive::open(&newer).unwrap().edit("module.toml", "\"scratch\"]", "\"scratch\", \"more\"]");
    puppet.upload(&greedy.unwrap().bytes().unwrap()).await.unwrap();
    let held = admin.api.post(&puppet.path("activate?version=1.1.0"), &json!({})).await.unwrap();
    assert_eq!(held.status, 409, "{}", held.body);
    assert!(held.body["message"].as_str().unwrap().contains("approv"), "{}", held.body);
    let module = admin.api.get("/modules/product/puppet").await.unwrap().ok().unwrap();
    assert_eq!((&module["version"], &module["status"]), (&json!("1.0.0"), &json!("active")), "{module}");
    assert_eq!(puppet.one(json!({ "op": "db.count" })).await.unwrap(), 0);
}

#[tokio::test]
async fn wrong_input_names_its_fields() {
    let panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let cases = [
        (
            "/clients",
            json!({ "email": "x", "name": "", "currency": "euro" }),
            vec!["email", "name", "currency"],
        ),
        (
            "/clients",
            json!({ "email": "a@b.example", "name": "A", "currency": "EUR", "colour": 1 }),
            vec!["colour"],
        ),
        ("/clients", json!({ "name": "A" }), vec!["email"]),
        (
            "/products",
            json!({ "name": "A", "slug": "a", "module": "product/none", "price_minor": 1, "currency": "EUR" }),
            vec!["module"],
        ),
        (
            "/products",
            json!({ "name": "A", "slug": "a", "module": "product/none", "price_minor": "x", "currency": "EUR" }),
            vec!["price_minor"],
        ),
        (
            "/services",
            json!({ "client_id": "01a1fc93-2b24-7758-97df-36120d605173", "product_id": "01a1fc93-2b24-7758-97df-36120d605173" }),
            vec!["client_id"],
        ),
    ];
    for (path, body, fields) in cases {
        let refused: Value = admin.api.post(path, &body).await.unwrap().expect(422).unwrap();
        let named: Vec<&str> = refused["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["field"].as_str().unwrap())
            .collect();
        assert_eq!(named, fields, "{path} {body}: {refused}");
    }
}

#[tokio::test]
async fn nothing_of_the_api_answers_without_a_token() {
    let _case = caisson_threats::case(44, "nothing of the api answers without a token");
    let panel = Panel::start().await.unwrap();
    let stranger = Api::new(&panel.url(), "caisson_0000").unwrap();
    let document: Value =
        reqwest::get(format!("{}/api/openapi.json", panel.url())).await.unwrap().json().await.unwrap();
    let mut asked = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        let path = path.strip_prefix("/api/v1").unwrap();
        let id = "01a1fc93-2b24-7758-97df-36120d605173";
        let path = path
            .replace("{kind}", "product")
            .replace("{name}", "cloud-service")
            .replace("{verb}", "create")
            .replace("{tab}", "general")
            .replace("{action}", "restart")
            .replace("{id}", id);
        assert!(!path.contains('{'), "{path}: a parameter this test does not know");
        for method in operations.as_object().unwrap().keys() {
            let reply = match method.as_str() {
                "get" => stranger.get(&path).await,
                "post" => stranger.post(&path, &json!({})).await,
                "put" => stranger.put(&path, &json!({})).await,
                "delete" => stranger.delete(&path).await,
                other => panic!("{other} {path}: a method this test does not know"),
            };
            assert_eq!(reply.unwrap().status, 401, "{method} {path}");
            asked += 1;
        }
    }
    assert!(asked > 25, "{asked} operations");
}
