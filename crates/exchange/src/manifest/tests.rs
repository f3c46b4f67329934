//! Good manifests, what the hostile ones are made with, and what no text may do.

mod delivered;
mod forged;
mod malformed;

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    OfficeKey,
    sign::{ManifestDraft, SigningKey},
};

const SENDER: &str = "0370100018";
const STORED_AT: &str = "2026-04-10T00:00:00.750Z";
/// `STORED_AT` to the second.
const STORED: i64 = 1_775_779_200;
const EMPTY: &str = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

/// One key of each type, made once.
static KEYS: LazyLock<[SigningKey; 3]> =
    LazyLock::new(|| [SigningKey::generate_es256().unwrap(), SigningKey::generate_ed25519().unwrap(), SigningKey::generate_rsa().unwrap()]);

fn claims() -> Value {
    json!({"iss": SENDER, "aud": ["0370100026-43"], "jti": "0197f3a2-4b5c-7d6e-8f90-a1b2c3d4e5f6", "iat": STORED,
        "name": "計画.pdf", "size": 0, "sha256": EMPTY})
}

fn header(key: &SigningKey) -> Value {
    json!({"typ": TYP, "alg": key.algorithm(), "kid": key.kid().unwrap()})
}

/// The object with a member changed, or taken away by null.
fn with(mut object: Value, name: &str, value: Value) -> Value {
    let members = object.as_object_mut().unwrap();
    match value {
        Value::Null => members.remove(name),
        value => members.insert(name.to_owned(), value),
    };
    object
}

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A token of two texts, signed: what `serde_json` would not write can be tried too.
fn raw(header: &str, claims: &str) -> String {
    let message = format!("{}.{}", b64(header), b64(claims));
    let signature = KEYS[0].signature(message.as_bytes()).unwrap();
    format!("{message}.{}", b64(signature))
}

fn registered() -> Vec<OfficeKey> {
    KEYS.iter().map(|key| OfficeKey::new(key.public_key().unwrap())).collect()
}

fn verify(token: &str, keys: &[OfficeKey]) -> Result<Manifest, RejectionCode> {
    let manifest = UnverifiedManifest::parse(token).map_err(ManifestMalformed::code)?;
    manifest.verify(keys, &SENDER.parse().unwrap(), STORED_AT.parse().unwrap())
}

#[test]
fn a_good_manifest_is_believed_whole() {
    let rsa_pss = SigningKey::from_pkcs8_der(&KEYS[2].to_pkcs8_der().unwrap()).unwrap().with_pss();
    for key in KEYS.iter().chain([&rsa_pss]) {
        let aud = vec!["0370100026-43".parse().unwrap(), "0370100034".parse().unwrap()];
        let mut draft = ManifestDraft::new(SENDER.parse().unwrap(), aud.clone(), "計画.pdf", b"%PDF-", STORED_AT.parse().unwrap());
        (draft.parts, draft.set) = (2, Some(Sha256Digest::of(b"set")));
        let token = draft.sign(key).unwrap();
        let unverified = UnverifiedManifest::parse(&token).unwrap();
        assert_eq!((unverified.kid(), unverified.token()), (key.kid().unwrap().as_str(), token.as_str()));
        assert_eq!(unverified.parties().iter().map(OfficeNumber::as_str).collect::<Vec<_>>(), [SENDER, "0370100026", "0370100034"]);
        let manifest = verify(&token, &registered()).unwrap();
        assert_eq!(manifest.transmission().to_string(), format!("{SENDER}-{}", draft.jti));
        let believed = Manifest {
            iss: draft.iss,
            aud,
            jti: draft.jti,
            iat: Timestamp::from_second(STORED).unwrap(),
            name: ManifestName::new("計画.pdf"),
            size: 5,
            sha256: Sha256Digest::of(b"%PDF-"),
            parts: 2,
            set: draft.set,
        };
        assert_eq!(manifest, believed, "{}", key.algorithm());
    }
}

#[test]
fn a_manifest_is_about_one_file_of_one_transmission() {
    let draft =
        ManifestDraft::new(SENDER.parse().unwrap(), vec!["0370100026".parse().unwrap()], "計画.pdf", b"%PDF-", STORED_AT.parse().unwrap());
    let manifest = UnverifiedManifest::parse(&draft.sign(&KEYS[0]).unwrap()).unwrap();
    let (id, digest) = (TransmissionId::new(draft.iss, draft.jti), Sha256Digest::of(b"%PDF-"));
    assert!(manifest.is_about(&id, "計画.pdf", 5, &digest));
    let (other_sender, other_jti) = ("0370100026".parse().unwrap(), Uuid::from_u128(draft.jti.as_u128() ^ 1));
    for other in [TransmissionId::new(other_sender, draft.jti), TransmissionId::new(draft.iss, other_jti)] {
        assert!(!manifest.is_about(&other, "計画.pdf", 5, &digest), "{other}");
    }
    assert!(!manifest.is_about(&id, "計画.PDF", 5, &digest));
    assert!(!manifest.is_about(&id, "計画.pdf", 6, &digest));
    assert!(!manifest.is_about(&id, "計画.pdf", 5, &Sha256Digest::of(b"%PDF")));
}

#[test]
fn what_only_looks_odd_is_accepted() {
    let key = &KEYS[0];
    let many: Vec<String> = (0..50).map(|n| format!("03701{n:05}")).collect();
    for (header, claims) in [
        (header(key), claims()),
        (header(key), with(claims(), "x", json!({"deep": [1, 2.5, -3, null]}))),
        (header(key), with(claims(), "exp", json!(1))),
        (header(key), with(claims(), "nbf", json!(99_999_999_999u64))),
        (header(key), with(claims(), "sub", json!(7))),
        (header(key), with(claims(), "aud", json!(many))),
        (header(key), with(claims(), "parts", json!(1))),
        (header(key), with(claims(), "set", json!(EMPTY))),
        (header(key), with(with(claims(), "parts", json!(20)), "set", json!(EMPTY))),
        (header(key), with(claims(), "jti", json!("0197F3A2-4B5C-7D6E-8F90-A1B2C3D4E5F6"))),
        (header(key), with(claims(), "jti", json!("6ba7b810-9dad-11d1-80b4-00c04fd430c8"))),
        (header(key), with(claims(), "name", json!(""))),
        (header(key), with(claims(), "name", json!("../\u{0}"))),
        (header(key), with(claims(), "size", json!(u64::MAX))),
        (with(header(key), "x5t#S256", json!(EMPTY)), claims()),
        (with(header(key), "x5c", json!(["AAAA"])), claims()),
        (with(header(key), "cty", json!("text")), claims()),
        (with(header(key), "x", json!({"y": []})), claims()),
    ] {
        let token = key.sign_compact(&header, &claims).unwrap();
        assert!(verify(&token, &registered()).is_ok(), "{header} {claims}: {:?}", verify(&token, &registered()));
    }
}

#[test]
fn a_manifest_of_1980_bytes_is_read() {
    let key = &KEYS[1];
    let padded = |(kilobyte, rest)| {
        let header = with(header(key), "x", json!("x".repeat(rest)));
        key.sign_compact(&header, &with(claims(), "x", json!("x".repeat(kilobyte)))).unwrap()
    };
    // base64url has no text of 4n + 1 characters, so both parts must give
    let sizes = (1000..1200).flat_map(|kilobyte| (0..4).map(move |rest| (kilobyte, rest)));
    let tokens: Vec<String> = sizes.map(padded).collect();
    let longest = tokens.iter().find(|token| token.len() == MAX_BYTES).unwrap();
    assert!(verify(longest, &registered()).is_ok());
    let too_long = tokens.iter().find(|token| token.len() == MAX_BYTES + 1).unwrap();
    assert_eq!(UnverifiedManifest::parse(too_long).unwrap_err(), ManifestMalformed::TooLong(1981));
}

proptest! {
    #[test]
    fn no_text_panics(token in ".{0,300}", head in ".{0,80}", body in ".{0,200}") {
        let _ = UnverifiedManifest::parse(&token);
        let _ = verify(&raw(&head, &body), &registered());
        let _ = verify(&format!("{}.{}.{}", b64(&head), b64(&body), b64(&token)), &registered());
    }

    #[test]
    fn no_byte_of_a_signed_manifest_can_be_changed(at in 0usize..10_000, byte in 0x20u8..0x7f) {
        let key = &KEYS[1];
        let mut token = key.sign_compact(&header(key), &claims()).unwrap().into_bytes();
        let at = at % token.len();
        let same = token[at] == byte;
        token[at] = byte;
        prop_assert_eq!(verify(&String::from_utf8(token).unwrap(), &registered()).is_ok(), same);
    }

    #[test]
    fn no_claim_of_any_type_panics(member in 0usize..9, text in ".{0,60}", number in any::<f64>()) {
        let name = ["iss", "aud", "jti", "iat", "name", "size", "sha256", "parts", "set"][member];
        for value in [json!(text), json!(number), json!([text]), json!({"a": number}), json!(number as i64), json!(true)] {
            let token = KEYS[1].sign_compact(&header(&KEYS[1]), &with(claims(), name, value)).unwrap();
            let _ = verify(&token, &registered());
        }
    }
}
