//! The JOSE header (RFC 7515 §4).

use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use super::JwsMalformed;

/// Members that would have the reader fetch, trust or process something the sender chose.
const FORBIDDEN: [&str; 4] = ["crit", "jku", "jwk", "x5u"];

/// The algorithm, and the id of the key where one is named.
pub(super) fn read(header: &Map<String, Value>, token: &str, typ: &str) -> Result<(Algorithm, Option<String>), JwsMalformed> {
    let text = |name: &'static str| header.get(name).and_then(Value::as_str).ok_or(JwsMalformed::Header(name));
    // RFC 7515 §4.1.9 leaves `typ` to the application: ours is the exact text, without "application/"
    if text("typ")? != typ {
        return Err(JwsMalformed::Header("typ"));
    }
    let algorithm = match text("alg")? {
        "ES256" => Algorithm::ES256,
        "EdDSA" => Algorithm::EdDSA,
        "RS256" => Algorithm::RS256,
        "PS256" => Algorithm::PS256,
        _ => return Err(JwsMalformed::Header("alg")),
    };
    if let Some(forbidden) = FORBIDDEN.into_iter().find(|name| header.contains_key(*name)) {
        return Err(JwsMalformed::Header(forbidden));
    }
    let kid = header.get("kid").map(|_| text("kid")).transpose()?.map(str::to_owned);
    // the library reads the members it knows more strictly than we do: what it can't read, it can't verify later
    jsonwebtoken::decode_header(token).map_err(|_| JwsMalformed::Header("registered members"))?;
    Ok((algorithm, kid))
}
