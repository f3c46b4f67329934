//! Well-formed and not to be believed: one line a manifest, with its code.

use super::{
    RejectionCode::{KeyExpired, KeyRevoked, KeyUnknown, ManifestExpired, SenderMismatch, SignatureInvalid},
    *,
};

#[test]
fn a_forged_manifest_touches_nothing() {
    let [ec, ed, rsa] = &*KEYS;
    let stranger = SigningKey::generate_es256().unwrap();
    let as_other = |key: &SigningKey, alg: &str, kid: &SigningKey| {
        key.sign_compact(&json!({"typ": TYP, "alg": alg, "kid": kid.kid().unwrap()}), &claims()).unwrap()
    };
    let good = ec.sign_compact(&header(ec), &claims()).unwrap();
    let [head, body, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!("not compact") };
    let other_body = b64(with(claims(), "size", json!(1)).to_string());
    let mut flipped = URL_SAFE_NO_PAD.decode(signature).unwrap();
    flipped[0] ^= 1;
    for (token, code) in [
        (good.clone(), None),
        // another's key under this one's name, and the other way round
        (as_other(&stranger, "ES256", ec), Some(SignatureInvalid)),
        (as_other(ec, "ES256", &stranger), Some(KeyUnknown)),
        (as_other(ec, "ES256", ed), Some(SignatureInvalid)),
        // algorithms that don't fit the key
        (as_other(rsa, "RS256", ec), Some(SignatureInvalid)),
        (as_other(ec, "RS256", ec), Some(SignatureInvalid)),
        (as_other(ec, "EdDSA", ec), Some(SignatureInvalid)),
        (as_other(ed, "ES256", ed), Some(SignatureInvalid)),
        (as_other(ed, "PS256", rsa), Some(SignatureInvalid)),
        (as_other(rsa, "PS256", rsa), Some(SignatureInvalid)),
        // the signature itself
        (format!("{head}.{other_body}.{signature}"), Some(SignatureInvalid)),
        (format!("{}.{body}.{signature}", b64(with(header(ec), "x", json!(1)).to_string())), Some(SignatureInvalid)),
        (format!("{head}.{body}.{}", b64(&flipped)), Some(SignatureInvalid)),
        (format!("{head}.{body}.{}", b64([0; 64])), Some(SignatureInvalid)),
        (format!("{head}.{body}.{}", &signature[..84]), Some(SignatureInvalid)),
        (format!("{head}.{body}.{signature}AAAA"), Some(SignatureInvalid)),
        (format!("{head}.{body}.AA"), Some(SignatureInvalid)),
        // the right key, the wrong office: found out before any key is looked for
        (ec.sign_compact(&header(ec), &with(claims(), "iss", json!("0370100026"))).unwrap(), Some(SenderMismatch)),
        (stranger.sign_compact(&header(&stranger), &with(claims(), "iss", json!("0370100026"))).unwrap(), Some(SenderMismatch)),
        (ec.sign_compact(&with(header(ec), "kid", json!("")), &claims()).unwrap(), Some(KeyUnknown)),
    ] {
        assert_eq!(verify(&token, &registered()).err(), code, "{token}");
    }
    assert_eq!(verify(&good, &[]), Err(KeyUnknown));
}

#[test]
fn an_hmac_by_the_public_key_is_not_a_signature() {
    use jsonwebtoken::{Algorithm, EncodingKey};
    let jwk = KEYS[0].public_key().unwrap().to_jwk().to_string();
    for secret in [jwk.as_bytes(), &URL_SAFE_NO_PAD.decode(KEYS[0].public_key().unwrap().to_jwk()["x"].as_str().unwrap()).unwrap()] {
        let mut message = header(&KEYS[0]);
        message["alg"] = json!("HS256");
        let message = format!("{}.{}", b64(message.to_string()), b64(claims().to_string()));
        let mac = jsonwebtoken::crypto::sign(message.as_bytes(), &EncodingKey::from_secret(secret), Algorithm::HS256).unwrap();
        assert_eq!(verify(&format!("{message}.{mac}"), &registered()), Err(RejectionCode::ManifestMalformed));
        // and under the name of an accepted algorithm
        let message = format!("{}.{}", b64(header(&KEYS[0]).to_string()), b64(claims().to_string()));
        let mac = jsonwebtoken::crypto::sign(message.as_bytes(), &EncodingKey::from_secret(secret), Algorithm::HS256).unwrap();
        assert_eq!(verify(&format!("{message}.{mac}"), &registered()), Err(SignatureInvalid));
    }
}

#[test]
fn the_first_failure_in_the_contracts_order_counts() {
    let key = &KEYS[1];
    let late = with(claims(), "iat", json!(STORED - 86_401));
    let good = key.sign_compact(&header(key), &claims()).unwrap();
    let expired = key.sign_compact(&header(key), &late).unwrap();
    let forged = KEYS[0].sign_compact(&header(key), &late).unwrap();
    let stored = |not_before: Option<&str>, not_after: Option<&str>, revoked_at: Option<&str>| {
        let [not_before, not_after, revoked_at] = [not_before, not_after, revoked_at].map(|time| time.map(|time| time.parse().unwrap()));
        vec![OfficeKey { not_before, not_after, revoked_at, ..OfficeKey::new(key.public_key().unwrap()) }]
    };
    let (past, future) = (Some("2026-04-09T00:00:00Z"), Some("2026-04-11T00:00:00Z"));
    for (token, keys, code) in [
        (&good, stored(past, future, None), None),
        (&good, stored(None, None, future), None),
        (&good, stored(None, Some("2026-04-10T00:00:00Z"), Some("2026-04-09T23:59:30Z")), None),
        (&forged, stored(future, past, past), Some(KeyRevoked)),
        (&forged, stored(None, past, None), Some(KeyExpired)),
        (&forged, stored(future, None, None), Some(KeyExpired)),
        (&forged, stored(None, None, None), Some(SignatureInvalid)),
        (&expired, stored(None, None, None), Some(ManifestExpired)),
    ] {
        assert_eq!(verify(token, &keys).err(), code);
    }
}

#[test]
fn a_manifest_is_a_day_old_at_most_and_five_minutes_ahead() {
    let key = &KEYS[1];
    for (iat, code) in [
        (STORED, None),
        (STORED - 86_400, None),
        (STORED - 86_401, Some(ManifestExpired)),
        (STORED + 300, None),
        (STORED + 301, Some(ManifestExpired)),
        (0, Some(ManifestExpired)),
        (253_402_207_200, Some(ManifestExpired)),
    ] {
        let token = key.sign_compact(&header(key), &with(claims(), "iat", json!(iat))).unwrap();
        assert_eq!(verify(&token, &registered()).err(), code, "{iat}");
    }
}
