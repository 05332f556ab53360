use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

const MIB: usize = 1024 * 1024;

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn coded(coding: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-encoding: {coding}\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

async fn answer_to(port: u16, max_response_bytes: u64) -> Result<Response, EgressError> {
    let asked = Request { max_response_bytes, ..request(&format!("http://127.0.0.1:{port}/")) };
    send(&open(port), &[rule(Scheme::Http, "127.0.0.1", port)], asked).await
}

#[tokio::test]
async fn gzip_is_decoded_and_nothing_else_is() {
    let plain = b"plain ".repeat(100_000);
    let (expected, coding) = (plain.clone(), ["gzip", "GZIP", "x-gzip"]);
    for coding in coding {
        let packed = gzip(&plain);
        let (port, seen) = server(move |_| coded(coding, &packed)).await;
        let response = answer_to(port, MIB as u64).await.unwrap();
        assert!(response.body == expected, "{coding}");
        let described = ["content-encoding", "content-length"];
        assert!(!response.headers.iter().any(|(name, _)| described.contains(&name.as_str())), "{response:?}");
        assert!(seen.lock().unwrap()[0].contains("accept-encoding: gzip\r\n"));
    }
    for coding in ["br", "gzip, gzip", "identity"] {
        let (port, _) = server(move |_| coded(coding, b"as it is")).await;
        let response = answer_to(port, MIB as u64).await.unwrap();
        assert_eq!(response.body, "as it is");
        assert!(response.headers.contains(&("content-encoding".to_owned(), coding.to_owned())));
    }
    // An answer to HEAD, and one without a body, say how it would have been coded.
    let (port, _) = server(|_| coded("gzip", b"")).await;
    assert_eq!(answer_to(port, MIB as u64).await.unwrap().body, "");
}

#[tokio::test]
async fn gzip_bombs_are_cut_off_at_the_cap() {
    let _case = caisson_threats::case(30, "gzip bombs are cut off at the cap");
    let member = gzip(&vec![0; MIB]);
    // 16 KB that become 16 MiB, and half a megabyte that becomes 512.
    for members in [16, 512] {
        let bomb = member.repeat(members);
        assert!(bomb.len() < members * 1100, "{}", bomb.len());
        let (port, _) = server(move |_| coded("gzip", &bomb)).await;
        let cap = 10 * MIB as u64;
        assert_eq!(answer_to(port, cap).await.unwrap_err(), EgressError::TooLarge(cap));
    }
    // Stored blocks of nothing: no byte decoded, and no end.
    let header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let nothing = [&header[..], &[0, 0, 0, 0xff, 0xff].repeat(MIB)].concat();
    let (port, _) = server(move |_| coded("gzip", &nothing)).await;
    assert_eq!(answer_to(port, MIB as u64).await.unwrap_err(), EgressError::TooLarge(MIB as u64));
}

#[tokio::test]
async fn gzip_that_is_broken_is_an_error_and_not_a_short_answer() {
    let _case = caisson_threats::case(30, "gzip that is broken is an error and not a short answer");
    let whole = gzip(&b"plain ".repeat(1000));
    let mut flipped = whole.clone();
    let last = flipped.len() - 6;
    flipped[last] ^= 1;
    let garbage = [&whole[..], b"garbage"].concat();
    for broken in
        [whole[..whole.len() - 1].to_vec(), whole[..20].to_vec(), flipped, garbage, b"plain".to_vec()]
    {
        let (port, _) = server(move |_| coded("gzip", &broken)).await;
        let refused = answer_to(port, MIB as u64).await.unwrap_err();
        assert!(matches!(refused, EgressError::Other(_)), "{refused:?}");
    }
}

#[tokio::test]
async fn a_slow_drip_ends_at_the_deadline() {
    let _case = caisson_threats::case(30, "a slow drip ends at the deadline");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut drops = tokio::time::interval(Duration::from_millis(20));
                let mut head = vec![0; 4096];
                if stream.read(&mut head).await.is_err() {
                    return;
                }
                let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
                for byte in head.iter().copied().chain(std::iter::repeat(b'x')) {
                    if stream.write_all(&[byte]).await.is_err() {
                        return;
                    }
                    drops.tick().await;
                }
            });
        }
    });
    let rules = [rule(Scheme::Http, "127.0.0.1", port)];
    let within = |timeouts| Request { timeouts, ..request(&format!("http://127.0.0.1:{port}/")) };
    let egress = open(port);
    let second = Duration::from_secs(1);
    // In the head, in the body; each drop comes well within the time between two.
    for total in [second / 4, second * 3 / 2] {
        let began = Instant::now();
        let asked = within(Timeouts { connect: second, first_byte: total, between_bytes: second, total });
        assert_eq!(send(&egress, &rules, asked).await.unwrap_err(), EgressError::Timeout);
        assert!(began.elapsed() < total * 2 + second, "{:?}", began.elapsed());
    }
    // The head alone takes longer than it may.
    let asked = within(Timeouts {
        connect: second,
        first_byte: second / 4,
        between_bytes: second,
        total: second * 30,
    });
    assert_eq!(send(&egress, &rules, asked).await.unwrap_err(), EgressError::Timeout);
}

#[tokio::test]
async fn floods_of_headers_are_refused_either_way() {
    let _case = caisson_threats::case(11, "floods of headers are refused either way");
    let line = |length: usize| format!("x-{length}: {}\r\n", "x".repeat(length));
    let floods = [
        (0..1000).map(|index| format!("x-{index}: a\r\n")).collect::<String>(),
        line(MIB),
        line(70_000),
        (0..90).map(|_| line(1000)).collect(),
    ];
    for flood in floods {
        let (port, _) =
            server(move |_| format!("HTTP/1.1 200 OK\r\n{flood}content-length: 0\r\n\r\n").into_bytes())
                .await;
        let refused = answer_to(port, MIB as u64).await.unwrap_err();
        assert!(matches!(refused, EgressError::TooLarge(_) | EgressError::Other(_)), "{refused:?}");
    }
    let (port, seen) = server(|_| b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
    let header = |length: usize| ("x-a".to_owned(), "a".repeat(length));
    for headers in [vec![header(1); 65], vec![header(33 * 1024)], vec![header(1024); 33]] {
        let asked = Request { headers, ..request(&format!("http://127.0.0.1:{port}/")) };
        let rules = [rule(Scheme::Http, "127.0.0.1", port)];
        let refused = send(&open(port), &rules, asked).await.unwrap_err();
        assert!(matches!(refused, EgressError::Invalid(_)), "{refused:?}");
    }
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_in_the_url_stays_in_the_path() {
    let _case = caisson_threats::case(29, "what is in the url stays in the path");
    let (port, seen) = server(|_| b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
    let egress = open(port);
    let rules = [rule(Scheme::Http, "127.0.0.1", port)];
    let ask =
        async |path: &str| send(&egress, &rules, request(&format!("http://127.0.0.1:{port}{path}"))).await;
    for (path, line) in [
        ("/%0d%0aX-A:%20b", "GET /%0d%0aX-A:%20b HTTP/1.1"),
        ("/http://10.0.0.1/", "GET /http://10.0.0.1/ HTTP/1.1"),
        ("//10.0.0.1/", "GET //10.0.0.1/ HTTP/1.1"),
        ("?a=http://10.0.0.1/", "GET /?a=http://10.0.0.1/ HTTP/1.1"),
        ("/ü", "GET /%C3%BC HTTP/1.1"),
    ] {
        ask(path).await.unwrap();
        let head = seen.lock().unwrap().pop().unwrap();
        assert_eq!(head.lines().next(), Some(line));
        assert!(head.contains(&format!("\r\nhost: 127.0.0.1:{port}\r\n")), "{head}");
    }
    ask(&format!("/{}", "a".repeat(8000))).await.unwrap();
    let refused = ask(&format!("/{}", "a".repeat(8 * 1024))).await.unwrap_err();
    assert_eq!(refused, EgressError::Invalid("the URL is longer than 8 KiB".to_owned()));
}

#[tokio::test]
async fn large_slow_and_broken_answers_are_cut_off() {
    let _case = caisson_threats::case(30, "large slow and broken answers are cut off");
    let big = vec![b'x'; 2 * 1024 * 1024];
    let (port, _) = server(move |_| {
        [format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", big.len()).into_bytes(), big.clone()]
            .concat()
    })
    .await;
    let rules = |port| [rule(Scheme::Http, "127.0.0.1", port)];
    let to = |port| request(&format!("http://127.0.0.1:{port}/"));
    assert_eq!(
        send(&open(port), &rules(port), to(port)).await.unwrap_err(),
        EgressError::TooLarge(1024 * 1024)
    );

    let (port, _) = server(|_| b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_vec()).await;
    assert!(matches!(send(&open(port), &rules(port), to(port)).await, Err(EgressError::Other(_))));

    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let short =
        Request { timeouts: Timeouts::whole(Duration::from_secs(2), Duration::from_millis(200)), ..to(port) };
    assert_eq!(send(&open(port), &rules(port), short).await.unwrap_err(), EgressError::Timeout);

    drop(silent);
    assert!(matches!(send(&open(port), &rules(port), to(port)).await, Err(EgressError::Connect(_))));
}
