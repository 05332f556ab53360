//! What tests of host functions share: a certificate authority, a name server, and a call without a guest.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use caisson_storage::tables::{Tables, TablesConfig};
use caisson_storage::testing::TestDb;
use caisson_storage::vault::Vault;
use caisson_storage::{Conn, Db};
use caisson_types::{
    Budget, Budgets, InvoiceId, Manifest, ModuleKey, Money, ProvisionStatus, Secret, ServiceId, TaskId,
};
use hickory_resolver::proto::op::{Message, OpCode};
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Map, Value};
use tokio::net::UdpSocket;

use crate::CpuClock;
use crate::http::egress::{Egress, EgressConfig};
use crate::i18n::Strings;
use crate::ports::{
    InvoiceView, PaymentError, PaymentReport, PaymentsPort, PortError, Recorded, ServicePage, ServiceView,
    ServicesPort, TaskRequest, TasksPort,
};
use crate::state::{Behind, CallContext, CallSetup, Host};
use crate::{CallState, Granted, HostCall, Settings};

/// An authority that nobody but a test trusts.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    root: CertificateDer<'static>,
}

/// A certificate and its key, in PEM.
pub(crate) struct Leaf {
    pub(crate) certificate: String,
    pub(crate) key: String,
    der: CertificateDer<'static>,
    key_der: PrivateKeyDer<'static>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let root = params.self_signed(&key).unwrap().der().clone();
        Self { issuer: Issuer::new(params, key), root }
    }

    pub(crate) fn root(&self) -> CertificateDer<'static> {
        self.root.clone()
    }

    /// For `name`, from long ago until `end`.
    pub(crate) fn leaf(&self, name: &str, end: SystemTime) -> Leaf {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = end.into();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Leaf {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            der: certificate.der().clone(),
            key_der: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        }
    }
}

impl Leaf {
    pub(crate) fn acceptor(self) -> tokio_rustls::TlsAcceptor {
        let config = rustls::ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![self.der], self.key_der)
            .unwrap();
        Arc::new(config).into()
    }
}

pub(crate) fn in_days(days: i64) -> SystemTime {
    let seconds = Duration::from_secs(days.unsigned_abs() * 24 * 60 * 60);
    if days < 0 { SystemTime::now() - seconds } else { SystemTime::now() + seconds }
}

/// Answers for these names, and that there is none for others.
pub(crate) async fn name_server(names: &[(&str, &[&str])]) -> SocketAddr {
    let names: HashMap<String, Vec<IpAddr>> = names
        .iter()
        .map(|(name, addresses)| {
            (format!("{name}."), addresses.iter().map(|one| one.parse().unwrap()).collect())
        })
        .collect();
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut bytes = [0; 2048];
        while let Ok((length, from)) = socket.recv_from(&mut bytes).await {
            let Ok(asked) = Message::from_vec(&bytes[..length]) else { continue };
            let mut answer = Message::response(asked.metadata.id, OpCode::Query);
            for query in asked.queries {
                for address in names.get(&query.name().to_string()).into_iter().flatten() {
                    let data = match address {
                        IpAddr::V4(v4) if query.query_type() == RecordType::A => RData::A((*v4).into()),
                        IpAddr::V6(v6) if query.query_type() == RecordType::AAAA => RData::AAAA((*v6).into()),
                        _ => continue,
                    };
                    answer.add_answer(Record::from_rdata(query.name().clone(), 0, data));
                }
                answer.add_query(query);
            }
            socket.send_to(&answer.to_vec().unwrap(), from).await.ok();
        }
    });
    address
}

/// A call of a module, described by what matters to the test.
pub(crate) struct Call {
    /// The manifest behind its `[module]` table.
    pub(crate) manifest: String,
    pub(crate) settings: Value,
    pub(crate) secrets: Vec<(&'static str, &'static str)>,
    /// Whether an administrator approved what the manifest asks for.
    pub(crate) approved: bool,
    pub(crate) budget: Budget,
    pub(crate) egress: EgressConfig,
}

impl Call {
    pub(crate) fn new(manifest: impl Into<String>) -> Self {
        Self {
            manifest: manifest.into(),
            settings: Value::Object(Map::new()),
            secrets: Vec::new(),
            approved: true,
            budget: caisson_types::Budgets::default().page,
            egress: EgressConfig::default(),
        }
    }

    pub(crate) fn open(mut self, port: u16) -> Self {
        self.egress.allow_private.push(format!("127.0.0.1:{port}").parse().unwrap());
        self
    }

    pub(crate) async fn begin(self) -> Begun {
        rustls::crypto::ring::default_provider().install_default().ok();
        let head = "contract = \"0.1.0\"\n[module]\nname = \"test\"\ntype = \"notification\"\nversion = \"1.0.0\"\n\
                    title = \"Test\"\ndescription = \"Tests.\"\nauthor = \"Test\"\n";
        let manifest = Manifest::parse(&format!("{head}{}", self.manifest)).unwrap();
        let Value::Object(values) = self.settings else { panic!("settings are an object") };
        let secrets: BTreeMap<_, _> = self
            .secrets
            .iter()
            .map(|(key, value)| ((*key).to_owned(), Secret::new((*value).to_owned())))
            .collect();
        let settings = Settings { config: Map::new(), values, secrets };
        let approved: HashSet<_> = match self.approved {
            true => manifest.requests().into_iter().map(|request| request.id).collect(),
            false => HashSet::new(),
        };
        let granted = Granted::compile(&manifest, &approved, &settings);
        let behind = Behind {
            module: manifest.key(),
            version: caisson_types::VersionId::new(),
            granted,
            settings,
            secret_service_keys: HashSet::new(),
            permissions: HashSet::new(),
            strings: Strings::default(),
        };
        let db = caisson_storage::testing::sqlite().await;
        let state = state(&db, self.egress, behind, self.budget).await;
        Begun { state, _db: db }
    }
}

/// A call, and the database behind it.
pub(crate) struct Begun {
    state: CallState,
    _db: TestDb,
}

impl Begun {
    pub(crate) fn into_state(self) -> CallState {
        self.state
    }
}

impl Deref for Begun {
    type Target = CallState;

    fn deref(&self) -> &CallState {
        &self.state
    }
}

impl DerefMut for Begun {
    fn deref_mut(&mut self) -> &mut CallState {
        &mut self.state
    }
}

/// What stands behind the calls of a module that was granted nothing and says nothing.
pub(crate) fn behind(module: &str) -> Behind {
    Behind {
        module: module.parse().unwrap(),
        version: caisson_types::VersionId::new(),
        granted: Granted::default(),
        settings: Settings::default(),
        secret_service_keys: HashSet::new(),
        permissions: HashSet::new(),
        strings: Strings::default(),
    }
}

/// A call that nobody in particular made.
pub(crate) async fn call(db: &Db, behind: Behind) -> CallState {
    state(db, EgressConfig::default(), behind, Budgets::default().page).await
}

async fn state(db: &Db, egress: EgressConfig, behind: Behind, budget: Budget) -> CallState {
    let tables = Tables::new(db.clone(), TablesConfig::default()).await.unwrap();
    let host = Host {
        egress: Egress::new(egress).unwrap(),
        services: Arc::new(Nothing),
        tasks: Arc::new(Nothing),
        payments: Arc::new(Nothing),
        tables: Arc::new(tables),
        vault: Arc::new(Vault::new(Secret::new(vec![7; 32])).unwrap()),
    };
    CallState::new(CallSetup {
        host: Arc::new(host),
        behind: Arc::new(behind),
        context: CallContext::default(),
        budget,
        wasi: false,
        cpu: Arc::new(CpuClock::new()),
    })
}

/// What the inspector would show.
pub(crate) fn trace(call: Begun) -> Vec<HostCall> {
    call.state.finish().host_calls
}

/// A panel without services and without a queue.
struct Nothing;

#[async_trait]
impl ServicesPort for Nothing {
    async fn get(&self, _: &mut Conn, _: &ModuleKey, _: ServiceId) -> Result<ServiceView, PortError> {
        Err(PortError::Missing)
    }

    async fn list(
        &self,
        _: &mut Conn,
        _: &ModuleKey,
        _: Option<ProvisionStatus>,
        _: Option<ServiceId>,
        _: u32,
    ) -> Result<ServicePage, PortError> {
        Ok(ServicePage::default())
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
        Err(PortError::Missing)
    }

    async fn merge_data(
        &self,
        _: &mut Conn,
        _: &ModuleKey,
        _: ServiceId,
        _: Map<String, Value>,
        _: &HashSet<String>,
    ) -> Result<(), PortError> {
        Err(PortError::Missing)
    }
}

#[async_trait]
impl TasksPort for Nothing {
    async fn add(&self, _: &mut Conn, _: &ModuleKey, _: TaskRequest) -> Result<TaskId, PortError> {
        Err(PortError::Missing)
    }

    async fn cancel(&self, _: &mut Conn, _: &ModuleKey, _: TaskId) -> Result<(), PortError> {
        Err(PortError::Missing)
    }

    async fn progress(
        &self,
        _: &mut Conn,
        _: &ModuleKey,
        _: TaskId,
        _: u8,
        _: &str,
    ) -> Result<(), PortError> {
        Err(PortError::Missing)
    }
}

#[async_trait]
impl PaymentsPort for Nothing {
    async fn invoice(&self, _: &mut Conn, _: &ModuleKey, _: InvoiceId) -> Result<InvoiceView, PaymentError> {
        Err(PaymentError::Missing)
    }

    async fn record_payment(
        &self,
        _: &mut Conn,
        _: &ModuleKey,
        _: PaymentReport,
        _: u8,
    ) -> Result<Recorded, PaymentError> {
        Err(PaymentError::Missing)
    }

    async fn record_failure(
        &self,
        _: &mut Conn,
        _: &ModuleKey,
        _: InvoiceId,
        _: &str,
        _: &str,
        _: u8,
    ) -> Result<Recorded, PaymentError> {
        Err(PaymentError::Missing)
    }

    async fn record_refund(
        &self,
        _: &mut Conn,
        _: &ModuleKey,
        _: &str,
        _: &str,
        _: Money,
        _: u8,
    ) -> Result<Recorded, PaymentError> {
        Err(PaymentError::Missing)
    }
}
