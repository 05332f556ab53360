//! The stand-in hosting API by itself, to develop a module against.

use std::net::SocketAddr;

use caisson_tests::fakes::HostingApi;
use clap::Parser;

/// A hosting provider's API on loopback, with faults that can be switched on while it runs.
#[derive(Parser)]
struct Arguments {
    /// Where the API listens.
    #[arg(long, default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
    /// Where it is controlled: GET /accounts, GET /requests, POST and DELETE /faults, GET /held, POST /release.
    #[arg(long, default_value = "127.0.0.1:8082")]
    control: SocketAddr,
    /// The key that callers send as `Authorization: Bearer`.
    #[arg(long, default_value = "demo-key")]
    key: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let api = HostingApi::start_on(arguments.listen, &arguments.key).await?;
    println!("API      {}/v1", api.url());
    println!("key      {}", api.key());
    println!("control  http://{}", arguments.control);
    tokio::select! {
        served = api.serve_control(arguments.control) => served,
        signal = tokio::signal::ctrl_c() => Ok(signal?),
    }
}
