//! The life of a base, with a component in place of the interpreter that is as small as one can be, and a tool that copies it.

use std::os::unix::fs::PermissionsExt as _;

use tempfile::TempDir;

use super::*;

/// Fails where the code begins with an exclamation mark.
const INTERPRETER: &str = r#"(component
    (core module $python
        (memory (export "memory") 1)
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024)
        (func (export "PyGILState_Ensure") (result i32) i32.const 0)
        (func (export "PyGILState_Release") (param i32))
        (func (export "PyUnicode_FromStringAndSize") (param i32 i32) (result i32) local.get 0)
        (func (export "PyUnicode_AsUTF8") (param i32) (result i32) local.get 0)
        (func (export "PyRun_SimpleString") (param i32) (result i32)
            (i32.eq (i32.load8_u (local.get 0)) (i32.const 33)))
        (func (export "__wasilibc_reset_preopens"))
        (func (export "reset_adapter_state")))
    (core instance (instantiate $python)))"#;

const TOOL: &str = r#"#!/bin/sh
here=$(dirname "$0")
echo made >> "$here/runs"
while [ $# -gt 0 ]; do
    case $1 in
        --python-path) files=$2 ;;
        --output) out=$2 ;;
    esac
    shift
done
mkdir -p "$files/python" "$files/world" "$files/bundled"
echo "import nothing" > "$files/python/os.py"
cp "$here/interpreter.wasm" "$out"
"#;

struct Scene {
    target: TempDir,
    dir: TempDir,
    tool: Tool,
}

impl Scene {
    fn new() -> Self {
        let (target, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let program = tools(&target).join("componentize-py");
        write(&program, TOOL.as_bytes()).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        write(&tools(&target).join("interpreter.wasm"), &wat::parse_str(INTERPRETER).unwrap()).unwrap();
        write(&tools(&target).join("../.installed"), b"").unwrap();
        let tool = Tool::find_or_install(target.path(), Messages::Keep).unwrap();
        let workshop = Workshop::new(dir.path());
        for folder in [&workshop.source, &workshop.packages()] {
            std::fs::create_dir_all(folder).unwrap();
        }
        write(&workshop.sdk.join("caisson/build.py"), b"def load(): ...").unwrap();
        write(&workshop.wit.join("module.wit"), b"world").unwrap();
        Self { target, dir, tool }
    }

    fn base(&self) -> Base {
        Base::of(&Workshop::new(self.dir.path()), self.target.path()).unwrap()
    }

    fn load(&self, code: &str) -> Result<Vec<u8>, LoadFailure> {
        self.base().load(&Workshop::new(self.dir.path()), &self.tool, code, [0; 32], Messages::Keep)
    }

    fn loaded(&self, code: &str) -> Vec<u8> {
        match self.load(code) {
            Ok(component) => component,
            Err(LoadFailure::Module(words)) => panic!("the module failed: {words}"),
            Err(LoadFailure::Build(error)) => panic!("the build failed: {error}"),
        }
    }

    fn runs(&self) -> usize {
        std::fs::read_to_string(tools(&self.target).join("runs")).unwrap_or_default().lines().count()
    }
}

fn tools(target: &TempDir) -> PathBuf {
    target.path().join("tools").join(format!("python-{}", tool::VERSION)).join("bin")
}

fn holds(component: &[u8], text: &str) -> bool {
    component.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn it_is_made_once_and_holds_what_was_loaded_last() {
    let scene = Scene::new();
    let one = scene.loaded("import one");
    let two = scene.loaded("import two");
    assert!(holds(&one, "import one") && holds(&two, "import two") && !holds(&two, "import one"));
    assert_eq!(scene.loaded("import one"), one);
    assert_eq!(scene.runs(), 1);
    // The functions that loaded it are none of the component's.
    assert!(!holds(&one, interpreter_run()));
}

fn interpreter_run() -> &'static str {
    crate::build::python::interpreter::RUN
}

#[test]
fn another_kit_or_another_contract_has_a_base_of_its_own() {
    let scene = Scene::new();
    let workshop = Workshop::new(scene.dir.path());
    let mut keys = vec![scene.base().key];
    scene.loaded("import one");
    for (file, text) in [
        (workshop.sdk.join("caisson/build.py"), "def load(name): ..."),
        (workshop.sdk.join("caisson/more.py"), ""),
        (workshop.wit.join("module.wit"), "world with more"),
    ] {
        write(&file, text.as_bytes()).unwrap();
        keys.push(scene.base().key);
        scene.loaded("import one");
    }
    keys.sort();
    keys.dedup();
    assert_eq!((keys.len(), scene.runs()), (4, 4));
}

#[test]
fn what_is_broken_is_made_again() {
    let scene = Scene::new();
    let made = scene.loaded("import one");
    let base = scene.base();
    let breakages: [(&str, &dyn Fn()); 5] = [
        ("the component", &|| std::fs::write(base.component(), "half of it").unwrap()),
        ("the code", &|| std::fs::write(base.code(), "half of it").unwrap()),
        ("a file", &|| std::fs::remove_file(base.dir.join("files/python/os.py")).unwrap()),
        ("the receipt", &|| std::fs::remove_file(base.receipt()).unwrap()),
        ("everything", &|| std::fs::remove_dir_all(&base.dir).unwrap()),
    ];
    for (before, (what, breaks)) in (1..).zip(breakages) {
        assert_eq!(scene.runs(), before, "{what}");
        breaks();
        assert_eq!(scene.loaded("import one"), made, "{what}");
    }
    assert_eq!(scene.runs(), 6);
}

#[test]
fn a_module_that_fails_is_told_from_a_base_that_does() {
    let scene = Scene::new();
    assert!(matches!(scene.load("!"), Err(LoadFailure::Module(_))));
    // What has no interpreter in it, from a tool that changed.
    let scene = Scene::new();
    let empty = wat::parse_str("(component)").unwrap();
    std::fs::write(tools(&scene.target).join("interpreter.wasm"), empty).unwrap();
    let Err(LoadFailure::Build(error)) = scene.load("import one") else { panic!("it was loaded") };
    assert!(error.to_string().contains("no library in it has memory"), "{error}");
}

#[test]
fn the_bases_used_last_are_kept() {
    let all = tempfile::tempdir().unwrap();
    for index in 0..KEPT + 2 {
        let lock = all.path().join(format!("{index}.lock"));
        let file = std::fs::File::create(&lock).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(index as u64)).unwrap();
        write(&all.path().join(format!("{index}/base.wasm")), b"").unwrap();
    }
    forget_old(all.path());
    let kept = |index: usize| all.path().join(format!("{index}/base.wasm")).is_file();
    assert!((0..2).all(|index| !kept(index)) && (2..KEPT + 2).all(kept));
}
