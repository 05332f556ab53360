//! The reference of the contract: `wit/` in Markdown, interface by interface.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, ensure};
use wit_bindgen_core::wit_parser::{
    Docs, Function, Handle, Interface, InterfaceId, Resolve, Type, TypeDef, TypeDefKind, TypeId, TypeOwner,
    WorldItem,
};

use super::{anchor, cell};

const BEFORE: &str = "\
What a module may import from the host, and what it may export. [The manifest](manifest.md) asks for what needs a grant. Functions answer
at once: the contract is synchronous. A function that fails answers an error of the type beside it; nothing but running out of the
call's budget ends a call. Texts are UTF-8, documents are JSON as text, money is in the currency's smallest unit.

";

pub(super) fn render(wit: &Path) -> anyhow::Result<String> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(wit)?;
    let package = &resolve.packages[package];
    let (mut imports, mut exports) = (BTreeSet::new(), BTreeSet::new());
    for world in package.worlds.values() {
        imports.extend(interfaces(resolve.worlds[*world].imports.values()));
        exports.extend(interfaces(resolve.worlds[*world].exports.values()));
    }
    let (mut host, mut module, mut words) = (Vec::new(), Vec::new(), Vec::new());
    for (name, id) in &package.interfaces {
        let interface = &resolve.interfaces[*id];
        let group = match (interface.functions.is_empty(), imports.contains(id)) {
            (true, _) => &mut words,
            (false, true) => &mut host,
            (false, false) => {
                ensure!(exports.contains(id), "no world has the interface {name}");
                &mut module
            }
        };
        group.push((name.as_str(), interface));
    }
    for group in [&mut host, &mut module, &mut words] {
        group.sort_by_key(|(name, _)| *name);
    }
    let mut text = format!("# The contract `{}`\n\n{BEFORE}", package.name);
    let groups =
        [("What the host offers", host), ("What a module exports", module), ("Words of both", words)];
    for (title, group) in &groups {
        let links = group.iter().map(|(name, _)| format!("[`{name}`](#{})", anchor(name)));
        writeln!(text, "- {title}: {}", links.collect::<Vec<_>>().join(", "))?;
    }
    writeln!(text, "- [Worlds](#worlds)\n")?;
    for (title, group) in groups {
        writeln!(text, "## {title}\n")?;
        for (name, interface) in group {
            section(&mut text, &resolve, name, interface)?;
        }
    }
    writeln!(
        text,
        "## Worlds\n\nA module of a type imports and exports what its world names; an export that it does not need may be missing.\n"
    )?;
    writeln!(text, "| World | Imports | Exports |\n|---|---|---|")?;
    for (name, id) in &package.worlds {
        let of = |items: BTreeSet<InterfaceId>| {
            let names = items.into_iter().filter_map(|id| resolve.interfaces[id].name.as_deref());
            let names = names
                .filter(|name| *name != "types")
                .map(|name| format!("`{name}`"))
                .collect::<BTreeSet<_>>();
            names.into_iter().collect::<Vec<_>>().join(", ")
        };
        let world = &resolve.worlds[*id];
        let (imports, exports) = (interfaces(world.imports.values()), interfaces(world.exports.values()));
        writeln!(text, "| `{name}` | {} | {} |", of(imports), of(exports))?;
    }
    Ok(text)
}

fn interfaces<'w>(items: impl Iterator<Item = &'w WorldItem>) -> BTreeSet<InterfaceId> {
    let id = |item: &WorldItem| match item {
        WorldItem::Interface { id, .. } => Some(*id),
        _ => None,
    };
    items.filter_map(id).collect()
}

fn said(docs: &Docs) -> Option<&str> {
    docs.contents.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

fn section(text: &mut String, resolve: &Resolve, name: &str, interface: &Interface) -> anyhow::Result<()> {
    let docs = said(&interface.docs)
        .with_context(|| format!("wit/{name}.wit does not say what the interface is"))?;
    writeln!(text, "### `{name}`\n\n{docs}\n")?;
    for function in interface.functions.values() {
        let docs = said(&function.docs);
        let docs =
            docs.with_context(|| format!("wit/{name}.wit does not say what {} does", function.name))?;
        writeln!(
            text,
            "#### `{name}.{}`\n\n```wit\n{}\n```\n\n{docs}\n",
            function.name,
            signature(resolve, function)
        )?;
        if let Some(error) = error(resolve, function) {
            writeln!(text, "Fails with {error}.\n")?;
        }
    }
    for (word, id) in &interface.types {
        define(text, resolve, name, word, &resolve.types[*id])?;
    }
    Ok(())
}

fn signature(resolve: &Resolve, function: &Function) -> String {
    let parameters =
        function.params.iter().map(|param| format!("{}: {}", param.name, type_name(resolve, &param.ty)));
    let result = function.result.as_ref().map(|result| format!(" -> {}", type_name(resolve, result)));
    let parameters = parameters.collect::<Vec<_>>().join(", ");
    format!("{}: func({parameters}){}", function.name, result.unwrap_or_default())
}

/// A link to the type that a function fails with.
fn error(resolve: &Resolve, function: &Function) -> Option<String> {
    let Type::Id(id) = function.result? else { return None };
    let TypeDefKind::Result(result) = &resolve.types[id].kind else { return None };
    let Type::Id(error) = result.err? else { return None };
    let (interface, name) = home(resolve, error)?;
    Some(format!("[`{interface}.{name}`](#{})", anchor(&format!("{interface}.{name}"))))
}

/// The interface that defines a type, and its name there.
fn home(resolve: &Resolve, id: TypeId) -> Option<(&str, &str)> {
    let definition = &resolve.types[id];
    if let TypeDefKind::Type(Type::Id(other)) = definition.kind {
        return home(resolve, other);
    }
    let TypeOwner::Interface(interface) = definition.owner else { return None };
    Some((resolve.interfaces[interface].name.as_deref()?, definition.name.as_deref()?))
}

/// A type of the interface's own; what it takes from another stands there.
fn define(
    text: &mut String,
    resolve: &Resolve,
    interface: &str,
    name: &str,
    definition: &TypeDef,
) -> anyhow::Result<()> {
    let rows: Vec<(String, &Docs)> = match &definition.kind {
        TypeDefKind::Type(Type::Id(other)) if home(resolve, *other).is_some() => return Ok(()),
        TypeDefKind::Record(record) => {
            let fields = record.fields.iter();
            fields
                .map(|field| (format!("{}: {}", field.name, type_name(resolve, &field.ty)), &field.docs))
                .collect()
        }
        TypeDefKind::Variant(variant) => {
            let payload =
                |ty: &Option<Type>| ty.map_or(String::new(), |ty| format!("({})", type_name(resolve, &ty)));
            variant
                .cases
                .iter()
                .map(|case| (format!("{}{}", case.name, payload(&case.ty)), &case.docs))
                .collect()
        }
        TypeDefKind::Enum(words) => words.cases.iter().map(|case| (case.name.clone(), &case.docs)).collect(),
        TypeDefKind::Flags(flags) => flags.flags.iter().map(|flag| (flag.name.clone(), &flag.docs)).collect(),
        _ => Vec::new(),
    };
    let what = match &definition.kind {
        TypeDefKind::Record(_) => "A record.",
        TypeDefKind::Variant(_) => "One of these.",
        TypeDefKind::Enum(_) => "One of these words.",
        TypeDefKind::Flags(_) => "Any of these words.",
        _ => "",
    };
    writeln!(text, "#### `{interface}.{name}`\n")?;
    match (said(&definition.docs), what) {
        (Some(docs), _) => writeln!(text, "{docs}\n")?,
        (None, "") => {}
        (None, what) => writeln!(text, "{what}\n")?,
    }
    if rows.is_empty() {
        writeln!(text, "```wit\ntype {name} = {}\n```\n", kind_name(resolve, &definition.kind))?;
    } else if rows.iter().all(|(_, docs)| said(docs).is_none())
        && matches!(definition.kind, TypeDefKind::Enum(_))
    {
        let words = rows.iter().map(|(word, _)| format!("`{word}`"));
        writeln!(text, "{}\n", words.collect::<Vec<_>>().join(", "))?;
    } else {
        let head = if matches!(definition.kind, TypeDefKind::Record(_)) { "Field" } else { "Case" };
        writeln!(text, "| {head} | What |\n|---|---|")?;
        for (row, docs) in rows {
            writeln!(text, "| `{row}` | {} |", cell(said(docs).unwrap_or_default()))?;
        }
        writeln!(text)?;
    }
    Ok(())
}

fn type_name(resolve: &Resolve, ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::Id(id) => match resolve.types[*id].name.as_deref() {
            Some(name) => name.to_owned(),
            None => kind_name(resolve, &resolve.types[*id].kind),
        },
        other => format!("{other:?}").to_lowercase(),
    }
}

fn kind_name(resolve: &Resolve, kind: &TypeDefKind) -> String {
    let name = |ty: &Type| type_name(resolve, ty);
    match kind {
        TypeDefKind::Option(ty) => format!("option<{}>", name(ty)),
        TypeDefKind::List(ty) => format!("list<{}>", name(ty)),
        TypeDefKind::Tuple(tuple) => {
            format!("tuple<{}>", tuple.types.iter().map(name).collect::<Vec<_>>().join(", "))
        }
        TypeDefKind::Result(result) => match (&result.ok, &result.err) {
            (Some(ok), Some(err)) => format!("result<{}, {}>", name(ok), name(err)),
            (None, Some(err)) => format!("result<_, {}>", name(err)),
            (Some(ok), None) => format!("result<{}>", name(ok)),
            (None, None) => "result".to_owned(),
        },
        TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => name(&Type::Id(*id)),
        TypeDefKind::Type(ty) => name(ty),
        other => other.as_str().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(wit: &str) -> anyhow::Result<String> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("clock.wit"), wit)?;
        render(folder.path())
    }

    const WIT: &str = "package a:b@0.1.0;\n/// Time.\ninterface clock {\n/// Why not.\nvariant error { late(u32), other }\n\
        /// The time there.\nnow: func(zone: option<string>) -> result<tuple<u8, u8>, error>;\n}\nworld w { import clock; }\n";

    #[test]
    fn a_function_comes_with_its_signature_its_words_and_its_error() {
        let text = rendered(WIT).unwrap();
        for part in [
            "#### `clock.now`",
            "now: func(zone: option<string>) -> result<tuple<u8, u8>, error>",
            "The time there.\n\nFails with [`clock.error`](#clockerror).",
            "| `late(u32)` |  |",
            "| `w` | `clock` |  |",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn what_is_not_documented_is_refused() {
        let error = rendered(&WIT.replace("/// The time there.\n", "")).unwrap_err().to_string();
        assert_eq!(error, "wit/clock.wit does not say what now does");
        let error = rendered(&WIT.replace("/// Time.\n", "")).unwrap_err().to_string();
        assert_eq!(error, "wit/clock.wit does not say what the interface is");
    }
}
