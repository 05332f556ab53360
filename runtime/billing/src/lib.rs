//! Clients, catalogue, services and the verbs that provision them.
