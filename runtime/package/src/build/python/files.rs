//! Files as the interpreter sees them while a module is loaded: what is in them, and nothing of when they were written and where.
//!
//! What a program asks of a file stays in its memory, and its memory becomes the component. A checkout is not a change.

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::filesystem::{WasiFilesystemCtxView, WasiFilesystemView as _};
use wasmtime_wasi::p2::FsResult;
use wasmtime_wasi::p2::bindings::sync::filesystem::types::{
    Descriptor, DescriptorStat, DescriptorType, ErrorCode, Host as _, HostDescriptor as _, MetadataHashValue,
    PathFlags,
};

use super::load::State;

/// As `wasmtime_wasi` names it, which the interpreter's older version of it is answered by.
const TYPES: &str = "wasi:filesystem/types@0.2.12";

type Answer<T> = wasmtime::Result<(Result<T, ErrorCode>,)>;

/// Answers what is asked about files in place of what `linker` has.
pub(super) fn plain(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let mut types = linker.instance(TYPES)?;
    types.func_wrap(
        "[method]descriptor.stat",
        |mut store: StoreContextMut<'_, State>, (file,): (Resource<Descriptor>,)| {
            let mut files = store.data_mut().filesystem();
            let found = files.stat(file);
            answer(&mut files, found.map(without_place))
        },
    )?;
    types.func_wrap(
        "[method]descriptor.stat-at",
        |mut store: StoreContextMut<'_, State>,
         (folder, flags, path): (Resource<Descriptor>, PathFlags, String)| {
            let mut files = store.data_mut().filesystem();
            let found = files.stat_at(folder, flags, path);
            answer(&mut files, found.map(without_place))
        },
    )?;
    types.func_wrap(
        "[method]descriptor.metadata-hash",
        |mut store: StoreContextMut<'_, State>, (file,): (Resource<Descriptor>,)| {
            let mut files = store.data_mut().filesystem();
            let found = files.metadata_hash(file);
            answer(&mut files, found.map(|_| NUMBER))
        },
    )?;
    types.func_wrap(
        "[method]descriptor.metadata-hash-at",
        |mut store: StoreContextMut<'_, State>,
         (folder, flags, path): (Resource<Descriptor>, PathFlags, String)| {
            let mut files = store.data_mut().filesystem();
            let found = files.metadata_hash_at(folder, flags, path);
            answer(&mut files, found.map(|_| NUMBER))
        },
    )
}

/// Every file's: the interpreter calls it an inode.
const NUMBER: MetadataHashValue = MetadataHashValue { lower: 1, upper: 0 };

fn without_place(found: DescriptorStat) -> DescriptorStat {
    // A folder's size is the file system's own affair.
    let size = if found.type_ == DescriptorType::Directory { 0 } else { found.size };
    DescriptorStat {
        type_: found.type_,
        link_count: 1,
        size,
        data_access_timestamp: None,
        data_modification_timestamp: None,
        status_change_timestamp: None,
    }
}

fn answer<T>(files: &mut WasiFilesystemCtxView<'_>, found: FsResult<T>) -> Answer<T> {
    Ok((match found {
        Ok(found) => Ok(found),
        Err(error) => Err(files.convert_error_code(error)?),
    },))
}
