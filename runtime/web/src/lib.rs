//! The panel over HTTP: administration, client area, API.
