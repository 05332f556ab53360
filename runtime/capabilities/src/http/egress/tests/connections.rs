use tokio::sync::watch;

use super::*;

#[tokio::test]
async fn connections_are_kept_between_requests_of_one_module_only() {
    let _case = caisson_threats::case(36, "connections are kept between requests of one module only");
    let (place, connections) = keeping_server("127.0.0.1:0").await;
    let egress = open(place.port());
    let rules = [rule(Scheme::Http, "127.0.0.1", place.port())];
    let ask = async |module: &str, connect: u64| {
        let timeouts = Timeouts::whole(Duration::from_secs(connect), Duration::from_secs(5));
        let asked = Request { timeouts, ..request(&format!("http://{place}/")) };
        egress.send(module, &rules, asked, &mut || Ok(())).await.unwrap();
    };
    // However patient each request is.
    for connect in 1..=5 {
        ask("product/one", connect).await;
    }
    ask("product/two", 1).await;
    ask("product/one", 1).await;
    ask("product/two", 1).await;
    assert_eq!(*connections.lock().unwrap(), [6, 2]);
}

#[tokio::test]
async fn one_modules_many_hosts_do_not_push_out_a_neighbours_connections() {
    let _case = caisson_threats::case(31, "one modules many hosts do not push out a neighbours connections");
    let (place, connections) = keeping_server("127.0.0.1:0").await;
    let port = place.port();
    install_provider();
    let names =
        (0..100).map(|index| (format!("h{index}.wide.test"), Answers::rounds(&["127.0.0.1"]))).collect();
    let allow_private = vec![format!("127.0.0.1:{port}").parse().unwrap()];
    let nameserver = Some(name_server(names).await);
    let egress = Egress::new(EgressConfig { allow_private, nameserver, ..EgressConfig::default() }).unwrap();
    let rules = [rule(Scheme::Http, "*.wide.test", port)];
    let ask = async |module: &str, host: usize| {
        let asked = request(&format!("http://h{host}.wide.test:{port}/"));
        egress.send(module, &rules, asked, &mut || Ok(())).await.unwrap();
    };
    ask("product/neighbour", 0).await;
    for host in 0..100 {
        ask("product/wide", host).await;
    }
    assert!(egress.0.clients.count() <= 40, "{}", egress.0.clients.count());
    ask("product/neighbour", 0).await;
    ask("product/wide", 99).await;
    ask("product/wide", 0).await;
    let connections = connections.lock().unwrap();
    // The neighbour's first is used again, so is the last one, and the oldest is gone.
    assert_eq!((connections[0], connections[100], connections.len()), (2, 2, 102));
}

#[tokio::test]
async fn a_connection_that_does_not_come_about_ends_the_request_in_its_own_time() {
    // Taken by the system, never by TLS.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let egress = open(port);
    let rules = [rule(Scheme::Https, "127.0.0.1", port)];
    let timeouts = Timeouts::whole(Duration::from_millis(100), Duration::from_secs(30));
    let asked = Request { timeouts, ..request(&format!("https://127.0.0.1:{port}/")) };
    let began = Instant::now();
    assert_eq!(send(&egress, &rules, asked).await.unwrap_err(), EgressError::Timeout);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

/// Answers when it is told to, and says how many wait.
async fn holding_server() -> (u16, watch::Receiver<usize>, watch::Sender<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (count, waiting) = watch::channel(0);
    let (release, released) = watch::channel(false);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (count, mut released) = (count.clone(), released.clone());
            tokio::spawn(async move {
                let mut head = vec![0; 4096];
                while let Ok(1..) = stream.read(&mut head).await {
                    count.send_modify(|count| *count += 1);
                    released.wait_for(|released| *released).await.unwrap();
                    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").await.ok();
                }
            });
        }
    });
    (port, waiting, release)
}

#[tokio::test]
async fn a_flood_waits_for_its_turns_and_leaves_the_neighbour_alone() {
    let _case = caisson_threats::case(31, "a flood waits for its turns and leaves the neighbour alone");
    let (port, mut waiting, release) = holding_server().await;
    let (place, _) = keeping_server("127.0.0.1:0").await;
    install_provider();
    let allow_private = [port, place.port()].map(|port| format!("127.0.0.1:{port}").parse().unwrap()).into();
    let egress = Egress::new(EgressConfig { allow_private, ..EgressConfig::default() }).unwrap();
    let turns = EgressConfig::default().max_concurrent_per_module;
    let rules = [rule(Scheme::Http, "127.0.0.1", port), rule(Scheme::Http, "127.0.0.1", place.port())];
    let timeouts = Timeouts::whole(Duration::from_secs(2), Duration::from_secs(30));
    let flood: Vec<_> = (0..turns * 10)
        .map(|_| {
            let (egress, rules) = (egress.clone(), rules.clone());
            let asked = Request { timeouts, ..request(&format!("http://127.0.0.1:{port}/")) };
            tokio::spawn(async move { egress.send("product/flood", &rules, asked, &mut || Ok(())).await })
        })
        .collect();
    waiting.wait_for(|waiting| *waiting == turns).await.unwrap();
    // A neighbour is served at once, while the flood's next request waits as long as it may, and no longer.
    let began = Instant::now();
    for _ in 0..20 {
        let asked = request(&format!("http://{place}/"));
        egress.send("product/neighbour", &rules, asked, &mut || Ok(())).await.unwrap();
    }
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let timeouts = Timeouts::whole(Duration::from_secs(2), Duration::from_millis(100));
    let asked = Request { timeouts, ..request(&format!("http://{place}/")) };
    let refused = egress.send("product/flood", &rules, asked, &mut || Ok(())).await.unwrap_err();
    assert_eq!((refused, *waiting.borrow()), (EgressError::Timeout, turns));
    release.send(true).unwrap();
    for one in flood {
        assert_eq!(one.await.unwrap().unwrap().body, "hi");
    }
    assert_eq!(*waiting.borrow(), turns * 10);
}

#[tokio::test]
async fn an_answer_holds_its_turn_until_it_is_read_or_dropped() {
    let (place, _) = keeping_server("127.0.0.1:0").await;
    install_provider();
    let allow_private = vec![format!("{place}").parse().unwrap()];
    let config = EgressConfig { allow_private, max_concurrent_per_module: 1, ..EgressConfig::default() };
    let egress = Egress::new(config).unwrap();
    let rules = [rule(Scheme::Http, "127.0.0.1", place.port())];
    let ask = async |within: Duration| {
        let timeouts = Timeouts::whole(Duration::from_secs(2), within);
        let asked = Request { timeouts, ..request(&format!("http://{place}/")) };
        egress.open("product/test", &rules, asked, &mut || Ok(())).await
    };
    let first = ask(Duration::from_secs(5)).await.unwrap();
    assert_eq!(ask(Duration::from_millis(100)).await.err(), Some(EgressError::Timeout));
    assert_eq!(first.body.collect().await.unwrap(), "hi");
    let second = ask(Duration::from_secs(5)).await.unwrap();
    drop(second);
    ask(Duration::from_secs(5)).await.unwrap();
}
