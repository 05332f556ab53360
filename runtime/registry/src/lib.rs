//! Packages installed, verified, approved, activated; what a module declared.
