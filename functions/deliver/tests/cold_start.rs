//! The bootstrap's start: with all its settings it asks for events, without one of them it stops and says which.

#![expect(clippy::unwrap_used, reason = "the helpers of tests may stop at the first surprise, as tests do")]

use std::io::Read as _;
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};

use store::{QUOTA_VARIABLE, SECRET_VARIABLE, Settings};

/// The bootstrap with every setting but those left out, speaking to a Runtime API at `address`.
fn start(address: &str, change: impl FnOnce(&mut Command)) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deliver"));
    command
        .env_clear()
        .envs(Settings::VARIABLES.map(|name| (name, "somewhere")))
        .envs([(SECRET_VARIABLE, "0123456789abcdef0123456789abcdef"), (QUOTA_VARIABLE, "1000")])
        .envs([
            ("AWS_LAMBDA_RUNTIME_API", address),
            ("AWS_LAMBDA_FUNCTION_NAME", "deliver"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            ("AWS_REGION", "ap-northeast-1"),
            ("AWS_ACCESS_KEY_ID", "none"),
            ("AWS_SECRET_ACCESS_KEY", "none"),
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    change(&mut command);
    command.spawn().unwrap()
}

#[test]
fn a_missing_or_empty_setting_stops_the_start_and_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let names = || Settings::VARIABLES.into_iter().chain([SECRET_VARIABLE, QUOTA_VARIABLE]);
    for name in names() {
        for value in [None, Some(""), Some("  ")] {
            let child = start(&address, |command| {
                match value {
                    Some(value) => command.env(name, value),
                    None => command.env_remove(name),
                };
            });
            let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
            let said = String::from_utf8([stdout, stderr].concat()).unwrap();
            assert!(!status.success(), "{name} {value:?}: {said}");
            assert!(said.contains(name), "{name} {value:?}: {said}");
            let others = names().filter(|other| *other != name);
            assert_eq!(others.filter(|other| said.contains(other)).count(), 0, "{name} {value:?}: {said}");
        }
    }
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "nothing was asked of the Runtime API");
}

#[test]
fn with_its_settings_it_asks_for_an_event_and_calls_nobody_else() {
    let runtime = TcpListener::bind("127.0.0.1:0").unwrap();
    let service = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", service.local_addr().unwrap());
    let mut child = start(&runtime.local_addr().unwrap().to_string(), |command| {
        command.env("AWS_ENDPOINT_URL", &url);
    });
    let (mut connection, _) = runtime.accept().unwrap();
    let mut line = [0; 47];
    connection.read_exact(&mut line).unwrap();
    assert_eq!(std::str::from_utf8(&line).unwrap(), "GET /2018-06-01/runtime/invocation/next HTTP/1.");
    service.set_nonblocking(true).unwrap();
    assert!(service.accept().is_err(), "no call to AWS before the first event");
    child.kill().unwrap();
    child.wait().unwrap();
}
