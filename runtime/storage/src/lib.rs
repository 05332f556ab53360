//! State: pools, migrations, repositories, the task store, the vault.
