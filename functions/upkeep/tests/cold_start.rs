//! The bootstrap's start: without one of its settings it stops and says which, before it asks for an event.

use std::net::TcpListener;
use std::process::{Command, Output};

/// What it reads, and something it can begin with.
const SETTINGS: [(&str, &str); 6] = [
    ("RENKEI_BUCKET", "somewhere"),
    ("RENKEI_OFFICES_TABLE", "somewhere"),
    ("RENKEI_LEDGER_TABLE", "somewhere"),
    ("RENKEI_QUEUE_URL", "https://sqs.example/queue"),
    ("RENKEI_SECRET", "0123456789abcdef0123456789abcdef"),
    ("RENKEI_ORIGIN", "https://api.example"),
];

#[test]
fn a_missing_or_unusable_setting_stops_the_start_and_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let unset = SETTINGS.map(|(name, _)| [(name, None), (name, Some(""))]).concat();
    for (name, value) in [unset, vec![("RENKEI_SECRET", Some("short"))]].concat() {
        let mut command = Command::new(env!("CARGO_BIN_EXE_upkeep"));
        command.env_clear().envs(SETTINGS).envs([
            ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", "upkeep"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            ("AWS_REGION", "ap-northeast-1"),
        ]);
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
        let Output { status, stdout, stderr } = command.output().unwrap();
        let said = String::from_utf8([stdout, stderr].concat()).unwrap();
        assert!(!status.success(), "{name} {value:?}: {said}");
        for (other, _) in SETTINGS {
            assert_eq!(said.contains(&format!("{other} ")), other == name, "{name} {value:?}: {said}");
        }
    }
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "nothing was asked of the Runtime API");
}
