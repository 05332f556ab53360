//! A module's data as a download: written to disk first, then sent piece by piece, so that no more than a piece is in memory and
//! what cannot be read is an answer of its own.

use std::io::{Read as _, Seek as _};

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use caisson_types::ModuleKey;
use futures::stream;

use crate::{ApiError, App};

/// Bytes of one piece.
const PIECE: usize = 64 * 1024;

pub(crate) async fn answer(app: &App, key: &ModuleKey) -> Result<Response, ApiError> {
    let folder = tempfile::tempdir().map_err(disk)?;
    app.registry().export(key, folder.path()).await?;
    let packed = tokio::task::spawn_blocking(move || {
        let mut archive = tar::Builder::new(tempfile::tempfile()?);
        archive.append_dir_all("", folder.path())?;
        let mut file = archive.into_inner()?;
        let length = file.stream_position()?;
        file.rewind()?;
        Ok::<_, std::io::Error>((file, length))
    });
    let (file, length) = packed.await.map_err(|error| disk(std::io::Error::other(error)))?.map_err(disk)?;
    let pieces = stream::try_unfold(file, |mut file| async move {
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; PIECE];
            let count = file.read(&mut piece)?;
            piece.truncate(count);
            Ok::<_, std::io::Error>((Bytes::from(piece), file))
        });
        let (piece, file) = read.await.map_err(std::io::Error::other)??;
        Ok::<_, std::io::Error>((!piece.is_empty()).then_some((piece, file)))
    });
    let name = format!("attachment; filename=\"{}-{}.tar\"", key.kind(), key.name());
    let headers = [
        (CONTENT_TYPE, "application/x-tar".to_owned()),
        (CONTENT_LENGTH, length.to_string()),
        (CONTENT_DISPOSITION, name),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

fn disk(error: std::io::Error) -> ApiError {
    caisson_registry::RegistryError::Export(error).into()
}
