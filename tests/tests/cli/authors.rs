//! Authors' commands: what is wrong with a folder, a file of scenarios, a package.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use caisson_tests::support::archive::Archive;
use caisson_tests::support::{OciRegistry, puppet};

use super::{Desk, FAILED, shared_target, text};

/// A desk with the folder of a new module in C.
fn with_module() -> Desk {
    let desk = Desk::new();
    desk.does("module new demo --type plugin --language c");
    desk
}

fn puppet() -> Archive {
    puppet::package("puppet", "1.0.0").unwrap()
}

#[test]
fn a_new_module_needs_a_name_and_a_folder_of_its_own() {
    let desk = Desk::new();
    desk.write("full/file", "");
    let ask = |option: &str| {
        format!("{option} is missing, and this is no terminal to ask at; see 'caisson module new --help'")
    };
    let long = "a".repeat(120);
    for (line, sentence) in [
        ("module new --type plugin --language c", ask("--name")),
        ("module new demo --language c", ask("--type")),
        ("module new demo --type plugin", ask("--language")),
        (
            "module new Bad_Name --type plugin --language c",
            "a module cannot be named like Bad_Name: say --name, with lower-case letters, digits and single hyphens".to_owned(),
        ),
        (
            "module new full --type plugin --language c",
            "full is not empty; a new module takes a folder of its own".to_owned(),
        ),
        (
            "module new full/file --type plugin --language c",
            "full/file cannot be written: Not a directory (os error 20)".to_owned(),
        ),
        (
            &format!("module new demo --type plugin --language c --title {long}"),
            format!("'{long}' is no title: module.toml: module.title: must have 1 to 100 characters, not 120"),
        ),
    ] {
        desk.refuses(line, &sentence);
    }
    desk.misuses(
        "module new demo --name Bad_Name",
        "invalid value 'Bad_Name' for '--name <NAME>': 'Bad_Name' must be 1 to 64 lower-case letters, digits and single hyphens, \
         beginning with a letter",
    );
    desk.misuses(
        "module new demo --type gateway",
        "invalid value 'gateway' for '--type <KIND>': 'gateway' is not a module type: it is one of product, payment, notification, \
         plugin",
    );
    desk.misuses("module new demo --language cobol", "invalid value 'cobol' for '--language <LANGUAGE>'");
}

#[test]
fn a_folder_that_is_no_module_is_not_built() {
    let desk = with_module();
    let manifest = std::fs::read_to_string(desk.path("demo/module.toml")).unwrap();
    desk.write("empty/file", "");
    desk.write("unwritten/module.toml", &manifest);
    desk.write("unread/module.toml", "nothing");
    desk.write("wrong/module.toml", manifest.replace("title = \"Demo\"", "title = \"\""));
    std::fs::create_dir_all(desk.path("folder/module.toml")).unwrap();
    let at = |name: &str| desk.path(name).display().to_string();
    for (folder, sentence) in [
        ("nowhere", format!("{} is not a module: it has no module.toml", at("nowhere"))),
        ("empty", format!("{} is not a module: it has no module.toml", at("empty"))),
        (
            "unwritten",
            format!(
                "{} has no Cargo.toml, package.json, pyproject.toml or src/*.c: modules are built from Rust, TypeScript, JavaScript, Python \
                 and C",
                at("unwritten")
            ),
        ),
        (
            "unread",
            format!(
                "{}: module.toml cannot be read: line 1, column 8: key with no value, expected `=`",
                at("unread")
            ),
        ),
        (
            "wrong",
            format!("{}: module.toml: module.title: must have 1 to 100 characters, not 0", at("wrong")),
        ),
        (
            "folder",
            format!("{} cannot be read or written: Is a directory (os error 21)", at("folder/module.toml")),
        ),
    ] {
        desk.refuses(&format!("module build {folder}"), &sentence);
        desk.refuses(&format!("module pack {folder}"), &sentence);
    }
}

/// The path of a folder is looked up from one that is gone.
#[test]
fn a_folder_that_is_gone_is_no_place_to_build_in() {
    let desk = Desk::new();
    desk.write("gone/file", "");
    let program = caisson_tests::support::caisson_program().unwrap();
    let script = format!("cd gone && rm -r ../gone && exec {} module build demo", program.display());
    let mut shell = std::process::Command::new("sh");
    let done = shell.args(["-c", &script]).current_dir(desk.path("")).output().unwrap();
    let said = text(&done.stderr);
    assert_eq!(
        said,
        "error: this folder cannot be found\n  because No such file or directory (os error 2)\n"
    );
    assert_eq!((done.status.code(), text(&done.stdout)), (Some(FAILED), String::new()));
}

#[test]
fn scenarios_that_cannot_be_read_are_named_before_anything_is_built() {
    let desk = Desk::new();
    desk.write("bare/module.toml", "");
    desk.refuses("module test bare", "bare has no scenarios; write the first into tests/<name>.toml");
    let one = "[[scenario]]\nname = \"a\"\nwhen = { call = \"lifecycle.activate\" }\n";
    for (written, sentence) in [
        (
            "when = 1\n".to_owned(),
            "bare/tests/a.toml: line 1, column 1: unknown field `when`, expected `given` or `scenario`",
        ),
        (format!("{one}{one}"), "bare/tests/a.toml: two scenarios are named 'a'"),
    ] {
        desk.write("bare/tests/a.toml", written);
        desk.refuses("module test bare", sentence);
    }
    std::fs::remove_file(desk.path("bare/tests/a.toml")).unwrap();
    std::fs::create_dir(desk.path("bare/tests/a.toml")).unwrap();
    desk.refuses("module test bare", "bare/tests/a.toml cannot be read: Is a directory (os error 21)");
    desk.misuses(
        "module test bare --allow-private 127.0.0.1:1",
        "the following required arguments were not provided:",
    );
    desk.misuses(
        "module test bare --record --allow-private here",
        "invalid value 'here' for '--allow-private <ALLOW_PRIVATE>': 'here' is not an address and a port, such as 10.0.0.5:8081, \
         10.0.0.0/24:443 or [fd00::1]:443",
    );
}

#[test]
fn scenarios_that_cannot_be_played_say_what_they_lack() {
    // Where the panel's assets are not built, the check of views says so in the log.
    let desk = with_module().with("CAISSON_LOG", "off");
    std::fs::remove_dir_all(desk.path("demo/tests")).unwrap();
    let line = format!("module test demo --target-dir {}", shared_target());
    let scenario = |given: &str| {
        format!(
            "[[scenario]]\nname = \"a\"\nwhen = {{ call = \"admin.handle\", route = \"home\" }}\n[scenario.given]\n{given}\n"
        )
    };
    let not_run = |why: &str| format!("demo/tests/a.toml could not be run\n  because {why}");
    desk.write("demo/tests/broken.json", "[");
    desk.write("demo/tests/a.toml", scenario(""));
    desk.refuses(&format!("{line} --only nothing"), "no scenario is named like 'nothing'");
    for (given, why) in [
        (
            "recorded = \"none.json\"",
            "demo/tests/none.json cannot be read: No such file or directory (os error 2)",
        ),
        (
            "recorded = \"broken.json\"",
            "demo/tests/broken.json is no recording: EOF while parsing a list at line 1 column 1; record it again with 'caisson module \
             test --record'",
        ),
        ("tables.nothing = [{ a = 1 }]", "the module has no table 'nothing' once it is activated"),
        ("tables.visits = [{ nothing = 1 }]", "table 'visits': it has no column 'nothing'"),
        ("settings = { nothing = 1 }", "what is given is refused: 'nothing': There is no such field."),
        ("withheld = [\"mail\"]", "the module does not ask for mail; it asks for 'table visits'"),
    ] {
        desk.write("demo/tests/a.toml", scenario(given));
        desk.refuses(&line, &not_run(why));
    }
    let recorded =
        "settings = { key = { env = \"NOBODY_SET_THIS\", recorded = \"k\" } }\nrecorded = \"new.json\"";
    desk.write("demo/tests/a.toml", scenario(recorded));
    desk.refuses(
        &format!("{line} --record"),
        &not_run(
            "the environment variable NOBODY_SET_THIS is not set; a recording takes its secret from there",
        ),
    );
    desk.write("demo/tests/a.toml", "[[scenario]]\nname = \"a\"\nwhen = { call = \"lifecycle.activate\" }\n[scenario.then]\nlog = [\"never\"]\n");
    let failed = desk.run(&line);
    let said = text(&failed.stderr);
    assert_eq!(said, "error: 1 of 1 scenarios did not go as they should\n");
    assert!(text(&failed.stdout).starts_with("WRONG a: a "), "{}", text(&failed.stdout));

    // What is checked plays the same files.
    let asks = "tables.nothing = [{ a = 1 }]\n[[scenario.given.exchange]]\nany = true\nrequest = { method = \"GET\", url = \"*\" }";
    desk.write("demo/tests/a.toml", scenario(asks));
    desk.refuses(
        &format!("module check demo --conformance --target-dir {}", shared_target()),
        "demo/tests/a.toml: the scenario 'a' could not be played\n  because the module has no table 'nothing' once it is activated",
    );
    desk.refuses(
        &format!("module pack demo --output none/demo.caisson --target-dir {}", shared_target()),
        "none/demo.caisson cannot be written\n  because No such file or directory (os error 2)",
    );
}

#[test]
fn a_folder_with_what_no_package_takes_is_not_packed() {
    let desk = with_module();
    let pack = format!("module pack demo --output demo.caisson --target-dir {}", shared_target());
    for (file, why) in [
        (
            "demo/views/install.sh",
            "is not a template: views/ takes .html files, and views/assets/ the images and fonts; move it out of the folder",
        ),
        (
            "demo/views/assets/logo.svg",
            "is not an asset: views/assets/ takes .png, .jpg, .jpeg, .webp, .ico and .woff2 files; move it out of the folder",
        ),
    ] {
        desk.write(file, "");
        desk.refuses(&pack, &format!("{file} {why}"));
        std::fs::remove_file(desk.path(file)).unwrap();
    }
    let nameless = desk.path("demo/views").join(OsStr::from_bytes(b"\xff.html"));
    std::fs::write(&nameless, "").unwrap();
    desk.refuses(&pack, "demo/views/\u{fffd}.html has a name that is not UTF-8");
    std::fs::remove_file(nameless).unwrap();
    for number in 0..2_000 {
        desk.write(&format!("demo/views/page-{number}.html"), "");
    }
    desk.refuses(&pack, "the package would hold more than 2000 files");
}

#[test]
fn what_is_kept_for_scenarios_and_checks_must_be_of_use() {
    let desk = with_module().with("CAISSON_LOG", "off");
    let scenario = "[[scenario]]\nname = \"a\"\nwhen = { call = \"lifecycle.activate\" }\n";
    desk.write("demo/tests/a.toml", scenario);
    let refuses = |why: &str| {
        let sentence = format!("demo/tests/a.toml could not be run\n  because {why}");
        desk.refuses("module test demo --only a", &sentence);
    };
    let stage = desk.path("target/guests/stage");
    desk.write("target/guests/stage", "no folder");
    refuses("the stage's folder cannot be written: File exists (os error 17)");
    std::fs::remove_file(&stage).unwrap();
    desk.write("target/guests/stage/artefacts", "no folder");
    refuses("the sandbox cannot be started: Not a directory (os error 20)");
    std::fs::write(stage.join("master.key"), "short").unwrap();
    refuses(&format!(
        "the key of the compiled components cannot be used: the key file {} does not hold 64 hexadecimal digits: restore it from a \
         backup, since nothing sealed with it opens without it",
        stage.join("master.key").display()
    ));
    puppet().save(desk.folder.path(), "puppet.caisson").unwrap();
    let desk = desk.with("TMPDIR", "/nonexistent");
    let said = text(&desk.run("module install puppet.caisson --conformance").stderr);
    assert!(said.starts_with("error: no temporary folder can be made\n  because No such file"), "{said}");
    let said = text(&desk.run("module check --package puppet.caisson").stderr);
    assert!(
        said.starts_with("error: the sandbox to measure in could not be made\n  because No such file"),
        "{said}"
    );
}

#[test]
fn what_is_to_be_checked_is_named_and_is_there() {
    let desk = Desk::new();
    desk.write("empty/file", "");
    desk.refuses("module check", "name the module's folder, or a package with --package");
    desk.refuses("module check empty", "empty is not a module: it has no module.toml");
    desk.refuses(
        "module check --package gone.caisson",
        "gone.caisson cannot be read: No such file or directory (os error 2)",
    );
    desk.misuses(
        "module check empty --package p",
        "the argument '[DIR]' cannot be used with '--package <PACKAGE>'",
    );
    desk.refuses("module check --conformance", "name the module's folder, or a package with --package");
    // What it found stands on standard output, whatever came of it.
    let done = desk.run("module check --package empty/file");
    assert_eq!(done.status.code(), Some(FAILED));
    assert_eq!(text(&done.stderr), "error: the module has 1 error, 0 warnings and 0 notes\n");
    assert!(text(&done.stdout).contains("this is not a module package"), "{}", text(&done.stdout));
}

#[test]
fn what_cannot_be_published_is_told() {
    let desk = Desk::new();
    let file = puppet().save(desk.folder.path(), "puppet.caisson").unwrap().display().to_string();
    desk.write("text.caisson", "hello");
    let publish = |package: &str, to: &str| format!("module publish {package} {to}");
    for (line, sentence) in [
        (
            publish("gone.caisson", "oci://r.example/m"),
            "gone.caisson cannot be read\n  because No such file or directory (os error 2)",
        ),
        (
            publish("text.caisson", "oci://r.example/m"),
            "text.caisson is no package that a panel would take\n  because this is not a module package: a .caisson file is a \
             zstd-compressed tar archive, as `caisson module pack` makes it",
        ),
        (
            publish(&file, "https://r.example/m"),
            "'https://r.example/m' is no artifact in a registry (it does not begin with oci://); write \
             oci://registry.example.com/modules/name:1.0.0",
        ),
        (
            publish(&file, "oci://"),
            "'oci://' is no artifact in a registry (it names no repository); write oci://registry.example.com/modules/name:1.0.0",
        ),
        (
            publish(&file, "oci://127.0.0.1:1/m"),
            "the registry 127.0.0.1:1 could not be reached: Connection refused (os error 111)",
        ),
        (
            publish(&file, "oci://127.0.0.1:1/m --username ada"),
            "there is no terminal to ask for the password at; set CAISSON_REGISTRY_PASSWORD",
        ),
    ] {
        desk.refuses(&line, sentence);
    }
    desk.write("puppet.caisson.minisig", "");
    desk.refuses(
        &publish(&file, "oci://127.0.0.1:1/m"),
        &format!(
            "{file}.minisig holds no signature\n  because this is not a signature, since it does not have four lines: it is the file \
             ending in .minisig that 'caisson module sign' or minisign wrote beside the package"
        ),
    );
    std::fs::remove_file(desk.path("puppet.caisson.minisig")).unwrap();
    desk.write("docker/config.json", "{");
    let desk = desk.with("DOCKER_CONFIG", "docker");
    desk.refuses(
        &publish(&file, "oci://127.0.0.1:1/m"),
        "the credentials in docker/config.json cannot be read (EOF while parsing an object at line 1 column 1); say --username instead",
    );
}

#[test]
fn what_a_registry_holds_or_keeps_for_others_is_told() {
    let registry = OciRegistry::start_with_password().unwrap();
    let (address, to) = (registry.address(), registry.artifact("puppet:stable"));
    let desk = Desk::new();
    puppet().save(desk.folder.path(), "old.caisson").unwrap();
    let newer = puppet::package("puppet", "1.1.0").unwrap();
    newer.save(desk.folder.path(), "new.caisson").unwrap();
    desk.refuses(
        &format!("module publish old.caisson {to}"),
        &format!(
            "the registry {address} does not take this from you; say --username and set CAISSON_REGISTRY_PASSWORD, or use 'docker login'"
        ),
    );
    let desk = desk.with("CAISSON_REGISTRY_PASSWORD", caisson_tests::support::oci::PASSWORD);
    let user = caisson_tests::support::oci::USER;
    let digest = desk.does(&format!("module publish old.caisson {to} --username {user}"));
    let digest = digest.lines().nth(1).unwrap().split_once('@').unwrap().1;
    desk.refuses(
        &format!("module publish new.caisson {to} --username {user}"),
        &format!(
            "{to} holds another artifact already ({digest}); publish a new version, or move the tag with --replace"
        ),
    );
    let by_digest = registry.artifact(&format!("puppet@{digest}"));
    desk.refuses(
        &format!("module publish new.caisson {by_digest} --username {user}"),
        &format!(
            "{by_digest} names a digest; what is published gets its own: name a tag, or the repository alone"
        ),
    );
}
