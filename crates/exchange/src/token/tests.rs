//! Tokens that open a call, and everything else.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::json;

use super::*;
use crate::{
    sign::{self, SigningKey, TokenDraft},
    token::TokenRefused::*,
};

const OFFICE: &str = "0370100018";
const CALL: Call<'static> = Call { origin: "https://api.example", method: "GET", path: "/v1/inbox" };
/// The time now.
const NOW: i64 = 1_775_779_200;

/// The office's key, another office's, and one of RSA.
static KEYS: LazyLock<[SigningKey; 3]> =
    LazyLock::new(|| [SigningKey::generate_es256().unwrap(), SigningKey::generate_ed25519().unwrap(), SigningKey::generate_rsa().unwrap()]);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn draft() -> TokenDraft {
    TokenDraft::new(OFFICE.parse().unwrap(), &CALL, at(NOW))
}

fn registered() -> Vec<OfficeKey> {
    vec![OfficeKey::new(KEYS[0].public_key().unwrap()), OfficeKey::new(KEYS[2].public_key().unwrap())]
}

fn verify(token: &str, keys: &[OfficeKey]) -> Result<Token, TokenRefused> {
    UnverifiedToken::parse(token)?.verify(keys, &CALL, at(NOW))
}

/// A token with its claims changed; null takes one away.
fn claimed(name: &str, value: Value) -> String {
    let mut claims = draft().claims();
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
        value => claims[name] = value,
    }
    KEYS[0].sign_compact(&json!({"typ": TOKEN_TYP, "alg": "ES256", "kid": KEYS[0].kid().unwrap()}), &claims).unwrap()
}

/// A token with its header changed.
fn headed(name: &str, value: Value) -> String {
    let mut header = json!({"typ": TOKEN_TYP, "alg": "ES256", "kid": KEYS[0].kid().unwrap()});
    match value {
        Value::Null => drop(header.as_object_mut().unwrap().remove(name)),
        value => header[name] = value,
    }
    KEYS[0].sign_compact(&header, &draft().claims()).unwrap()
}

#[test]
fn the_offices_own_token_opens_the_call_it_is_for() {
    for key in [&KEYS[0], &KEYS[2]] {
        let draft = draft();
        let token = verify(&draft.sign(key).unwrap(), &registered()).unwrap();
        assert_eq!((token.office, token.kid, token.jti), (draft.iss, key.kid().unwrap(), draft.jti.to_string()));
        assert_eq!(token.void_after, at(NOW + 360));
    }
    assert!(verify(&claimed("aud", json!([CALL.origin])), &registered()).is_ok(), "an audience may be an array of one");
}

#[test]
fn a_token_is_refused_that_is_not_exactly_for_this_call_now() {
    for (name, value, refused) in [
        ("htm", json!("POST"), OtherCall),
        ("htm", json!("get"), OtherCall),
        ("htu", json!("/v1/inbox/"), OtherCall),
        ("htu", json!("/v1/inbox?limit=1"), OtherCall),
        ("htu", json!("https://api.example/v1/inbox"), OtherCall),
        ("aud", json!("https://other.example"), OtherCall),
        ("aud", json!("https://api.example/"), OtherCall),
        ("aud", json!([CALL.origin, "https://other.example"]), Malformed),
        ("aud", json!([]), Malformed),
        ("aud", json!({}), Malformed),
        ("iat", json!(NOW + 60), Expired), // for longer than it may: see below
        ("iat", json!(NOW + 61), Expired),
        ("iat", json!(NOW + 0x1000_0000), Expired),
        ("iat", json!(NOW as f64 + 0.5), Malformed),
        ("iat", json!(u64::MAX), Malformed),
        ("exp", json!(NOW + 301), Expired),
        ("exp", json!(NOW - 1), Expired),
        ("exp", json!(i64::MAX), Malformed),
        ("exp", json!("soon"), Malformed),
        ("jti", json!(""), Malformed),
        ("jti", json!("j".repeat(129)), Malformed),
        ("iss", json!("037010001"), Malformed),
        ("iss", json!(["0370100018"]), Malformed),
        ("iss", Value::Null, Malformed),
        ("aud", Value::Null, Malformed),
        ("iat", Value::Null, Malformed),
        ("exp", Value::Null, Malformed),
        ("jti", Value::Null, Malformed),
        ("htm", Value::Null, Malformed),
        ("htu", Value::Null, Malformed),
    ] {
        let expected = if (name, &value) == ("iat", &json!(NOW + 60)) { None } else { Some(refused) };
        assert_eq!(verify(&claimed(name, value.clone()), &registered()).err(), expected, "{name} {value}");
    }
}

#[test]
fn times_have_a_minute_of_leeway() {
    for (iat, exp, refused) in [
        (NOW, NOW + 300, None),
        (NOW, NOW, None),
        (NOW + 60, NOW + 360, None),
        (NOW + 61, NOW + 361, Some(Expired)),
        (NOW - 360, NOW - 60, None),
        (NOW - 361, NOW - 61, Some(Expired)),
        (NOW - 1, NOW + 300, Some(Expired)),
        (NOW, NOW - 1, Some(Expired)),
    ] {
        let token = TokenDraft { iat: at(iat), exp: at(exp), ..draft() }.sign(&KEYS[0]).unwrap();
        assert_eq!(verify(&token, &registered()).err(), refused, "{iat} {exp}");
    }
}

#[test]
fn other_forms_and_other_kinds_are_no_token() {
    let good = draft().sign(&KEYS[0]).unwrap();
    let [_, claims, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let none = URL_SAFE_NO_PAD.encode(json!({"typ": TOKEN_TYP, "alg": "none", "kid": KEYS[0].kid().unwrap()}).to_string());
    for (token, refused) in [
        (String::new(), Malformed),
        ("a.b".to_owned(), Malformed),
        (format!("{none}.{claims}."), Malformed),
        (format!("{none}.{claims}.{signature}"), Malformed),
        (format!("{good}{}", "A".repeat(4096)), Malformed),
        (headed("typ", json!(crate::TYP)), Malformed),
        (headed("typ", json!(PROOF_TYP)), Malformed),
        (headed("typ", json!("JWT")), Malformed),
        (headed("typ", Value::Null), Malformed),
        (headed("alg", json!("HS256")), Malformed),
        (headed("alg", json!("none")), Malformed),
        (headed("alg", json!("ES384")), Malformed),
        (headed("alg", json!("EdDSA")), Signature),
        (headed("crit", json!(["exp"])), Malformed),
        (headed("jwk", KEYS[0].public_key().unwrap().to_jwk()), Malformed),
        (headed("jku", json!("https://evil.example/keys")), Malformed),
        (headed("x5u", json!("https://evil.example/chain")), Malformed),
        (headed("kid", Value::Null), Malformed),
        (headed("kid", json!("somebody")), KeyUnknown),
        (draft().sign(&KEYS[1]).unwrap(), KeyUnknown),
        (draft().sign_as(&KEYS[1], &KEYS[0].kid().unwrap()).unwrap(), Signature),
        (format!("{}.{claims}.{signature}", good.split('.').next().unwrap().replace('e', "f")), Malformed),
    ] {
        assert_eq!(verify(&token, &registered()), Err(refused), "{token}");
    }
    // a public key taken for a shared secret, in a header that names HMAC and in one that doesn't
    let secret = EncodingKey::from_secret(KEYS[0].public_key().unwrap().to_jwk().to_string().as_bytes());
    for (alg, refused) in [("HS256", Malformed), ("ES256", Signature)] {
        let header = json!({"typ": TOKEN_TYP, "alg": alg, "kid": KEYS[0].kid().unwrap()}).to_string();
        let message = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(header));
        let mac = jsonwebtoken::crypto::sign(message.as_bytes(), &secret, Algorithm::HS256).unwrap();
        assert_eq!(verify(&format!("{message}.{mac}"), &registered()), Err(refused), "{alg}");
    }
}

#[test]
fn a_key_counts_within_its_bounds_and_until_the_second_it_is_revoked() {
    let token = draft().sign(&KEYS[0]).unwrap();
    let key = OfficeKey::new(KEYS[0].public_key().unwrap());
    for (not_before, not_after, revoked_at, refused) in [
        (Some(NOW), Some(NOW), None, None),
        (None, None, Some(NOW + 1), None),
        (None, None, Some(NOW), Some(KeyRevoked)),
        (None, None, Some(NOW - 60), Some(KeyRevoked)),
        (Some(NOW + 1), None, None, Some(KeyExpired)),
        (None, Some(NOW - 1), None, Some(KeyExpired)),
        (None, Some(NOW - 1), Some(NOW - 1), Some(KeyRevoked)),
    ] {
        let [not_before, not_after, revoked_at] = [not_before, not_after, revoked_at].map(|second| second.map(at));
        let keys = [OfficeKey { not_before, not_after, revoked_at, ..key.clone() }];
        assert_eq!(verify(&token, &keys).err(), refused, "{not_before:?} {not_after:?} {revoked_at:?}");
        let forged = draft().sign_as(&KEYS[1], &key.kid).unwrap();
        assert_eq!(verify(&forged, &keys).err(), Some(Signature), "a forger is not told how the key stands");
    }
}

#[test]
fn a_proof_is_of_this_key_for_this_office_api_and_code() {
    let office: OfficeNumber = OFFICE.parse().unwrap();
    let key = KEYS[0].public_key().unwrap();
    let proves = |proof: &str| proves(proof, &key, &office, CALL.origin, "ABCD", at(NOW));
    let proof =
        |key: &SigningKey, office: &str, origin: &str, code: &str| sign::proof(key, &office.parse().unwrap(), origin, code).unwrap();
    assert!(proves(&proof(&KEYS[0], OFFICE, CALL.origin, "ABCD")));
    assert!(proves(&proof(&KEYS[0], OFFICE, CALL.origin, "abcd")));
    for (what, other) in [
        ("another key", proof(&KEYS[1], OFFICE, CALL.origin, "ABCD")),
        ("another office", proof(&KEYS[0], "0370100026", CALL.origin, "ABCD")),
        ("another API", proof(&KEYS[0], OFFICE, "https://other.example", "ABCD")),
        ("another code", proof(&KEYS[0], OFFICE, CALL.origin, "ABCE")),
        ("a token", draft().sign(&KEYS[0]).unwrap()),
        ("nothing", String::new()),
    ] {
        assert!(!proves(&other), "{what}");
    }
    for (exp, holds) in [(json!(NOW - 60), true), (json!(NOW - 61), false), (json!("never"), false)] {
        let claims = json!({"iss": OFFICE, "aud": CALL.origin, "jti": "ABCD", "exp": exp});
        let proof = KEYS[0].sign_compact(&json!({"typ": PROOF_TYP, "alg": "ES256"}), &claims).unwrap();
        assert_eq!(proves(&proof), holds, "{exp}");
    }
}
