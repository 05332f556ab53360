//! Work for later. Grant: `tasks = true`. The queue itself is behind [`TasksPort`](crate::ports::TasksPort): a task and the
//! service's status that goes with it are stored in one transaction.

mod host;
