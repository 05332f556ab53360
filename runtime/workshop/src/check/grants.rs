//! What the component needs, against what the manifest asks for, against what it promises.

use caisson_package::ComponentError;
use caisson_package::component::inspect;
use caisson_types::Manifest;
use caisson_types::manifest::{
    Capabilities, DatabaseRequest, EventsRequest, HostPattern, HttpRequest, MailRequest, ProbeRequest,
};

use super::codes::Code;
use super::finding::Finding;
use super::subject::Subject;

/// Interfaces that the manifest asks for by name.
const ASKED: [&str; 10] = [
    "cache",
    "database",
    "events",
    "http",
    "mail",
    "notifications",
    "payments",
    "probe",
    "services",
    "tasks",
];

/// What is asked for, whatever the component is.
pub(super) fn requests(subject: &Subject, manifest: &Manifest, findings: &mut Vec<Finding>) {
    let capabilities = &manifest.capabilities;
    let mut line =
        |table: &str, index: usize, host: Option<&HostPattern>, reason: Option<&String>, plain: bool| {
            let at = subject.table_line(&format!("capabilities.{table}"), index);
            let mut told = |code, message: String, mend: &str| {
                findings.push(Finding::new(code, message, mend).at(Manifest::FILE_NAME, at));
            };
            if let Some(host) = host.filter(|host| host.is_wildcard()) {
                let mend = "name the hosts that the module calls, or take them from a setting";
                told(Code::WideHost, format!("'{host}' is every host below that name"), mend);
            }
            if plain {
                let message = "plain HTTP can be read and changed on the way".to_owned();
                told(Code::PlainHttp, message, "use https, or take the address from a setting");
            }
            if reason.is_none_or(|reason| reason.trim().is_empty()) {
                let mend = "add `reason = \"…\"`, one sentence for whoever approves it";
                told(Code::NoReason, format!("[[capabilities.{table}]] says no reason"), mend);
            }
        };
    for (index, http) in capabilities.http.iter().enumerate() {
        line(
            "http",
            index,
            http.host.as_ref(),
            http.reason.as_ref(),
            http.from.is_none() && http.scheme == "http",
        );
    }
    for (index, mail) in capabilities.mail.iter().enumerate() {
        line("mail", index, mail.host.as_ref(), mail.reason.as_ref(), false);
    }
    for (index, probe) in capabilities.probe.iter().enumerate() {
        line("probe", index, probe.host.as_ref(), probe.reason.as_ref(), false);
    }
    if let (Some(schedule), false) = (manifest.schedules.first(), capabilities.tasks) {
        let message = format!("the schedule '{}' comes round as a task, so it never does", schedule.name);
        let mend = "add `tasks = true` under [capabilities]";
        let at = subject.table_line("schedules", 0);
        findings.push(Finding::new(Code::IdleSchedule, message, mend).at(Manifest::FILE_NAME, at));
    }
    if subject.frames && !capabilities.frames {
        let message = "views/frames/ holds scripts of the module's own, which the manifest does not ask for";
        let mend = "add `frames = true` under [capabilities]";
        findings.push(Finding::new(Code::UndeclaredFrames, message, mend).at(Manifest::FILE_NAME, None));
    }
    if capabilities.frames && !subject.frames {
        unused(subject, "frames", "views/frames/ holds nothing", findings);
    }
}

/// Judges the component, and says whether it may be compiled.
pub(super) fn component(
    subject: &Subject,
    manifest: &Manifest,
    component: &[u8],
    findings: &mut Vec<Finding>,
) -> bool {
    // What is found missing is let through the next time, so that all of it is told at once.
    let mut judged = manifest.clone();
    let inspected = loop {
        match inspect(component, &judged) {
            Ok(inspected) => break inspected,
            Err(error) => {
                let told = error.to_string();
                let (code, mend, goes_on) = match &error {
                    ComponentError::UndeclaredImport { import, .. } => {
                        (Code::UndeclaredImport, "", ask(&mut judged.capabilities, import))
                    }
                    ComponentError::MissingExport { export, .. } => (
                        Code::MissingExport,
                        "export it, or take away what promises it",
                        unpromise(&mut judged, export),
                    ),
                    _ => (Code::ComponentRefused, "", false),
                };
                findings.push(Finding::new(code, told, mend).at(Manifest::FILE_NAME, None));
                if !goes_on {
                    return false;
                }
            }
        }
    };
    let capabilities = &manifest.capabilities;
    let nothing = Capabilities::default();
    for name in ASKED {
        // Who only listens to events imports nothing, nor does one whose only tasks are what its schedules come round as.
        let needs_none = match name {
            "events" => capabilities.events.as_ref().is_some_and(|events| events.publishes.is_empty()),
            "tasks" => !manifest.schedules.is_empty(),
            _ => false,
        };
        let asked = capabilities.declares(name) && !nothing.declares(name) && !needs_none;
        let imported = inspected.imports.iter().any(|import| {
            import.starts_with(&format!("caisson:module/{name}@"))
                || (name == "http" && import.starts_with("wasi:http/outgoing-handler@"))
        });
        if asked && !imported {
            unused(subject, name, "the component never imports it", findings);
        }
    }
    true
}

fn unused(subject: &Subject, name: &str, why: &str, findings: &mut Vec<Finding>) {
    findings.push(
        Finding::new(
            Code::UnusedRequest,
            format!("the manifest asks for '{name}', and {why}"),
            "take the request away: administrators grant what they are asked for",
        )
        .at(Manifest::FILE_NAME, subject.key_line(name)),
    );
}

/// Asks for an interface; false where that is not what is missing.
fn ask(capabilities: &mut Capabilities, import: &str) -> bool {
    let interface = import.rsplit_once('/').map_or(import, |(_, name)| name);
    let name = match interface.split('@').next().unwrap_or_default() {
        _ if import.starts_with("wasi:http/") => "http",
        name => name,
    };
    if capabilities.declares(name) {
        return false;
    }
    match name {
        "cache" => capabilities.cache = true,
        "notifications" => capabilities.notifications = true,
        "payments" => capabilities.payments = true,
        "services" => capabilities.services = true,
        "tasks" => capabilities.tasks = true,
        "database" => capabilities.database = Some(DatabaseRequest { tables: Vec::new() }),
        "events" => capabilities.events = Some(EventsRequest::default()),
        "http" => capabilities.http.push(HttpRequest {
            from: None,
            host: None,
            scheme: "https".to_owned(),
            port: None,
            methods: Vec::new(),
            secrets: Vec::new(),
            ca: None,
            reason: None,
        }),
        "mail" => capabilities.mail.push(MailRequest {
            from: None,
            host: None,
            port: None,
            port_from: None,
            secrets: Vec::new(),
            reason: None,
        }),
        "probe" => {
            capabilities.probe.push(ProbeRequest {
                from: None,
                host: None,
                port: None,
                port_from: None,
                reason: None,
            });
        }
        _ => return false,
    }
    true
}

/// Takes away what promises an export; false where the type itself does.
fn unpromise(manifest: &mut Manifest, export: &str) -> bool {
    let interface = export.rsplit_once('/').map_or(export, |(_, name)| name);
    match interface.split('@').next().unwrap_or_default() {
        "client-area" => {
            manifest.client.tabs.clear();
            manifest.client.actions.clear();
        }
        "admin" => {
            manifest.admin.routes.clear();
            manifest.admin.api.clear();
        }
        "hooks" => {
            if let Some(events) = &mut manifest.capabilities.events {
                events.subscribes.clear();
            }
        }
        _ => return false,
    }
    true
}
