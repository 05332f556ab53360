//! Values of the manifest's `[config]` and of the saved settings. Needs no grant; secrets are never answered.

mod host;
