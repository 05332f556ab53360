//! Something happened that others may hear of. Grant: one for each event of `[capabilities.events] publishes`.
//!
//! An event is called `<type>/<module>.<name>`, so that no module can publish another's, or the panel's.

mod host;
