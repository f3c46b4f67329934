//! What a recipient finds out of a manifest, whenever it looks.

use super::{
    RejectionCode::{KeyExpired, KeyRevoked, KeyUnknown, SenderMismatch, SignatureInvalid},
    *,
};

/// What is said of a manifest that was signed at [`STORED`], where its key is bounded so many seconds from then.
fn check(not_before: Option<i64>, not_after: Option<i64>, revoked_at: Option<i64>, refused: Option<RejectionCode>) {
    let key = &KEYS[1];
    let [not_before, not_after, revoked_at] =
        [not_before, not_after, revoked_at].map(|seconds| seconds.map(|seconds| Timestamp::from_second(STORED + seconds).unwrap()));
    let keys = [OfficeKey { not_before, not_after, revoked_at, ..OfficeKey::new(key.public_key().unwrap()) }];
    let token = key.sign_compact(&header(key), &claims()).unwrap();
    let verified = UnverifiedManifest::parse(&token).unwrap().verify_delivered(&keys, &SENDER.parse().unwrap());
    assert_eq!(verified.err(), refused, "{not_before:?} {not_after:?} {revoked_at:?}");
}

#[test]
fn a_key_counts_that_was_good_when_the_manifest_was_signed() {
    const DAY: i64 = 24 * 60 * 60;
    check(None, None, None, None);
    check(Some(-DAY), Some(DAY), None, None);
    // bounded, expired and revoked since
    check(Some(0), Some(0), Some(1), None);
    check(None, None, Some(1000 * DAY), None);
    // registered when its first upload had been refused, which was repeated then
    check(Some(DAY), None, None, None);
    check(Some(DAY + 1), None, None, Some(KeyExpired));
    // a clock that is five minutes ahead; and the minute that a revocation may take
    check(None, Some(-300), None, None);
    check(None, Some(-301), None, Some(KeyExpired));
    check(None, None, Some(-359), None);
    check(None, None, Some(-360), Some(KeyRevoked));
    check(Some(60), None, Some(-1), Some(KeyRevoked));
    check(Some(-DAY), Some(DAY), Some(-DAY), Some(KeyRevoked));
}

#[test]
fn what_the_sender_did_not_sign_is_refused_however_old() {
    let (key, sender) = (&KEYS[0], SENDER.parse().unwrap());
    let stranger = SigningKey::generate_es256().unwrap();
    for seconds in [0, STORED, 253_402_200_000] {
        let claims = with(claims(), "iat", json!(seconds));
        for (signed_by, named, refused) in
            [(key, key, None), (&stranger, key, Some(SignatureInvalid)), (&stranger, &stranger, Some(KeyUnknown))]
        {
            let token = signed_by.sign_compact(&header(named), &claims).unwrap();
            let manifest = UnverifiedManifest::parse(&token).unwrap();
            assert_eq!(manifest.clone().verify_delivered(&registered(), &sender).err(), refused, "{seconds}");
            assert_eq!(manifest.verify_delivered(&registered(), &"0370100026".parse().unwrap()).err(), Some(SenderMismatch));
        }
    }
}
