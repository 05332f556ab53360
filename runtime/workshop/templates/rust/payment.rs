//! Tells clients how to pay an invoice by hand.

use caisson_guest::{
    Gateway, Invoice, Module, PaymentModule, Problem, Request, Response, Result, Verification, View, config, json,
};
use serde::{Deserialize, Serialize};

struct __Type__;

#[derive(Serialize, Deserialize)]
struct Settings {
    instructions: String,
}

impl Module for __Type__ {
    type Settings = Settings;
}

impl PaymentModule for __Type__ {
    fn checkout(_gateway: &Gateway, invoice: &Invoice) -> Result<View> {
        let instructions: String = config::require("settings.instructions")?;
        View::new("checkout", &json!({ "number": invoice.number, "instructions": instructions }))
    }

    fn webhook(_gateway: &Gateway, _request: &Request, _verification: &Verification) -> Result<Response> {
        Err(Problem::not_found("Nobody calls this module back."))
    }

    fn returned(_gateway: &Gateway, _request: &Request) -> Result<Response> {
        Ok(Response::text("Thank you. The invoice is paid once the money has arrived."))
    }
}

caisson_guest::export!(payment: __Type__);
