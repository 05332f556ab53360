//! Jobs and events as a module reads them.

use serde::de::DeserializeOwned;

use crate::{Event, Gateway, Job, NotificationChannel, Result, data};

impl Job {
    /// What the task was queued with.
    ///
    /// # Errors
    /// A problem where it is of another shape than `T`.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T> {
        data::read("job", &self.payload)
    }
}

impl Event {
    /// What the event carries.
    ///
    /// # Errors
    /// A problem where it is of another shape than `T`.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T> {
        data::read("event", &self.payload)
    }
}

impl Gateway {
    /// The settings of this gateway.
    ///
    /// # Errors
    /// A problem where they are of another shape than `T`.
    pub fn settings<T: DeserializeOwned>(&self) -> Result<T> {
        data::read("gateway settings", &self.settings)
    }
}

impl NotificationChannel {
    /// The settings of this channel.
    ///
    /// # Errors
    /// A problem where they are of another shape than `T`.
    pub fn settings<T: DeserializeOwned>(&self) -> Result<T> {
        data::read("channel settings", &self.settings)
    }
}
