use std::fs;
use std::io::Write;
use std::path::Path;

use tar::{EntryType, Header};

use super::*;

const MANIFEST: &str = manifest!("plugin", "");

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n...";

/// A header as the writer makes it.
fn header(name: &str, size: usize) -> Header {
    let mut header = Header::new_ustar();
    header.as_ustar_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(EntryType::Regular);
    header.set_size(size as u64);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_cksum();
    header
}

/// A tar archive that is made by hand, right or wrong.
#[derive(Clone, Default)]
struct Tar(Vec<u8>);

impl Tar {
    fn minimal() -> Self {
        Self::default().file("component.wasm", b"\0asm").file("module.toml", MANIFEST.as_bytes())
    }

    fn file(self, name: &str, contents: &[u8]) -> Self {
        self.entry(&header(name, contents.len()), contents)
    }

    fn entry(mut self, header: &Header, contents: &[u8]) -> Self {
        self.0.extend_from_slice(header.as_bytes());
        self.0.extend_from_slice(contents);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    /// A header that was changed before its checksum was taken.
    fn odd(self, name: &str, contents: &[u8], change: impl FnOnce(&mut Header)) -> Self {
        let mut header = header(name, contents.len());
        change(&mut header);
        header.set_cksum();
        self.entry(&header, contents)
    }

    fn end(mut self) -> Vec<u8> {
        self.0.resize(self.0.len() + 1024, 0);
        self.0
    }
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

fn refusal(archive: &[u8]) -> String {
    let message = read(archive).unwrap_err().to_string();
    assert!(!message.contains('\n'), "{message}");
    message
}

fn module(dir: &Path) {
    fs::write(dir.join("module.toml"), MANIFEST).unwrap();
    fs::write(dir.join("README.md"), "# Demo").unwrap();
    fs::write(dir.join("LICENSE"), "MIT").unwrap();
    fs::create_dir_all(dir.join("views/assets/img")).unwrap();
    fs::create_dir_all(dir.join("views/client_area")).unwrap();
    fs::write(dir.join("views/client_area/status.html"), "<p></p>").unwrap();
    fs::write(dir.join("views/assets/img/logo.png"), PNG).unwrap();
    fs::create_dir(dir.join("lang")).unwrap();
    fs::write(dir.join("lang/en.ftl"), "a = A\n").unwrap();
    fs::create_dir_all(dir.join("tests/recorded")).unwrap();
    fs::write(dir.join("tests/create.toml"), "scenario = []\n").unwrap();
    fs::write(dir.join("tests/recorded/create.json"), "[]").unwrap();
    fs::write(dir.join("tests/native.rs"), "not packed").unwrap();
    fs::create_dir(dir.join("src")).unwrap();
    fs::write(dir.join("src/lib.rs"), "not packed").unwrap();
    fs::write(dir.join("built.wasm"), b"\0asm").unwrap();
}

#[test]
fn what_was_written_reads_back() {
    let dir = tempfile::tempdir().unwrap();
    module(dir.path());
    let archive = write(dir.path(), &dir.path().join("built.wasm"), Extras::default()).unwrap();
    let package = read(&archive).unwrap();
    assert_eq!(package.digest.len(), 64);
    assert_eq!(package.manifest.module.name.as_str(), "demo");
    assert_eq!(package.manifest_text, MANIFEST);
    assert_eq!(package.component, b"\0asm");
    assert_eq!(package.templates, BTreeMap::from([("client_area/status".into(), "<p></p>".into())]));
    assert_eq!(package.assets, BTreeMap::from([("img/logo.png".into(), PNG.to_vec())]));
    assert_eq!(package.strings, BTreeMap::from([("en".into(), "a = A\n".into())]));
    let scenarios = [("create.toml", "scenario = []\n"), ("recorded/create.json", "[]")];
    assert_eq!(package.scenarios, scenarios.map(|(path, text)| (path.into(), text.into())).into());
    assert_eq!(package.readme.as_deref(), Some("# Demo"));
    assert_eq!(package.license.as_deref(), Some("MIT"));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    module(other.path());
    module(one.path());
    // Neither the time nor the mode of a file reaches the archive.
    let readme = fs::File::options().write(true).open(one.path().join("README.md")).unwrap();
    readme.set_modified(std::time::UNIX_EPOCH).unwrap();
    let mut permissions = readme.metadata().unwrap().permissions();
    permissions.set_readonly(true);
    readme.set_permissions(permissions).unwrap();
    let [one, other] =
        [one, other].map(|dir| write(dir.path(), &dir.path().join("built.wasm"), Extras::default()).unwrap());
    assert_eq!(one, other);
    assert_eq!(read(&one).unwrap().digest, read(&other).unwrap().digest);
}

#[test]
fn a_folder_with_something_out_of_place_is_not_packed() {
    let _case = caisson_threats::case(17, "a folder with something out of place is not packed").times(8);
    type Spoil = fn(&Path);
    let cases: [(Spoil, &str); 8] = [
        (|dir| fs::remove_file(dir.join("module.toml")).unwrap(), "module.toml cannot be read"),
        (|dir| fs::remove_file(dir.join("built.wasm")).unwrap(), "built.wasm cannot be read"),
        (|dir| fs::write(dir.join("views/a.js"), "").unwrap(), "a.js is not a template"),
        (|dir| fs::write(dir.join("views/assets/a.svg"), "").unwrap(), "a.svg is not an asset"),
        (|dir| fs::write(dir.join("views/assets/a.png"), "<html>").unwrap(), "a.png is not a PNG file"),
        (|dir| fs::write(dir.join("views/.keep"), "").unwrap(), ".keep is a hidden file"),
        (|dir| fs::write(dir.join("lang/en.ftl"), "#".repeat(MAX_TEXT_BYTES + 1)).unwrap(), "at most 262144"),
        (
            |dir| std::os::unix::fs::symlink("/etc/passwd", dir.join("views/a.html")).unwrap(),
            "a.html is neither a file nor a folder",
        ),
    ];
    for (spoil, expected) in cases {
        let dir = tempfile::tempdir().unwrap();
        module(dir.path());
        spoil(dir.path());
        let message =
            write(dir.path(), &dir.path().join("built.wasm"), Extras::default()).unwrap_err().to_string();
        assert!(message.contains(expected), "{expected}: {message}");
    }
}

#[test]
fn what_is_no_archive_says_so() {
    let not = "this is not a module package";
    let tar = Tar::minimal().end();
    for bytes in
        [&b""[..], b"PK\x03\x04", b"\x1f\x8b", b"hello", &tar, b"\0asm\x0d\0\x01\0", &zstd(&[b'x'; 2048])]
    {
        assert!(refusal(bytes).starts_with(not), "{}", refusal(bytes));
    }
    // A frame that only other frames of no content precede is none of ours either.
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4][..], &zstd(&tar)].concat();
    assert!(refusal(&skippable).starts_with(not));
}

#[test]
fn a_package_needs_a_manifest_and_a_component() {
    let only = |name, contents| refusal(&zstd(&Tar::default().file(name, contents).end()));
    assert_eq!(only("component.wasm", b""), "the package lacks module.toml");
    assert_eq!(only("module.toml", MANIFEST.as_bytes()), "the package lacks component.wasm");
    assert_eq!(refusal(&zstd(&Tar::default().end())), "the package lacks module.toml");
}

#[test]
fn a_bad_manifest_is_refused_with_its_line() {
    let _case = caisson_threats::case(18, "a bad manifest is refused with its line").times(2);
    let with = |more: &str| {
        let manifest = format!("{MANIFEST}{more}");
        refusal(&zstd(
            &Tar::default().file("component.wasm", b"").file("module.toml", manifest.as_bytes()).end(),
        ))
    };
    let unknown = with("colour = \"red\"\n");
    assert!(unknown.contains("line 10") && unknown.contains("colour"), "{unknown}");
    let duplicate = with("title = \"Again\"\n");
    assert!(duplicate.contains("line 10") && duplicate.contains("duplicate"), "{duplicate}");
}

#[test]
fn only_plain_files_are_read() {
    let _case = caisson_threats::case(17, "only plain files are read").times(13);
    let kinds = [
        (b'1', "a hard link"),
        (b'2', "a symbolic link"),
        (b'3', "a device"),
        (b'4', "a device"),
        (b'5', "a folder"),
        (b'6', "a named pipe"),
        (b'7', "an entry of an unknown kind"),
        (b'K', "a GNU long name"),
        (b'L', "a GNU long name"),
        (b'S', "a GNU sparse file"),
        (b'g', "a pax extended header"),
        (b'x', "a pax extended header"),
        (b'Z', "an entry of an unknown kind"),
    ];
    for (kind, expected) in kinds {
        let tar =
            Tar::minimal().odd("views/a.html", b"", |header| header.set_entry_type(EntryType::new(kind)));
        let message = refusal(&zstd(&tar.end()));
        assert!(
            message.starts_with("'views/a.html' in the package is ") && message.contains(expected),
            "{message}"
        );
    }
}

#[test]
fn tricks_in_headers_are_refused() {
    let _case = caisson_threats::case(17, "tricks in headers are refused").times(9);
    type Change = fn(&mut Header);
    let cases: [(Change, &str); 8] = [
        (|header| header.set_link_name("/etc/passwd").unwrap(), "names a link's target"),
        (|header| header.as_ustar_mut().unwrap().name[40] = b'x', "NUL character"),
        (|header| header.as_ustar_mut().unwrap().prefix[40] = b'x', "NUL character"),
        (|header| header.as_ustar_mut().unwrap().name[0] = 0xff, "not UTF-8"),
        (|header| header.as_ustar_mut().unwrap().size.fill(b'9'), "size that cannot be read"),
        (|header| header.as_ustar_mut().unwrap().size[0] = 0x80, "size that cannot be read"),
        (|header| header.as_ustar_mut().unwrap().magic.fill(0), "not in POSIX ustar form"),
        (|header| header.as_ustar_mut().unwrap().prefix[..2].copy_from_slice(b".."), "'..' in its path"),
    ];
    for (change, expected) in cases {
        let message = refusal(&zstd(&Tar::minimal().odd("views/a.html", b"<p></p>", change).end()));
        assert!(message.contains(expected), "{expected}: {message}");
    }
    let gnu = Header::new_gnu();
    let message = refusal(&zstd(&Tar::minimal().odd("a", b"", |header| *header = gnu).end()));
    assert!(message.contains("not in POSIX ustar form"), "{message}");
}

#[test]
fn names_that_do_not_belong_are_refused() {
    let _case = caisson_threats::case(17, "names that do not belong are refused").times(8);
    for name in
        ["/module.toml", "../a", "views/../../a", "views\\a.html", "C:\\a", "src/lib.rs", "views/a.svg"]
    {
        let message = refusal(&zstd(&Tar::minimal().file(name, b"").end()));
        assert!(message.starts_with(&format!("'{}' in the package ", name.escape_debug())), "{message}");
    }
    let message = refusal(&zstd(&Tar::minimal().file("\u{1b}[31m\n", b"").end()));
    assert!(message.starts_with("'\\u{1b}[31m\\n' in the package has other characters"), "{message}");
}

#[test]
fn one_name_means_one_file() {
    let _case = caisson_threats::case(18, "one name means one file").times(2);
    let twice = Tar::minimal().file("module.toml", MANIFEST.as_bytes()).end();
    assert_eq!(refusal(&zstd(&twice)), "'module.toml' in the package stands there twice");
    let clash = Tar::minimal().file("views/a.html", b"").file("views/A.html", b"").end();
    assert_eq!(
        refusal(&zstd(&clash)),
        "'views/A.html' in the package differs from another file only in upper and lower case"
    );
}

#[test]
fn contents_are_what_their_names_say() {
    let _case = caisson_threats::case(17, "contents are what their names say").times(2);
    let message = refusal(&zstd(&Tar::minimal().file("views/assets/a.png", b"<script>").end()));
    assert_eq!(message, "'views/assets/a.png' in the package is not a PNG file, whatever its name says");
    let message = refusal(&zstd(&Tar::minimal().file("views/a.html", b"\xff\xfe").end()));
    assert_eq!(message, "'views/a.html' in the package is not UTF-8 text");
}

#[test]
fn every_length_is_capped() {
    let _case = caisson_threats::case(18, "every length is capped").times(6);
    for (name, max) in [
        ("views/a.html", MAX_TEXT_BYTES),
        ("lang/en.ftl", MAX_TEXT_BYTES),
        ("README.md", MAX_TEXT_BYTES),
        ("views/assets/a.png", MAX_ASSET_BYTES),
    ] {
        let message = refusal(&zstd(&Tar::minimal().file(name, &vec![0; max + 1]).end()));
        assert!(
            message.contains(&format!("'{name}'")) && message.contains(&format!("at most {max}")),
            "{message}"
        );
    }
    let big = Tar::default().file("component.wasm", &vec![0; MAX_COMPONENT_BYTES + 1]).end();
    assert_eq!(
        refusal(&zstd(&big)),
        "'component.wasm' in the package is 33554433 bytes long; at most 33554432 are allowed"
    );
    assert!(refusal(&vec![0; MAX_ARCHIVE_BYTES + 1]).starts_with("the package is 41943041 bytes long"));
}

#[test]
fn a_bomb_is_cut_off_while_it_unpacks() {
    let _case = caisson_threats::case(18, "a bomb is cut off while it unpacks").times(2);
    // 1 GiB of assets in some 100 KiB, each within its own cap.
    let mut frame = zstd::Encoder::new(Vec::new(), 3).unwrap();
    let mut asset = PNG.to_vec();
    asset.resize(MAX_ASSET_BYTES, 0);
    for number in 0..512 {
        let tar = Tar::default().file(&format!("views/assets/{number}.png"), &asset);
        frame.write_all(&tar.0).unwrap();
    }
    let bomb = frame.finish().unwrap();
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    assert_eq!(refusal(&bomb), "the package unpacks to more than 67108864 bytes");

    let mut many = Tar::default();
    for number in 0..=MAX_FILES {
        many = many.file(&format!("views/t{number}.html"), b"");
    }
    assert_eq!(refusal(&zstd(&many.end())), "the package holds more than 2000 files");
}

#[test]
fn lies_about_sizes_are_found() {
    let _case = caisson_threats::case(18, "lies about sizes are found").times(2);
    let longer = Tar::minimal().odd("views/a.html", b"<p>", |header| header.set_size(100_000)).end();
    let message = refusal(&zstd(&longer));
    assert!(message.contains("says it is 100000 bytes long, but the archive ends after"), "{message}");
    // A file that says it is shorter leaves its rest where a header should be.
    let shorter = Tar::minimal().odd("views/a.html", &[b'x'; 4096], |header| header.set_size(10)).end();
    assert!(refusal(&zstd(&shorter)).contains("wrong checksum"), "{}", refusal(&zstd(&shorter)));
}

#[test]
fn nothing_may_follow_the_end() {
    let _case = caisson_threats::case(18, "nothing may follow the end").times(5);
    let whole = Tar::minimal().end();
    let trailing = "the package goes on after the end of its archive";
    let hidden = [&whole[..], &Tar::default().file("views/a.html", b"").0].concat();
    assert!(refusal(&zstd(&hidden)).starts_with(trailing), "{}", refusal(&zstd(&hidden)));
    let second_frame = [zstd(&whole), zstd(&whole)].concat();
    assert!(refusal(&second_frame).starts_with(trailing));
    let garbage = [&zstd(&whole)[..], b"x"].concat();
    assert!(refusal(&garbage).starts_with(trailing));
    let endless_padding = [&whole[..], &vec![0; 1 << 20]].concat();
    assert!(refusal(&zstd(&endless_padding)).starts_with(trailing));
    let one_zero_block = [&Tar::minimal().0[..], &[0; 512], &Tar::minimal().0].concat();
    assert!(refusal(&zstd(&one_zero_block)).starts_with(trailing));
    // Other programs pad an archive to a record.
    let padded = [&whole[..], &[0; 6144]].concat();
    assert!(read(&zstd(&padded)).is_ok());
}

#[test]
fn damage_is_found() {
    let _case = caisson_threats::case(18, "damage is found");
    let whole = Tar::minimal();
    assert!(refusal(&zstd(&whole.0)).contains("ends without an end mark"));
    let archive = zstd(&whole.end());
    for length in 4..archive.len() {
        let message = refusal(&archive[..length]);
        assert!(message.starts_with("the package is damaged"), "{length}: {message}");
    }
    let dir = tempfile::tempdir().unwrap();
    module(dir.path());
    let archive = write(dir.path(), &dir.path().join("built.wasm"), Extras::default()).unwrap();
    for at in 0..archive.len() {
        let mut flipped = archive.clone();
        flipped[at] ^= 0x10;
        // Never a panic; and whatever still reads has another digest.
        if let Ok(package) = read(&flipped) {
            assert_ne!(package.digest, read(&archive).unwrap().digest);
        }
    }
}

#[test]
fn a_frame_that_asks_for_too_much_memory_is_refused() {
    let _case = caisson_threats::case(18, "a frame that asks for too much memory is refused");
    let mut frame = zstd::Encoder::new(Vec::new(), 3).unwrap();
    frame.window_log(27).unwrap();
    frame.write_all(&Tar::minimal().0).unwrap();
    frame.write_all(&[0; 1024]).unwrap();
    let message = refusal(&frame.finish().unwrap());
    assert!(message.starts_with("the package is damaged"), "{message}");
}
