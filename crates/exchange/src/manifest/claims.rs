//! The claims of contract §3: their types and ranges. What they claim is judged later.

use std::{collections::BTreeSet, str::FromStr};

use serde_json::{Map, Value};
use standard::{Address, FileName, OfficeNumber};
use uuid::Uuid;

use super::{Manifest, ManifestMalformed, ManifestName};
use crate::jws;

/// The most files of a transmission.
pub const MAX_PARTS: u8 = 20;
/// The most addresses of a transmission.
pub const MAX_ADDRESSES: usize = 50;

pub(super) fn read(claims: &Map<String, Value>) -> Result<Manifest, ManifestMalformed> {
    let parts = match claims.get("parts") {
        None => 1,
        Some(parts) => parts
            .as_u64()
            .and_then(|parts| u8::try_from(parts).ok())
            .filter(|parts| (1..=MAX_PARTS).contains(parts))
            .ok_or(ManifestMalformed::Claim("parts"))?,
    };
    let set = match claims.get("set") {
        None if parts > 1 => return Err(ManifestMalformed::Claim("set")),
        None => None,
        Some(_) => Some(parsed(claims, "set")?),
    };
    let name = ManifestName::new(text(claims, "name")?);
    let aud = addresses(claims.get("aud")).ok_or(ManifestMalformed::Claim("aud"))?;
    // the name in each inbox carries that recipient's type
    if aud.len() > 1 && FileName::claims_standard(name.as_str()) && aud.iter().any(|address| address.service_type.is_none()) {
        return Err(ManifestMalformed::Claim("aud"));
    }
    Ok(Manifest {
        iss: parsed::<OfficeNumber>(claims, "iss")?,
        aud,
        jti: hyphenated(text(claims, "jti")?).ok_or(ManifestMalformed::Claim("jti"))?,
        iat: jws::instant(whole(claims, "iat")?).ok_or(ManifestMalformed::Claim("iat"))?,
        name,
        size: whole(claims, "size")?,
        sha256: parsed(claims, "sha256")?,
        parts,
        set,
    })
}

fn text<'a>(claims: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, ManifestMalformed> {
    claims.get(name).and_then(Value::as_str).ok_or(ManifestMalformed::Claim(name))
}

fn parsed<T: FromStr>(claims: &Map<String, Value>, name: &'static str) -> Result<T, ManifestMalformed> {
    text(claims, name)?.parse().map_err(|_| ManifestMalformed::Claim(name))
}

fn whole(claims: &Map<String, Value>, name: &'static str) -> Result<u64, ManifestMalformed> {
    jws::whole(claims, name).ok_or(ManifestMalformed::Claim(name))
}

/// Any version of UUID in its hyphenated form; upper case is read as lower case (RFC 9562 §4).
fn hyphenated(text: &str) -> Option<Uuid> {
    let uuid = Uuid::try_parse(text).ok()?;
    text.eq_ignore_ascii_case(&uuid.hyphenated().to_string()).then_some(uuid)
}

fn addresses(claim: Option<&Value>) -> Option<Vec<Address>> {
    let listed = claim?.as_array().filter(|listed| (1..=MAX_ADDRESSES).contains(&listed.len()))?;
    let addresses: Vec<Address> = listed.iter().map(|address| address.as_str()?.parse().ok()).collect::<Option<_>>()?;
    let offices: BTreeSet<&OfficeNumber> = addresses.iter().map(|address| &address.office).collect();
    (offices.len() == addresses.len()).then_some(addresses)
}
