use serde_json::json;

use super::*;
use crate::sign::SigningKey;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_thumbprint_is_the_rfcs() {
    // RFC 7638 §3.1
    let rsa = json!({"kty": "RSA", "alg": "RS256", "kid": "2011-04-29", "e": "AQAB",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"});
    assert_eq!(PublicKey::from_jwk(&rsa).unwrap().thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    // RFC 8037 appendix A.3
    let ed = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    assert_eq!(PublicKey::from_jwk(&ed).unwrap().thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn a_key_survives_storage() {
    for key in [SigningKey::generate_es256().unwrap(), SigningKey::generate_ed25519().unwrap()] {
        let mut stored = OfficeKey::new(key.public_key().unwrap());
        stored.not_after = Some(at("2027-03-31T23:59:59+09:00"));
        let json = serde_json::to_value(&stored).unwrap();
        assert_eq!(json["not_after"], "2027-03-31T23:59:59+09:00");
        assert_eq!(json["revoked_at"], Value::Null);
        assert_eq!(json["jwk"], key.public_key().unwrap().to_jwk());
        assert_eq!(serde_json::from_value::<OfficeKey>(json).unwrap(), stored);
    }
}

#[test]
fn a_key_that_must_not_be_registered_is_refused_with_its_reason() {
    let ec = SigningKey::generate_es256().unwrap().public_key().unwrap().to_jwk();
    let with = |name: &str, value: Value| {
        let mut jwk = ec.clone();
        jwk[name] = value;
        jwk
    };
    let b64 = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let odd = |bytes: usize| vec![0xffu8; bytes];
    for (jwk, refused) in [
        (json!("text"), KeyRefused::NotAJwk),
        (json!({}), KeyRefused::NotAJwk),
        (json!({"kty": 1}), KeyRefused::NotAJwk),
        (with("d", json!("AA")), KeyRefused::Private),
        (json!({"kty": "oct", "k": "c2VjcmV0"}), KeyRefused::Private),
        (with("crv", json!("P-384")), KeyRefused::Type),
        (with("crv", json!("secp256k1")), KeyRefused::Type),
        (with("kty", json!("OKP")), KeyRefused::Type),
        (json!({"kty": "OKP", "crv": "X25519", "x": b64(&odd(32))}), KeyRefused::Type),
        (json!({"kty": "OKP", "crv": "Ed25519", "x": b64(&odd(31))}), KeyRefused::Numbers),
        (with("x", json!(b64(&odd(32)))), KeyRefused::Numbers),
        (with("x", json!(b64(&[0; 32]))), KeyRefused::Numbers),
        (with("y", Value::Null), KeyRefused::Numbers),
        (with("y", json!(format!("{}=", ec["y"].as_str().unwrap()))), KeyRefused::Numbers),
        (json!({"kty": "RSA", "n": b64(&odd(255)), "e": "AQAB"}), KeyRefused::RsaSize),
        (json!({"kty": "RSA", "n": b64(&odd(1025)), "e": "AQAB"}), KeyRefused::RsaSize),
        (json!({"kty": "RSA", "n": b64(&[vec![0x7f], odd(255)].concat()), "e": "AQAB"}), KeyRefused::RsaSize),
        (json!({"kty": "RSA", "n": b64(&[vec![0], odd(256)].concat()), "e": "AQAB"}), KeyRefused::Numbers),
        (json!({"kty": "RSA", "n": b64(&odd(256)), "e": "AQ"}), KeyRefused::Numbers),
        (json!({"kty": "RSA", "n": b64(&odd(256)), "e": "Ag"}), KeyRefused::Numbers),
        (json!({"kty": "RSA", "n": b64(&odd(256)), "e": ""}), KeyRefused::Numbers),
        (json!({"kty": "RSA", "n": b64(&odd(256)), "e": "AA"}), KeyRefused::Numbers),
        (json!({"kty": "RSA", "n": b64(&odd(256)), "e": b64(&[1, 0, 0])}), KeyRefused::Numbers),
        (json!({"kty": "RSA", "n": b64(&odd(256)), "e": b64(&[2, 0, 0, 0, 1])}), KeyRefused::Numbers),
        (json!({"kty": "RSA", "n": b64(&odd(256)), "e": b64(&[0, 1, 0, 1])}), KeyRefused::Numbers),
        (json!({"kty": "RSA", "n": b64(&[odd(255), vec![0xfe]].concat()), "e": "AQAB"}), KeyRefused::Numbers),
        (json!({"kty": "RSA", "n": b64(&odd(256))}), KeyRefused::Numbers),
        (with("use", json!("enc")), KeyRefused::Purpose),
        (with("key_ops", json!(["deriveKey"])), KeyRefused::Purpose),
        (with("alg", json!("ES384")), KeyRefused::Purpose),
        (with("alg", json!("HS256")), KeyRefused::Purpose),
        (with("alg", json!("RS256")), KeyRefused::Purpose),
    ] {
        assert_eq!(PublicKey::from_jwk(&jwk), Err(refused), "{jwk}");
    }
    for described in [with("use", json!("sig")), with("key_ops", json!(["verify"])), with("alg", json!("ES256")), with("kid", json!("x"))] {
        assert_eq!(PublicKey::from_jwk(&described).unwrap().to_jwk(), ec);
    }
}

#[test]
fn an_ed25519_key_that_anybody_can_sign_for_is_refused() {
    let check = |hex: &str, refused: Option<KeyRefused>| {
        let x = hex::decode(hex).unwrap();
        assert_eq!(PublicKey::ed25519(&x).err(), refused, "{hex}");
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(&x)});
        assert_eq!(PublicKey::from_jwk(&jwk).err(), refused, "{jwk}");
    };
    // the eight points of small order
    for point in [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ] {
        check(point, Some(KeyRefused::SmallOrder));
    }
    // a sign where x is 0
    check("0100000000000000000000000000000000000000000000000000000000000080", Some(KeyRefused::Numbers));
    check("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", Some(KeyRefused::Numbers));
    // y from 2^255 - 19 on, that is 0, 1, … not reduced; some of them points of small order
    for low in 0xed..=0xff {
        let end = "ff".repeat(30);
        check(&format!("{low:02x}{end}7f"), Some(KeyRefused::Numbers));
        check(&format!("{low:02x}{end}ff"), Some(KeyRefused::Numbers));
    }
    // no x goes with y = 2
    check("0200000000000000000000000000000000000000000000000000000000000000", Some(KeyRefused::Numbers));
    // the base point, and RFC 8032 §7.1, test 1
    check("5866666666666666666666666666666666666666666666666666666666666666", None);
    check("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", None);
}

#[test]
fn a_p256_point_must_lie_on_the_curve() {
    let check = |x: &str, y: &str, fits: bool| {
        let refused = PublicKey::p256(&hex::decode(x).unwrap(), &hex::decode(y).unwrap()).err();
        assert_eq!(refused, (!fits).then_some(KeyRefused::Numbers), "{x} {y}");
    };
    // the base point (FIPS 186-4 D.1.2.3), then one bit off, swapped, and the point that has no coordinates
    let x = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
    let y = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
    check(x, y, true);
    check(x, &y.replace("51f5", "51f4"), false);
    check(y, x, false);
    check(&"00".repeat(32), &"00".repeat(32), false);
    // x = 5 has a point; 5 + p is the same number, not reduced
    let y = "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc";
    check("0000000000000000000000000000000000000000000000000000000000000005", y, true);
    check("ffffffff00000001000000000000000000000001000000000000000000000004", y, false);
}

#[test]
fn a_key_is_accepted_from_its_first_to_its_last_second_and_until_revoked() {
    let mut key = OfficeKey::new(SigningKey::generate_ed25519().unwrap().public_key().unwrap());
    assert_eq!(key.status_at(Timestamp::MIN), KeyStatus::Accepted);
    assert_eq!(key.status_at(Timestamp::MAX), KeyStatus::Accepted);
    key.not_before = Some(at("2026-04-01T00:00:00Z"));
    key.not_after = Some(at("2026-04-30T23:59:59Z"));
    let check = |key: &OfficeKey, stored_at: &str, status: KeyStatus| assert_eq!(key.status_at(at(stored_at)), status, "{stored_at}");
    check(&key, "2026-03-31T23:59:59.999Z", KeyStatus::NotYetValid);
    check(&key, "2026-04-01T00:00:00Z", KeyStatus::Accepted);
    check(&key, "2026-04-30T23:59:59Z", KeyStatus::Accepted);
    check(&key, "2026-04-30T23:59:59.999Z", KeyStatus::Accepted);
    check(&key, "2026-05-01T00:00:00Z", KeyStatus::Expired);
    key.revoked_at = Some(at("2026-04-10T12:00:00Z"));
    check(&key, "2026-04-10T11:00:00Z", KeyStatus::Accepted);
    check(&key, "2026-04-10T12:00:00Z", KeyStatus::Accepted);
    check(&key, "2026-04-10T12:00:59.999Z", KeyStatus::Accepted);
    check(&key, "2026-04-10T12:01:00Z", KeyStatus::Revoked);
    check(&key, "2026-05-01T00:00:00Z", KeyStatus::Revoked);
    check(&key, "2026-03-01T00:00:00Z", KeyStatus::NotYetValid);
    assert_eq!(key.status_at(Timestamp::MAX), KeyStatus::Revoked);
    assert_eq!(key.status_at(Timestamp::MIN), KeyStatus::NotYetValid);
}

#[test]
fn a_revocation_holds_from_the_earlier_moment() {
    let mut key = OfficeKey::new(SigningKey::generate_ed25519().unwrap().public_key().unwrap());
    let [early, now, late] = ["2026-04-09T00:00:00Z", "2026-04-10T00:00:00Z", "2026-04-11T00:00:00Z"].map(at);
    for (revoked_at, expected) in [(None, now), (Some(early), early), (Some(now), now), (Some(late), now)] {
        key.revoked_at = revoked_at;
        key.revoke(now);
        assert_eq!(key.revoked_at, Some(expected), "{revoked_at:?}");
    }
}
