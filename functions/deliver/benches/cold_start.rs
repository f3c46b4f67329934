//! How long the bootstrap that ships takes from the start of its process to the first `/next`, and how large it is.
//!
//! `cargo bench -p deliver`. The floor is `/bin/true` started the same way in the same run: what a process costs here.
#![expect(clippy::print_stdout, clippy::expect_used, reason = "a benchmark prints, and stops where it can't measure")]

use std::io::Read as _;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 31;

fn main() {
    let bootstrap = env!("CARGO_BIN_EXE_deliver");
    let (mut starts, mut floors) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        starts.push(start(bootstrap));
        floors.push(floor());
    }
    let size_bytes = std::fs::metadata(bootstrap).expect("the bootstrap is built").len();
    println!("bootstrap: {:.1} MB", size_bytes as f64 / 1e6);
    println!("process start to first /next: median {:.1} ms (of {RUNS})", median(&mut starts));
    println!("process start to exit of /bin/true: median {:.1} ms", median(&mut floors));
}

fn start(bootstrap: &str) -> Duration {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let started = Instant::now();
    let mut child = Command::new(bootstrap)
        .env_clear()
        .envs([
            ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", "deliver"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            ("AWS_REGION", "ap-northeast-1"),
            ("AWS_ACCESS_KEY_ID", "none"),
            ("AWS_SECRET_ACCESS_KEY", "none"),
            ("RENKEI_BUCKET", "bench"),
            ("RENKEI_OFFICES_TABLE", "bench"),
            ("RENKEI_LEDGER_TABLE", "bench"),
            ("RENKEI_SECRET", "0123456789abcdef0123456789abcdef"),
            ("RENKEI_DAILY_QUOTA", "1000"),
        ])
        .stdout(Stdio::null())
        .spawn()
        .expect("the bootstrap starts");
    let (mut connection, _) = listener.accept().expect("the bootstrap connects");
    let mut line = [0; 64];
    let read = connection.read(&mut line).expect("it asks");
    let took = started.elapsed();
    assert!(line.get(..read).is_some_and(|line| line.starts_with(b"GET /2018-06-01/runtime/invocation/next")), "it asks for an event");
    child.kill().expect("it ends");
    child.wait().expect("it ended");
    took
}

fn floor() -> Duration {
    let started = Instant::now();
    Command::new("/bin/true").env_clear().status().expect("it runs");
    started.elapsed()
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default().as_secs_f64() * 1e3
}
