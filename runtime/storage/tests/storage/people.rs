//! Administrators, tokens, sessions, attempts, clients.

use caisson_storage::sessions::{Principal, Session};
use caisson_storage::testing::databases;
use caisson_storage::tokens::Token;
use caisson_storage::{Optional as _, PageQuery, StorageError};
use caisson_storage::{admins, clients, sessions, throttle, tokens};
use caisson_types::{AdminId, ClientId, Secret, Timestamp, TokenId};
use serde_json::json;

use crate::support::{admin, client};

#[tokio::test]
async fn an_administrator_is_found_by_any_spelling_of_the_address() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        assert_eq!(admins::count(&mut conn).await.unwrap(), 0);
        let mut ada = admin("Ada@Example.org");
        admins::insert(&mut conn, &ada).await.unwrap();
        ada.email = "ada@example.org".to_owned();
        assert_eq!(admins::by_email(&mut conn, "ADA@example.ORG").await.unwrap(), ada);
        assert_eq!(admins::by_id(&mut conn, ada.id).await.unwrap(), ada);

        let error = admins::insert(&mut conn, &admin("aDA@example.org")).await.unwrap_err();
        assert!(matches!(&error, StorageError::Unique(what) if what.contains("e-mail")), "{error:?}");

        let hash = Secret::new("other".to_owned());
        admins::set_password(&mut conn, ada.id, &hash).await.unwrap();
        assert_eq!(admins::list(&mut conn).await.unwrap()[0].password_hash, hash);
        let nobody = admins::set_password(&mut conn, AdminId::new(), &hash).await;
        assert!(matches!(nobody, Err(StorageError::Missing)));
        assert_eq!(admins::by_email(&mut conn, "nobody").await.optional().unwrap(), None);
    }
}

#[tokio::test]
async fn a_token_goes_with_its_administrator() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let ada = admin("ada@example.org");
        let mut token = Token {
            id: TokenId::new(),
            admin_id: ada.id,
            name: "ci".to_owned(),
            hash: "abc".to_owned(),
            created_at: Timestamp(1),
            last_used_at: None,
            expires_at: Some(Timestamp(9)),
        };
        let orphan = tokens::insert(&mut conn, &token).await;
        assert!(matches!(orphan, Err(StorageError::ForeignKey)), "{}", db.name());

        admins::insert(&mut conn, &ada).await.unwrap();
        tokens::insert(&mut conn, &token).await.unwrap();
        tokens::touch(&mut conn, token.id, Timestamp(5)).await.unwrap();
        token.last_used_at = Some(Timestamp(5));
        assert_eq!(tokens::by_hash(&mut conn, "abc").await.unwrap(), token);
        assert_eq!(tokens::list_of(&mut conn, ada.id).await.unwrap(), [token.clone()]);
        tokens::delete(&mut conn, token.id).await.unwrap();
        assert!(matches!(tokens::delete(&mut conn, token.id).await, Err(StorageError::Missing)));
    }
}

fn session(token_hash: &str, principal: Principal) -> Session {
    Session {
        token_hash: token_hash.to_owned(),
        principal,
        csrf: "csrf".to_owned(),
        created_at: Timestamp(1),
        seen_at: Timestamp(1),
        expires_at: Timestamp(100),
        data: json!({}),
    }
}

#[tokio::test]
async fn sessions_are_kept_ended_and_purged() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let (admin, client) = (Principal::Admin(AdminId::new()), Principal::Client(ClientId::new()));
        for (hash, principal) in
            [("a1", admin), ("a2", admin), ("c", client), ("x", Principal::Client(ClientId::new()))]
        {
            sessions::insert(&mut conn, &session(hash, principal)).await.unwrap();
            assert_eq!(sessions::by_hash(&mut conn, hash).await.unwrap(), session(hash, principal));
        }
        sessions::set_data(&mut conn, "c", &json!({ "flash": "Saved." })).await.unwrap();
        sessions::touch(&mut conn, "c", Timestamp(50), Timestamp(200)).await.unwrap();
        let kept = sessions::by_hash(&mut conn, "c").await.unwrap();
        assert_eq!((kept.seen_at, &kept.data["flash"]), (Timestamp(50), &json!("Saved.")));

        assert_eq!(sessions::delete_all_of(&mut conn, admin).await.unwrap(), 2);
        assert_eq!(sessions::purge_expired(&mut conn, Timestamp(100)).await.unwrap(), 1);
        sessions::delete(&mut conn, "c").await.unwrap();
        assert!(matches!(sessions::by_hash(&mut conn, "c").await, Err(StorageError::Missing)));
    }
}

#[tokio::test]
async fn attempts_are_counted_per_key_and_window() {
    let _case = caisson_threats::case(43, "attempts are counted per key and window");
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        for (key, at) in [("a", 1), ("a", 5), ("a", 9), ("b", 9)] {
            throttle::record(&mut conn, key, Timestamp(at)).await.unwrap();
        }
        assert_eq!(throttle::count_since(&mut conn, "a", Timestamp(5)).await.unwrap(), 2);
        assert_eq!(throttle::purge(&mut conn, Timestamp(5)).await.unwrap(), 1);
        throttle::clear(&mut conn, "a").await.unwrap();
        assert_eq!(throttle::count_since(&mut conn, "a", Timestamp(0)).await.unwrap(), 0);
        assert_eq!(throttle::count_since(&mut conn, "b", Timestamp(0)).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn clients_are_searched_and_paged() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let mut rows = Vec::new();
        for (email, name) in [("a@x.org", "Anna"), ("B@x.org", "Bert 100%"), ("c@y.org", "Cora")] {
            let client = client(email, name);
            clients::insert(&mut conn, &client).await.unwrap();
            rows.push(client);
        }
        let mut names = async |search: Option<&str>, offset, limit| {
            let query = PageQuery { search: search.map(str::to_owned), offset, limit, order: None };
            let page = clients::page(&mut conn, &query).await.unwrap();
            (page.items.into_iter().map(|client| client.name).collect::<Vec<_>>(), page.total)
        };
        assert_eq!(names(None, 1, 1).await, (vec!["Bert 100%".to_owned()], 3));
        assert_eq!(names(Some("X.ORG"), 0, 10).await.1, 2);
        assert_eq!(names(Some("100%"), 0, 10).await.1, 1);
        assert_eq!(names(Some("%"), 0, 10).await.1, 1, "a wildcard stands for itself");
        assert_eq!(names(Some("o_g"), 0, 10).await.1, 0, "and so does the other");

        let mut cora = rows.pop().unwrap();
        cora.name = "Cora C.".to_owned();
        cora.email = "A@x.org".to_owned();
        assert!(matches!(clients::update(&mut conn, &cora).await, Err(StorageError::Unique(_))));
        cora.email = "cora@y.org".to_owned();
        clients::update(&mut conn, &cora).await.unwrap();
        let hash = Secret::new("hash".to_owned());
        clients::set_password(&mut conn, cora.id, &hash).await.unwrap();
        cora.password_hash = Some(hash);
        assert_eq!(clients::by_email(&mut conn, "CORA@y.org").await.unwrap(), cora);
        assert_eq!(clients::by_id(&mut conn, cora.id).await.unwrap(), cora);
    }
}
