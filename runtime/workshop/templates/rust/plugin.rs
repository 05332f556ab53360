//! Counts who looks at its page.

use caisson_guest::{Module, NoFields, PluginModule, Problem, Request, Response, Result, View, db, json};

struct __Type__;

impl Module for __Type__ {
    type Settings = NoFields;

    fn activate() -> Result<()> {
        db::schema::create("visits", |table| {
            table.id();
            table.text("page");
            table.timestamps();
        })
    }

    fn admin(route: &str, request: &Request) -> Result<Response> {
        if route != "home" {
            return Err(Problem::not_found(format!("This module has no page '{route}'.")));
        }
        db::table("visits").insert(&json!({ "page": request.path }))?;
        let shown = json!({ "visits": db::table("visits").count()? });
        Ok(Response::view(View::new("admin_area/home", &shown)?))
    }
}

impl PluginModule for __Type__ {}

caisson_guest::export!(plugin: __Type__);
