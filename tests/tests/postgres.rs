//! The private PostgreSQL server.

use std::process::Command;

use caisson_tests::support::{Postgres, postgres_bin};

fn select(url: &str, sql: &str) -> String {
    let psql = postgres_bin().unwrap().join("psql");
    let output = Command::new(psql).args(["--no-psqlrc", "-At", "-c", sql, url]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn databases_are_separate() {
    let server = Postgres::shared().unwrap();
    let (one, two) = (server.create_database().unwrap(), server.create_database().unwrap());
    select(&one, "CREATE TABLE t (a int)");
    assert_eq!(select(&one, "SELECT count(*) FROM pg_tables WHERE tablename = 't'"), "1");
    assert_eq!(select(&two, "SELECT count(*) FROM pg_tables WHERE tablename = 't'"), "0");
}

#[test]
fn a_server_stops_with_its_handle() {
    let server = Postgres::start().unwrap();
    let url = server.url();
    assert_eq!(select(&url, "SELECT 1"), "1");
    drop(server);
    let status = Command::new(postgres_bin().unwrap().join("pg_isready")).args(["-q", "-d", &url]).status();
    assert_eq!(status.unwrap().code(), Some(2), "nobody answers");
}
