//! An exchange that answers what a test has it answer: what the real one does only where networks and machines fail.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use serde_json::{Value, json};

/// What is answered.
pub(crate) struct Reply {
    status: u16,
    header: Option<(String, String)>,
    body: Vec<u8>,
}

/// What was asked.
pub(crate) struct Asked {
    /// Method and path: `GET /v1/inbox`.
    pub(crate) call: String,
    /// How often the same was asked before.
    pub(crate) before: usize,
    /// Where this exchange is.
    pub(crate) origin: String,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self { status, header: None, body: body.to_string().into_bytes() }
    }

    /// An RFC 9457 problem.
    pub(crate) fn problem(status: u16, code: &str) -> Self {
        Self::json(status, &json!({"code": code, "detail": "d", "detail_ja": "詳"}))
    }

    pub(crate) fn see_other(location: &str) -> Self {
        Self { status: 303, header: Some(("location".to_owned(), location.to_owned())), body: Vec::new() }
    }

    /// What a storage answers: a file with its manifest, if it has one.
    pub(crate) fn object(manifest: Option<&str>, body: &[u8]) -> Self {
        Self { status: 200, header: manifest.map(|manifest| ("x-amz-meta-manifest".to_owned(), manifest.to_owned())), body: body.to_vec() }
    }
}

/// Starts it on loopback, until the test's process ends. Its clock is this machine's. Gives its origin.
pub(crate) fn stand_in(answer: impl FnMut(&Asked) -> Reply + Send + 'static) -> String {
    stand_in_at(jiff::Timestamp::now, answer)
}

/// The same with a clock of its own.
pub(crate) fn stand_in_at(
    mut clock: impl FnMut() -> jiff::Timestamp + Send + 'static,
    mut answer: impl FnMut(&Asked) -> Reply + Send + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let own = origin.clone();
    std::thread::spawn(move || {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let Some(call) = read(&stream) else { continue };
            let count = counts.entry(call.clone()).or_default();
            let asked = Asked { call, before: *count, origin: own.clone() };
            *count += 1;
            let reply = match asked.call.as_str() {
                "GET /healthz" => Reply::json(200, &json!({"now": clock(), "version": "0"})),
                _ => answer(&asked),
            };
            drop(write(&mut stream, &reply));
        }
    });
    origin
}

/// Reads a request to its end.
fn read(stream: &TcpStream) -> Option<String> {
    let mut lines = BufReader::new(stream);
    let mut first = String::new();
    lines.read_line(&mut first).ok()?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    lines.take(length).read_to_end(&mut Vec::new()).ok()?;
    let mut words = first.split([' ', '?']);
    Some(format!("{} {}", words.next()?, words.next()?))
}

fn write(stream: &mut TcpStream, reply: &Reply) -> std::io::Result<()> {
    let header = reply.header.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect::<String>();
    write!(stream, "HTTP/1.1 {} said\r\nconnection: close\r\ncontent-length: {}\r\n{header}\r\n", reply.status, reply.body.len())?;
    stream.write_all(&reply.body)
}
