use anyhow::bail;
use caisson_storage::admins::{self, Admin};
use caisson_storage::tokens::{self, Token};
use caisson_storage::{Conn, StorageError, audit};
use caisson_types::{AdminId, Secret, Timestamp, TokenId};
use caisson_web::auth::{hash_password, hash_token, new_token};
use clap::Subcommand;

use crate::config::Config;
use crate::parts;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make an administrator.
    Create {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        /// 12 to 200 characters. In the environment it is not seen by other users of the machine.
        #[arg(long, env = "CAISSON_ADMIN_PASSWORD", hide_env_values = true)]
        password: String,
        /// Also make an API token, and print it once.
        #[arg(long)]
        token: bool,
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    let Command::Create { email, name, password, token, json } = command;
    let email = email.trim().to_lowercase();
    if !caisson_types::manifest::looks_like_email(&email) {
        bail!("'{email}' is not an e-mail address, such as ada@example.com");
    }
    let name = name.trim().to_owned();
    if !(1..=100).contains(&name.chars().count()) {
        bail!("an administrator's name has 1 to 100 characters, and not {}", name.chars().count());
    }
    let db = parts::database(config).await?;
    let password_hash = hash_password(Secret::new(password)).await?;
    let mut tx = db.begin().await?;
    let admin = create(&mut tx, email, name, password_hash).await?;
    let secret = if token {
        let secret = new_token();
        let row = Token {
            id: TokenId::new(),
            admin_id: admin.id,
            name: "made on the command line".to_owned(),
            hash: hash_token(secret.expose()),
            created_at: admin.created_at,
            last_used_at: None,
            expires_at: None,
        };
        tokens::insert(&mut tx, &row).await?;
        Some(secret)
    } else {
        None
    };
    tx.commit().await?;
    let secret = secret.as_ref().map(Secret::expose);
    if json {
        println!("{}", serde_json::json!({ "id": admin.id, "email": admin.email, "token": secret }));
    } else {
        println!("Administrator {} is there.", admin.email);
        if let Some(secret) = secret {
            println!("API token, shown this once: {secret}");
        }
    }
    db.close().await;
    Ok(())
}

/// Makes one, where the e-mail address is nobody's yet.
pub(super) async fn create(
    conn: &mut Conn,
    email: String,
    name: String,
    password_hash: Secret<String>,
) -> anyhow::Result<Admin> {
    let (id, created_at) = (AdminId::new(), Timestamp::now());
    let admin = Admin { id, email, name, phone: None, password_hash, locale: "en".to_owned(), created_at };
    match admins::insert(conn, &admin).await {
        Err(StorageError::Unique(_)) => {
            bail!("an administrator with the e-mail address {} is there already; choose another", admin.email)
        }
        other => other?,
    }
    let detail = serde_json::json!({ "email": admin.email });
    audit::append(conn, "command line", "admin.create", &admin.id.to_string(), &detail).await?;
    Ok(admin)
}
