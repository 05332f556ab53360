//! Module packages: the archive format, its checks, and how guests are built.
