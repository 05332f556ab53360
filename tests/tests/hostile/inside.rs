//! What can only be seen from inside: every export by its type, a host that panics, calls that are dropped halfway.

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use async_trait::async_trait;
use caisson_billing::Ports;
use caisson_capabilities::contract::{exports as wit, types};
use caisson_capabilities::http::egress::{Egress, EgressConfig};
use caisson_capabilities::ports::{PortError, ServicePage, ServiceView, ServicesPort};
use caisson_capabilities::{CallContext, Host, Limit};
use caisson_registry::{Active, Registry};
use caisson_sandbox::exports::{admin, client_area, hooks, jobs, lifecycle, product, settings};
use caisson_sandbox::{
    CallError, Compiler, EngineConfig, Export, Failure, Recorder, RecorderConfig, Sandbox, SandboxConfig,
};
use caisson_storage::tables::{Tables, TablesConfig};
use caisson_storage::{Conn, Db, FsPackages, Vault};
use caisson_tests::support::archive::Archive;
use caisson_tests::support::{caisson_program, puppet, repository};
use caisson_types::{Budgets, ModuleKey, ProvisionStatus, Secret, ServiceId};
use serde_json::{Map, Value, json};
use wit_component::{StringEncoding, embed_component_metadata};
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{Resolve, WorldItem};

/// Slots for calls: few, so that one that is not given back is missed.
const INSTANCES: u32 = 2;

/// The panel's own way, from the registry down, in this process.
struct Inside {
    registry: Registry,
    _folder: tempfile::TempDir,
}

impl Inside {
    async fn new(services: Option<Arc<dyn ServicesPort>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db =
            Db::connect(&format!("sqlite:{}", folder.path().join("panel.db").display()), 4).await.unwrap();
        db.migrate().await.unwrap();
        let vault = Arc::new(Vault::new(Secret::new(vec![7; 32])).unwrap());
        let ports = Arc::new(Ports::new(Arc::clone(&vault), db.signal().clone()));
        let host = Arc::new(Host {
            tables: Arc::new(Tables::new(db.clone(), TablesConfig::default()).await.unwrap()),
            egress: Egress::new(EgressConfig::default()).unwrap(),
            services: services.unwrap_or_else(|| ports.clone()),
            tasks: ports.clone(),
            payments: ports,
            vault: Arc::clone(&vault),
        });
        let sandbox = SandboxConfig {
            engine: EngineConfig { instances: INSTANCES, ..EngineConfig::default() },
            cache: folder.path().join("artefacts"),
            key: vault.derive("artefact-cache"),
            compiler: Compiler::new(caisson_program().unwrap(), ["compile-component".to_owned()]),
        };
        let recorder = Recorder::start(db.clone(), RecorderConfig::default(), None);
        let sandbox = Arc::new(Sandbox::new(sandbox, host, recorder).unwrap());
        let packages = FsPackages::new(folder.path().join("packages"));
        let registry = Registry::new(db, packages, sandbox, vault, Budgets::default());
        Self { registry, _folder: folder }
    }

    async fn install(&self, package: Vec<u8>) -> Arc<Active> {
        let installed = self.registry.install(package, "test").await.unwrap();
        let asked = self.registry.asked(installed.id).await.unwrap();
        let grants: Vec<_> = asked.into_iter().map(|asked| asked.request.id).collect();
        self.registry.approve(installed.id, &grants, None, "test").await.unwrap();
        self.registry.activate(installed.id, "test").await.unwrap()
    }

    /// Calls an export that loops, and sees that it is ended for that.
    async fn ends<P, R>(&self, active: &Active, export: &Export<P, R>, name: &str, parameters: P)
    where
        P: caisson_sandbox::Parameters,
        R: caisson_sandbox::Answer,
    {
        let _case = caisson_threats::case(1, format!("a loop in {name}"));
        let ended = self.registry.call(active, CallContext::default(), export, parameters).await.err();
        let expected = CallError::Failure(Failure::Exhausted(Limit::Cpu));
        assert_eq!(ended, Some(expected), "{name}");
        // It would be quarantined before the last of them.
        self.registry.release(&active.key, "test").await.unwrap();
    }

    /// Plays a script of the puppet.
    async fn play(&self, steps: Value) -> Result<Value, String> {
        let key: ModuleKey = "product/puppet".parse().unwrap();
        let Value::Object(form) = json!({ "script": steps.to_string() }) else { unreachable!() };
        let answer = self.registry.test_connection(&key, form).await.map_err(|error| error.to_string())?;
        Ok(serde_json::from_str(&answer).unwrap())
    }
}

#[tokio::test]
async fn a_loop_in_any_export_is_ended() {
    let inside = Inside::new(None).await;
    let text = "contract = \"0.1.0\"\n[module]\nname = \"loops\"\ntype = \"product\"\nversion = \"1.0.0\"\ntitle = \"Loops\"\n\
                description = \"Loops.\"\nauthor = \"Caisson\"\n[capabilities.budget]\npage-cpu-ms = 30\n";
    let archive = Archive::default().with("module.toml", text).with("component.wasm", looping());
    let active = inside.install(archive.bytes().unwrap()).await;
    let text = String::new;
    let job = || wit::jobs::Job {
        id: text(),
        method: text(),
        payload: text(),
        attempt: 1,
        service: Some(service()),
    };
    let event = || wit::hooks::Event { id: text(), name: text(), payload: text() };
    macro_rules! ended {
        ($($export:path: ($($parameter:expr),*),)+) => {
            $(inside.ends(&active, &$export, stringify!($export), ($($parameter,)*)).await;)+
        };
    }
    ended! {
        lifecycle::DEACTIVATE: (),
        lifecycle::UPDATE: (text()),
        jobs::RUN: (job()),
        hooks::ON_EVENT: (event()),
        admin::HANDLE: (text(), request()),
        settings::SAVE: (text()),
        settings::PAGE: (text()),
        settings::TEST_CONNECTION: (text()),
        product::GET_PRODUCT_DATA: (text()),
        product::SAVE_PRODUCT_DATA: (text()),
        product::PRODUCT_PAGE: (text()),
        product::GET_SERVICE_DATA: (text()),
        product::SAVE_SERVICE_DATA: (text()),
        product::SERVICE_PAGE: (service()),
        product::CREATE: (service()),
        product::SUSPEND: (service()),
        product::UNSUSPEND: (service()),
        product::TERMINATE: (service()),
        product::CHANGE_PACKAGE: (service(), text()),
        product::RUN_ACTION: (text(), service()),
        product::SINGLE_SIGN_ON: (service()),
        product::USAGE: (service()),
        client_area::VARIABLES: (text(), service(), request()),
        client_area::HANDLE: (text(), service(), request()),
        client_area::HANDLE_STATIC: (text(), request()),
    }
}

/// A port of the host that is broken.
struct Broken;

#[async_trait]
impl ServicesPort for Broken {
    async fn get(&self, _: &mut Conn, _: &ModuleKey, _: ServiceId) -> Result<ServiceView, PortError> {
        panic!("broken on purpose")
    }

    async fn list(
        &self,
        _: &mut Conn,
        _: &ModuleKey,
        _: Option<ProvisionStatus>,
        _: Option<ServiceId>,
        _: u32,
    ) -> Result<ServicePage, PortError> {
        tokio::task::yield_now().await;
        panic!("broken on purpose, after a while")
    }

    async fn set_provision_status(
        &self,
        _: &mut Conn,
        _: &ModuleKey,
        _: ServiceId,
        _: ProvisionStatus,
        _: Option<String>,
        _: u8,
    ) -> Result<(), PortError> {
        panic!("broken on purpose")
    }

    async fn merge_data(
        &self,
        _: &mut Conn,
        _: &ModuleKey,
        _: ServiceId,
        _: Map<String, Value>,
        _: &HashSet<String>,
    ) -> Result<(), PortError> {
        panic!("broken on purpose")
    }
}

#[tokio::test]
async fn a_panic_of_the_host_ends_one_call() {
    let inside = Inside::new(Some(Arc::new(Broken))).await;
    inside.install(puppet::package("puppet", "1.0.0").unwrap().bytes().unwrap()).await;
    let put = |name: &str| json!({ "op": "db.put", "name": name, "value": 1 });
    let id = "01a1fc93-2b24-7758-97df-36120d605173";
    for (number, call) in [
        json!({ "op": "services.list" }),
        json!({ "op": "services.get", "id": id }),
        json!({ "op": "services.set", "id": id, "data": {} }),
    ]
    .into_iter()
    .enumerate()
    {
        let _case = caisson_threats::case(14, format!("a panic in {}", call["op"])).and(16);
        let name = format!("half {number}");
        // More often than there are slots: each is given back.
        for _ in 0..=INSTANCES {
            let steps = json!([{ "op": "transaction", "do": { "op": "all", "do": [put(&name), call] } }]);
            let told = inside.play(steps).await.unwrap_err();
            assert!(told.contains("the panel made a mistake"), "{told}");
            assert!(!told.contains("on purpose"), "{told}");
        }
        let name = format!("whole {number}");
        inside.play(json!([put(&name)])).await.unwrap();
    }
    let names = inside.play(json!([{ "op": "db.names" }])).await.unwrap();
    assert_eq!(names, json!([["whole 0", "whole 1", "whole 2"]]));
}

/// Polls a future so often, and drops it then.
struct Dropped<F> {
    inner: Pin<Box<F>>,
    polls: usize,
}

impl<F: Future> Future for Dropped<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.inner.as_mut().poll(context).map(Some)
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_at_any_await_leaves_nothing_half_done() {
    let inside = Inside::new(None).await;
    inside.install(puppet::package("puppet", "1.0.0").unwrap().bytes().unwrap()).await;
    let put = |name: String| json!({ "op": "db.put", "name": name, "value": 1 });
    // How often a call waits is the database's affair, and another in each round: the rounds go on until enough were dropped.
    let (mut number, mut dropped) = (0, 0);
    for round in 0.. {
        assert!(round < 50, "{dropped} calls of {number} were dropped after they had begun");
        for polls in 0.. {
            let _case =
                caisson_threats::case(13, format!("a call dropped after {polls} polls, round {round}"));
            number += 1;
            let both = json!([
                put(format!("one {number}")),
                { "op": "tasks.add", "do": [] },
                { "op": "events.dispatch", "name": "sung", "payload": {} },
                put(format!("other {number}")),
            ]);
            let call = inside.play(json!([{ "op": "transaction", "do": { "op": "all", "do": both } }]));
            let ended = Dropped { inner: Box::pin(call), polls }.await;
            twins(&inside).await;
            if let Some(ended) = ended {
                ended.unwrap();
                break;
            }
            dropped += usize::from(polls > 0);
        }
        if dropped >= 10 {
            break;
        }
    }
}

/// Every row that stands has the one that was written with it.
async fn twins(inside: &Inside) {
    let names = inside.play(json!([{ "op": "db.names" }])).await.unwrap();
    let names: Vec<&str> = names[0].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    for name in &names {
        let twin = match name.split_once(' ') {
            Some(("one", number)) => format!("other {number}"),
            Some((_, number)) => format!("one {number}"),
            None => unreachable!(),
        };
        assert!(names.contains(&twin.as_str()), "{name} stands without {twin}");
    }
}

fn service() -> types::Service {
    let text = String::new;
    let client = types::Client { id: text(), email: text(), name: text(), locale: text(), currency: text() };
    types::Service {
        id: text(),
        client,
        product_id: text(),
        status: types::ProvisionStatus::Pending,
        product_data: text(),
        service_data: text(),
    }
}

fn request() -> types::Request {
    types::Request {
        method: types::HttpMethod::Get,
        path: String::new(),
        params: Vec::new(),
        query: Vec::new(),
        form: Vec::new(),
        headers: Vec::new(),
        body: Vec::new(),
        actor: types::Actor {
            role: types::Role::System,
            id: None,
            permissions: Vec::new(),
            locale: "en".to_owned(),
        },
    }
}

/// A component whose every export never returns, but for the one that must once.
fn looping() -> Vec<u8> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(repository().join("wit")).unwrap();
    let world = resolve.select_world(&[package], Some("product-module")).unwrap();
    let mut functions = String::new();
    for (key, item) in &resolve.worlds[world].exports {
        let WorldItem::Interface { id, .. } = item else { continue };
        for (name, function) in &resolve.interfaces[*id].functions {
            let signature = resolve.wasm_signature(AbiVariant::GuestExport, function);
            let types = |types: &[WasmType]| {
                types.iter().map(|one| super::edges::core(*one)).collect::<Vec<_>>().join(" ")
            };
            let typed =
                format!("(param {}) (result {})", types(&signature.params), types(&signature.results));
            let typed = typed.replace("(param )", "").replace("(result )", "");
            let export = format!("{}#{name}", resolve.name_world_key(key));
            let body = match name.as_str() {
                "activate" => "(i32.const 1024)",
                _ => "(loop $again (br $again)) (unreachable)",
            };
            functions += &format!("(func (export \"{export}\") {typed} {body})\n");
        }
    }
    let realloc = "(func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) (i32.const 4096))";
    let text = format!("(module (memory (export \"memory\") 1) {functions} {realloc})");
    let mut module = wat::parse_str(&text).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    caisson_package::build::componentize(&module).unwrap().bytes
}
