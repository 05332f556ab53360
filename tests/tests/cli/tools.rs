//! Builds on a machine that lacks a tool, or whose tool fails.

use std::os::unix::fs::PermissionsExt as _;

use super::{Desk, FAILED, shared_target, text};

fn with_module(language: &str) -> Desk {
    let desk = Desk::new();
    desk.does(&format!("module new demo --type plugin --language {language}"));
    desk
}

/// What is said last, after what the tools said themselves.
fn fails(desk: &Desk, line: &str) -> String {
    let before = desk.files();
    let done = desk.run(line);
    assert_eq!((done.status.code(), text(&done.stdout)), (Some(FAILED), String::new()), "{line}");
    assert_eq!(desk.files(), before, "{line}");
    let said = text(&done.stderr);
    said.lines().rev().find_map(|line| line.strip_prefix("error: ")).unwrap_or(&said).to_owned()
}

#[test]
fn c_is_told_what_to_install_and_what_a_module_has_not() {
    let build = format!("module build demo --target-dir {}", shared_target());
    let desk = with_module("c");
    let dir = desk.path("demo").display().to_string();
    let source = desk.path("demo/src/demo.c");
    let written = std::fs::read_to_string(&source).unwrap();

    std::fs::write(&source, format!("{written}\nint one(void) {{ return nothing; }}\n")).unwrap();
    assert_eq!(fails(&desk, &build), format!("{dir} does not compile"));
    std::fs::write(&source, format!("#include <stdio.h>\n{written}\nint one(void) {{ return fopen(\"a\", \"r\") != 0; }}\n__attribute__((used)) int (*two)(void) = one;\n")).unwrap();
    let said = fails(&desk, &build);
    assert!(
        said.starts_with(&format!("{dir} uses what only an operating system has ("))
            && said.ends_with("a module has no files, streams, clock or environment; use the kit's functions, such as cs_log_info and cs_now"),
        "{said}"
    );
    std::fs::write(&source, written).unwrap();

    let desk = desk.with("CAISSON_ARENA_KIB", "10");
    assert_eq!(
        fails(&desk, &build),
        "CAISSON_ARENA_KIB is '10': it must be a number of KiB from 64 to 2097152"
    );
    let desk = desk.with("CAISSON_CLANG", "/nonexistent/clang");
    assert_eq!(
        fails(&desk, &build),
        "this machine cannot compile C for wasm32-wasi: on Debian `apt-get install clang-19 lld-19 wasi-libc \
         libclang-rt-19-dev-wasm32`, or name another clang in CAISSON_CLANG (/nonexistent/clang cannot be run)"
    );
}

#[test]
fn python_is_told_what_to_install() {
    let desk = with_module("python").with("CAISSON_PYTHON", "/nonexistent/python");
    let said = fails(&desk, "module build demo");
    let wanted = "modules in Python are built by Python 3.10 or newer with its venv: on Debian `apt-get install python3-venv`, or name \
                  another interpreter in CAISSON_PYTHON (";
    assert!(said.starts_with(wanted), "{said}");
}

#[test]
fn what_pip_cannot_install_is_told_in_its_words() {
    let desk = with_module("python");
    desk.write("pip", "#!/bin/sh\necho 'ERROR: no such network' >&2\nexit 1\n");
    let pip = desk.path("pip").display().to_string();
    let python =
        format!("#!/bin/sh\nfor last; do :; done\nmkdir -p \"$last/bin\" && cp {pip} \"$last/bin/python\"\n");
    desk.write("python", python);
    for program in ["pip", "python"] {
        std::fs::set_permissions(desk.path(program), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let python = desk.path("python").display().to_string();
    let desk = desk.with("CAISSON_PYTHON", python);
    let said = fails(&desk, "module build demo");
    assert!(
        said.starts_with("componentize-py ")
            && said.ends_with(" could not be installed with pip: ERROR: no such network"),
        "{said}"
    );
}

#[test]
fn rust_is_told_what_to_install() {
    let desk = with_module("rust").with("PATH", "/nonexistent");
    let wanted = "this machine cannot compile Rust for wasm32-unknown-unknown: run `rustup target add wasm32-unknown-unknown`, or on \
                  Debian `apt-get install rustc-web rust-web-src rust-web-llvm` (there is no program 'rustc')";
    assert_eq!(fails(&desk, "module build demo"), wanted);
    desk.write("bin/rustc", "no program");
    let bin = desk.path("bin").display().to_string();
    let desk = desk.with("PATH", bin);
    assert_eq!(fails(&desk, "module build demo"), "rustc could not be run: Permission denied (os error 13)");
}

#[test]
fn typescript_is_told_what_to_install() {
    let desk = with_module("typescript").with("PATH", "/nonexistent");
    assert_eq!(
        fails(&desk, "module build demo"),
        "npm is not installed: modules in TypeScript and JavaScript are built with Node 20 or newer and npm; on Debian `apt-get install \
         nodejs npm`"
    );
}
