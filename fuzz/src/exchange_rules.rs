//! Manifests and keys: what an office sends before anything of it is believed.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use exchange::sign::{ManifestDraft, SigningKey};
use exchange::{Manifest, OfficeKey, PublicKey, UnverifiedManifest};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The sample key of RFC 8410 §10.3. Ed25519, so that a run signs as the run before did.
const KEY: &str =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";

struct Office {
    key: SigningKey,
    registered: [OfficeKey; 2],
    signed_at: Timestamp,
    /// A good manifest.
    token: String,
}

static OFFICE: LazyLock<Office> = LazyLock::new(|| {
    let key = SigningKey::from_pkcs8_pem(KEY).unwrap();
    let other = SigningKey::generate_es256().unwrap().public_key().unwrap();
    let registered = [OfficeKey::new(other), OfficeKey::new(key.public_key().unwrap())];
    let signed_at: Timestamp = "2026-04-10T00:00:00Z".parse().unwrap();
    let recipients = vec!["0370100026-43".parse().unwrap()];
    let mut draft = ManifestDraft::new("0370100018".parse().unwrap(), recipients, "plan.pdf", b"%PDF-1.7", signed_at);
    draft.jti = "6f1d2f0e-6f0b-4c55-9d0c-0a4c9e1b2a33".parse().unwrap();
    let token = draft.sign(&key).unwrap();
    assert!(verified(&token, &registered, signed_at).is_some(), "the good manifest is good");
    Office { key, registered, signed_at, token }
});

/// The first byte says what the rest is: a token, changes to a good token, or two JSON values with a line feed between, header and claims, that are
/// signed or sent with a signature of something else.
pub fn manifest(bytes: &[u8]) {
    let Some((way, rest)) = bytes.split_first() else { return };
    let office = &*OFFICE;
    let verified = |token: &str| verified(token, &office.registered, office.signed_at);
    match way % 4 {
        0 => {
            let token = String::from_utf8_lossy(rest);
            assert!(verified(&token).is_none() || token == office.token);
        }
        1 => {
            let token = String::from_utf8_lossy(&changed(office.token.as_bytes(), rest)).into_owned();
            assert!(verified(&token).is_none() || token == office.token, "a changed token holds: {token}");
        }
        2 => {
            let mut parts = rest.splitn(2, |byte| *byte == b'\n').map(serde_json::from_slice::<Value>);
            let (Some(Ok(header)), Some(Ok(claims))) = (parts.next(), parts.next()) else { return };
            if let Some(manifest) = verified(&office.key.sign_compact(&header, &claims).unwrap()) {
                says_the_same(&manifest, &header, &claims);
            }
        }
        _ => {
            // not by way of a parser: JSON as no library would write it
            let (header, claims) = rest.split_at(rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()));
            let signature = office.token.rsplit('.').next().unwrap();
            let token = format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
            assert!(verified(&token).is_none() || token == office.token);
        }
    }
}

/// A JWK or a certificate, as an office registers it. What is taken survives being written down, and is the key it says.
pub fn key(bytes: &[u8]) {
    if let Ok(jwk) = serde_json::from_slice::<Value>(bytes)
        && let Ok(key) = PublicKey::from_jwk(&jwk)
    {
        assert_eq!(PublicKey::from_jwk(&key.to_jwk()).as_ref(), Ok(&key));
        assert_eq!(key.thumbprint().len(), 43);
    }
    if let Ok(key) = OfficeKey::from_certificate(bytes) {
        assert_eq!(PublicKey::from_jwk(&key.jwk.to_jwk()).as_ref(), Ok(&key.jwk));
        assert_eq!(serde_json::from_value::<OfficeKey>(serde_json::to_value(&key).unwrap()).unwrap().kid, key.kid);
    }
}

fn verified(token: &str, keys: &[OfficeKey], stored_at: Timestamp) -> Option<Manifest> {
    let unverified = match UnverifiedManifest::parse(token) {
        Ok(unverified) => unverified,
        Err(malformed) => {
            assert!(!malformed.to_string().is_empty());
            return None;
        }
    };
    let prefix = unverified.issuer().clone();
    assert_eq!(unverified.parties().first(), Some(&prefix));
    assert!(unverified.clone().verify(&[], &prefix, stored_at).is_err());
    unverified.verify(keys, &prefix, stored_at).ok()
}

/// Three bytes a change: where (two), and which byte is put there. A change beyond the end appends.
fn changed(token: &[u8], changes: &[u8]) -> Vec<u8> {
    let mut token = token.to_vec();
    for change in changes.chunks_exact(3) {
        let at = usize::from(u16::from_be_bytes([change[0], change[1]])) % (token.len() + 1);
        match token.get_mut(at) {
            Some(byte) => *byte = change[2],
            None => token.push(change[2]),
        }
    }
    token
}

fn says_the_same(manifest: &Manifest, header: &Value, claims: &Value) {
    assert_eq!(header["typ"], "renkei-manifest+jwt");
    assert_eq!(header["alg"], "EdDSA");
    assert_eq!(claims["iss"], manifest.iss.as_str());
    assert_eq!(claims["aud"], json!(manifest.aud.iter().map(ToString::to_string).collect::<Vec<_>>()));
    assert!((1..=exchange::MAX_ADDRESSES).contains(&manifest.aud.len()));
    assert_eq!(claims["size"], manifest.size);
    assert_eq!(claims["sha256"], manifest.sha256.to_string());
    assert_eq!(manifest.set.is_some(), claims.get("set").is_some_and(Value::is_string));
    assert!(manifest.parts == 1 || manifest.set.is_some());
}
