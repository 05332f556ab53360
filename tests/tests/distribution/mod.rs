//! Packages on their way: to a registry and from it, and from an address, through the command line, the API and the page.

mod address;
mod registry;
mod sbom;
mod token;

use std::path::{Path, PathBuf};

use caisson_tests::support::publisher::complaint;
use caisson_tests::support::{Admin, puppet};
use reqwest::multipart::Form;
use sha2::{Digest, Sha256};

/// A package of the puppet in a file.
fn package(folder: &Path, version: &str) -> PathBuf {
    puppet::package("puppet", version).unwrap().save(folder, &format!("puppet-{version}.caisson")).unwrap()
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

/// What the API says of an address that it does not take a package from: field and message.
async fn refused(admin: &Admin, address: &str, digest: Option<&str>) -> (String, String) {
    let mut form = Form::new().text("address", address.to_owned());
    if let Some(digest) = digest {
        form = form.text("digest", digest.to_owned());
    }
    complaint(admin.api.upload_form("/modules", form).await.unwrap()).unwrap()
}
