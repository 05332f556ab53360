use caisson_registry::{Listed, ListedVersion, Part};
use minijinja::{Value as ViewValue, context};
use serde_json::{Value, json};

use super::super::error::PageError;
use super::super::lists::Asked;
use super::super::ui::AdminUi;
use super::module_install::signed;
use crate::view::data;

/// All versions, and what one of them is made of where somebody asked.
pub(super) async fn tab(ui: &AdminUi, module: &Listed, query: &Asked) -> Result<ViewValue, PageError> {
    let asked = query.get("parts");
    let asked = module.versions.iter().find(|version| asked == Some(version.version.to_string().as_str()));
    let parts = match asked {
        Some(version) => {
            let sbom = ui.app.registry().sbom(version.id).await?;
            let row = |part: Part| {
                json!({
                    "name": part.name, "version": part.version, "licence": part.licence,
                    "builds": part.only_for_building,
                })
            };
            let rows = sbom.map(|sbom| sbom.parts().into_iter().map(row).collect::<Vec<_>>());
            json!({ "version": version.version.to_string(), "rows": rows.unwrap_or_default() })
        }
        None => Value::Null,
    };
    Ok(context! { versions => data(versions(module)), parts => data(parts) })
}

fn versions(module: &Listed) -> Vec<Value> {
    let row = |version: &ListedVersion| {
        json!({
            "id": version.id, "version": version.version.to_string(), "digest": version.digest,
            "installed_at": version.installed_at.0, "approved_at": version.approved_at.map(|at| at.0),
            "active": Some(version.id) == module.active, "signed": signed(version),
        })
    };
    module.versions.iter().map(row).collect()
}
