//! The JOSE header (RFC 7515 §4).

use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use super::{ManifestMalformed, TYP};

/// What the header says, of what counts.
#[derive(Clone, Debug)]
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) kid: String,
}

/// Members that would have the reader fetch, trust or process something the sender chose.
const FORBIDDEN: [&str; 4] = ["crit", "jku", "jwk", "x5u"];

pub(super) fn read(header: &Map<String, Value>, token: &str) -> Result<Header, ManifestMalformed> {
    let text = |name: &'static str| header.get(name).and_then(Value::as_str).ok_or(ManifestMalformed::Header(name));
    // RFC 7515 §4.1.9 leaves `typ` to the application: ours is the exact text, without "application/"
    if text("typ")? != TYP {
        return Err(ManifestMalformed::Header("typ"));
    }
    let algorithm = match text("alg")? {
        "ES256" => Algorithm::ES256,
        "EdDSA" => Algorithm::EdDSA,
        "RS256" => Algorithm::RS256,
        "PS256" => Algorithm::PS256,
        _ => return Err(ManifestMalformed::Header("alg")),
    };
    if let Some(forbidden) = FORBIDDEN.into_iter().find(|name| header.contains_key(*name)) {
        return Err(ManifestMalformed::Header(forbidden));
    }
    let kid = text("kid")?.to_owned();
    // the library reads the members it knows more strictly than we do: what it can't read, it can't verify later
    jsonwebtoken::decode_header(token).map_err(|_| ManifestMalformed::Header("registered members"))?;
    Ok(Header { algorithm, kid })
}
