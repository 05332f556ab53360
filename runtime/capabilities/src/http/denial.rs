use caisson_types::manifest::Method;

use super::egress;
use crate::Granted;
use crate::bindings::caisson::module::types::Denied;

/// Tells "not asked for" from "not approved".
pub(super) fn explain(granted: &Granted, url: &str, method: Method, grant: String, reason: String) -> Denied {
    let waiting = url::Url::parse(url).ok().and_then(|url| {
        let unapproved = granted.http_unapproved.iter();
        unapproved.filter(|rule| egress::covers(rule, &url, method)).map(|rule| rule.grant.to_string()).next()
    });
    match waiting {
        Some(grant) => Denied {
            grant,
            reason: "An administrator has not approved this host; it is on the module's Permissions page."
                .to_owned(),
        },
        None => Denied { grant, reason },
    }
}
