//! What can be done with a service: each verb is queued as a task, and the task runs the module's job for it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::tasks::{self, Task};
use crate::{Data, Job, Problem, ProductModule, ProvisionStatus, Result, Service, log, services};

/// What can be done with a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Create,
    Suspend,
    Unsuspend,
    Terminate,
    ChangePackage,
}

impl Verb {
    const ALL: [Self; 5] =
        [Self::Create, Self::Suspend, Self::Unsuspend, Self::Terminate, Self::ChangePackage];

    /// The word, which is also the name of its job.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Suspend => "suspend",
            Self::Unsuspend => "unsuspend",
            Self::Terminate => "terminate",
            Self::ChangePackage => "change-package",
        }
    }

    /// The verb whose job has that name.
    #[must_use]
    pub fn of_job(method: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.as_str() == method)
    }

    /// The task that verbs are queued as: bound to the service, which is shown as processing from the same moment on, and
    /// queued once however often it is asked for. Three tries, since a provider that is down is the usual failure.
    fn task(self, service: &Service) -> Task {
        tasks::add(self.as_str())
            .service(&service.id)
            .status(ProvisionStatus::Processing)
            .unique(format!("{}:{}", self.as_str(), service.id))
            .tag(self.as_str())
            .tries(3)
            .backoff(10)
    }
}

/// What the job of [`Verb::ChangePackage`] is given.
#[derive(Serialize, Deserialize)]
struct PackageChange<T> {
    previous: T,
    /// Whether the service was suspended when the change was asked for: it is again when the change is done.
    suspended: bool,
}

/// Queues a verb's job, as the verb itself does: for a module whose verb looks at something first, and refuses at once.
///
/// # Errors
/// See [`Task::queue`].
pub fn queue<M: ProductModule>(verb: Verb, service: &Service) -> Result<()> {
    M::tune_task(verb, verb.task(service)).queue().map(drop)
}

/// As [`queue`], for the change to what `service.product_data` says already.
///
/// # Errors
/// See [`Task::queue`].
pub fn queue_change<M: ProductModule>(service: &Service, previous: &str) -> Result<()> {
    let previous: &RawValue = serde_json::from_str(previous)
        .map_err(|_| Problem::internal("The panel gave no readable product data."))?;
    let suspended = service.status == ProvisionStatus::Suspended;
    let task = Verb::ChangePackage.task(service).payload(&PackageChange { previous, suspended });
    M::tune_task(Verb::ChangePackage, task).queue().map(drop)
}

/// Runs a verb's job and sets the status that it leads to, unless the module has set one.
pub(crate) fn run<M: ProductModule>(verb: Verb, job: &Job) -> Result<Data> {
    let service = job
        .service
        .as_ref()
        .ok_or_else(|| Problem::new(400, format!("The job '{}' needs a service.", job.method)))?;
    match work::<M>(verb, service, job) {
        Ok(status) => {
            if !services::status_was_set(&service.id) {
                services::set_status(&service.id, status)?;
            }
            log::info(verb.as_str(), &service.id, "done");
            Ok(Data::empty())
        }
        Err(problem) => {
            log::error(verb.as_str(), &service.id, &problem.message);
            Err(problem)
        }
    }
}

fn work<M: ProductModule>(verb: Verb, service: &Service, job: &Job) -> Result<ProvisionStatus> {
    match verb {
        Verb::Create => M::create_job(service).map(|()| ProvisionStatus::Completed),
        Verb::Suspend => M::suspend_job(service).map(|()| ProvisionStatus::Suspended),
        Verb::Unsuspend => M::unsuspend_job(service).map(|()| ProvisionStatus::Completed),
        Verb::Terminate => M::terminate_job(service).map(|()| ProvisionStatus::Terminated),
        Verb::ChangePackage => {
            let change = read_change::<M::ProductData>(job)?;
            M::change_package_job(service, &change.previous)?;
            Ok(if change.suspended { ProvisionStatus::Suspended } else { ProvisionStatus::Completed })
        }
    }
}

fn read_change<T: DeserializeOwned>(job: &Job) -> Result<PackageChange<T>> {
    job.payload()
}
