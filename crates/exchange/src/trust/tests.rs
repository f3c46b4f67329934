use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyIdMethod, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P384_SHA384, RevokedCertParams, SanType, SerialNumber, date_time_ymd,
};

use super::*;

const OFFICE: &str = "0370100018";

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str, by: Option<&Authority>) -> Authority {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2040, 1, 1));
    let key = KeyPair::generate().unwrap();
    match by {
        Some(by) => CertifiedIssuer::signed_by(params, key, by).unwrap(),
        None => CertifiedIssuer::self_signed(params, key).unwrap(),
    }
}

/// A device's certificate, good in 2026, once `change` has been at it.
fn device(by: &Authority, change: impl FnOnce(&mut CertificateParams)) -> String {
    device_with(by, &KeyPair::generate().unwrap(), change)
}

fn device_with(by: &Authority, key: &KeyPair, change: impl FnOnce(&mut CertificateParams)) -> String {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, OFFICE);
    params.serial_number = Some(SerialNumber::from(7));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    (params.not_before, params.not_after) = (date_time_ymd(2026, 1, 1), date_time_ymd(2027, 1, 1));
    change(&mut params);
    params.signed_by(key, by).unwrap().pem()
}

fn list(by: &Authority, revoked: &[u64], until: i32) -> String {
    let revoked = revoked.iter().map(|serial| RevokedCertParams {
        serial_number: SerialNumber::from(*serial),
        revocation_time: date_time_ymd(2026, 2, 1),
        reason_code: None,
        invalidity_date: None,
    });
    let params = CertificateRevocationListParams {
        this_update: date_time_ymd(2026, 3, 1),
        next_update: date_time_ymd(until, 4, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: revoked.collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    params.signed_by(by).unwrap().pem().unwrap()
}

fn named(params: &mut CertificateParams, kind: Option<DnType>, text: &str) {
    params.distinguished_name = rcgen::DistinguishedName::new();
    if let Some(kind) = kind {
        params.distinguished_name.push(kind, text);
    }
}

#[test]
fn a_certificate_is_believed_where_everything_holds_and_refused_for_what_does_not() {
    let (root, other) = (authority("root", None), authority("root", None));
    let middle = authority("middle", Some(&root));
    let good = device(&root, |_| {});
    let below = device(&middle, |_| {});
    let whole = format!("{below}{}", middle.pem());
    let serial = || DnType::CustomDnType(vec![2, 5, 4, 5]);
    let san = |name: SanType| device(&root, |params| (named(params, None, ""), params.subject_alt_names = vec![name]).1);
    let dns = |name: &str| SanType::DnsName(name.try_into().unwrap());
    let uri = |name: &str| SanType::URI(name.try_into().unwrap());
    let p384 = device_with(&root, &KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap(), |_| {});
    let now = "2026-04-10T00:00:00Z";
    let none = || vec![];
    for (what, chain, lists, at, refused) in [
        ("good", good.clone(), none(), now, None),
        ("by an intermediate", whole.clone(), none(), now, None),
        ("the first second", good.clone(), none(), "2026-01-01T00:00:00Z", None),
        ("the last second", good.clone(), none(), "2027-01-01T00:00:00Z", None),
        ("not yet", good.clone(), none(), "2025-12-31T23:59:59Z", Some(CertificateRefused::NotYetValid)),
        ("expired", good.clone(), none(), "2027-01-01T00:00:01Z", Some(CertificateRefused::Expired)),
        ("the intermediate missing", below, none(), now, Some(CertificateRefused::UnknownIssuer)),
        (
            "not for signing",
            device(&root, |it| it.key_usages = vec![KeyUsagePurpose::KeyAgreement]),
            none(),
            now,
            Some(CertificateRefused::NotForSigning),
        ),
        ("for nothing said", device(&root, |it| it.key_usages = vec![]), none(), now, Some(CertificateRefused::NotForSigning)),
        ("an authority", middle.pem(), none(), now, Some(CertificateRefused::Authority)),
        ("a weak kind of key", p384, none(), now, Some(CertificateRefused::Key(KeyRefused::Type))),
        ("no certificate", "text".to_owned(), none(), now, Some(CertificateRefused::Key(KeyRefused::NotACertificate))),
        (
            "another office",
            device(&root, |it| named(it, Some(DnType::CommonName), "0370100026")),
            none(),
            now,
            Some(CertificateRefused::OtherOffice),
        ),
        (
            "more than the number",
            device(&root, |it| named(it, Some(DnType::CommonName), "0370100018-43")),
            none(),
            now,
            Some(CertificateRefused::OtherOffice),
        ),
        (
            "the number as organization",
            device(&root, |it| named(it, Some(DnType::OrganizationName), OFFICE)),
            none(),
            now,
            Some(CertificateRefused::OtherOffice),
        ),
        ("the number as serialNumber", device(&root, |it| named(it, Some(serial()), OFFICE)), none(), now, None),
        ("a DNS name", san(dns("0370100018.care.example")), none(), now, None),
        ("a DNS name elsewhere", san(dns("x.0370100018.example")), none(), now, Some(CertificateRefused::OtherOffice)),
        ("a URI", san(uri("urn:example:office:0370100018")), none(), now, None),
        ("not revoked", good.clone(), vec![list(&root, &[8], 2027)], now, None),
        ("not revoked, by an intermediate", whole.clone(), vec![list(&root, &[], 2027), list(&middle, &[], 2027)], now, None),
        ("revoked", good.clone(), vec![list(&root, &[7], 2027)], now, Some(CertificateRefused::Revoked)),
        ("the list expired", good.clone(), vec![list(&root, &[], 2026)], now, Some(CertificateRefused::RevocationsExpired)),
        ("the list of another", good.clone(), vec![list(&other, &[], 2027)], now, Some(CertificateRefused::RevocationsUnknown)),
        ("no list of the intermediate", whole, vec![list(&root, &[], 2027)], now, Some(CertificateRefused::RevocationsUnknown)),
    ] {
        let mut trust = TrustAnchors::from_pem(root.pem().as_bytes()).unwrap();
        lists.iter().for_each(|list| trust.add_revocations(list.as_bytes()).unwrap());
        let found = trust.check(chain.as_bytes(), &OFFICE.parse().unwrap(), at.parse().unwrap());
        assert_eq!(found.err(), refused, "{what}");
    }
    // an authority of the same name, with another key
    let trust = TrustAnchors::from_pem(other.pem().as_bytes()).unwrap();
    assert!(trust.check(good.as_bytes(), &OFFICE.parse().unwrap(), now.parse().unwrap()).is_err());
    let forged = device(&other, |_| {});
    let trust = TrustAnchors::from_pem(format!("{}{}", root.pem(), middle.pem()).as_bytes()).unwrap();
    assert!(trust.check(forged.as_bytes(), &OFFICE.parse().unwrap(), now.parse().unwrap()).is_err());
}

#[test]
fn what_a_certificate_says_of_itself_is_held_against_it_without_anchors_too() {
    let root = authority("root", None);
    let check = |what: &str, change: &dyn Fn(&mut CertificateParams), at: [&str; 2], refused: Option<CertificateRefused>| {
        let claims = CertificateClaims::read(device(&root, change).as_bytes()).unwrap();
        assert_eq!(claims.check(&OFFICE.parse().unwrap(), &at.map(|at| at.parse().unwrap())).err(), refused, "{what}");
    };
    let (before, within, after) = ("2025-12-31T23:59:59Z", "2026-04-10T00:00:00Z", "2027-01-01T00:00:01Z");
    check("good", &|_| {}, [within; 2], None);
    check("no usage", &|it| it.key_usages = vec![], [within; 2], None);
    check("no number", &|it| named(it, Some(DnType::CommonName), "terminal 1"), [within; 2], None);
    check("no name", &|it| named(it, None, ""), [within; 2], None);
    check(
        "its own number too",
        &|it| it.subject_alt_names = vec![SanType::DnsName("0370100026.example".try_into().unwrap())],
        [within; 2],
        None,
    );
    check("by one of two clocks", &|_| {}, [before, within], None);
    check("the first second", &|_| {}, ["2026-01-01T00:00:00Z"; 2], None);
    check("the last second", &|_| {}, ["2027-01-01T00:00:00Z"; 2], None);
    check("not yet", &|_| {}, [before; 2], Some(CertificateRefused::NotYetValid));
    check("expired", &|_| {}, [before, after], Some(CertificateRefused::Expired));
    check("another use", &|it| it.key_usages = vec![KeyUsagePurpose::KeyCertSign], [within; 2], Some(CertificateRefused::NotForSigning));
    let other = |it: &mut CertificateParams| named(it, Some(DnType::CommonName), "0370100026");
    check("another office", &other, [within; 2], Some(CertificateRefused::OtherOffice));
    let last = CertificateClaims::read(device(&root, |_| {}).as_bytes()).unwrap().last;
    assert_eq!(last, "2027-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(CertificateClaims::read(b"text"), Err(CertificateRefused::Key(KeyRefused::NotACertificate)));
}

/// RFC 5280 §4.2.1.12: where it is there, the certificate is for nothing else.
#[test]
fn a_certificate_for_something_else_is_refused_with_anchors_and_without() {
    use ExtendedKeyUsagePurpose::{Any, ClientAuth, CodeSigning, EmailProtection, OcspSigning, Other, ServerAuth, TimeStamping};
    let root = authority("root", None);
    let trust = TrustAnchors::from_pem(root.pem().as_bytes()).unwrap();
    let purpose = |last: u64| Other(vec![1, 3, 6, 1, 5, 5, 7, 3, last]);
    let (office, now) = (OFFICE.parse().unwrap(), "2026-04-10T00:00:00Z".parse().unwrap());
    for (purposes, fits) in [
        (vec![], true),
        (vec![Any], true),
        (vec![ClientAuth], true),
        (vec![EmailProtection], true),
        (vec![purpose(36)], true),
        (vec![ServerAuth, ClientAuth], true),
        (vec![CodeSigning, purpose(36)], true),
        (vec![ServerAuth], false),
        (vec![CodeSigning], false),
        (vec![TimeStamping], false),
        (vec![OcspSigning, ServerAuth], false),
        (vec![purpose(37)], false),
    ] {
        let pem = device(&root, |params| params.extended_key_usages = purposes.clone());
        let refused = (!fits).then_some(CertificateRefused::OtherUse);
        assert_eq!(trust.check(pem.as_bytes(), &office, now).err(), refused, "{purposes:?} with anchors");
        assert_eq!(CertificateClaims::read(pem.as_bytes()).unwrap().check(&office, &[now]).err(), refused, "{purposes:?} without");
    }
}

#[test]
fn anchors_and_lists_are_told_apart_from_other_files() {
    let root = authority("root", None);
    assert_eq!(TrustAnchors::from_pem(b"text").err(), Some(CertificateRefused::NoAnchors));
    assert_eq!(TrustAnchors::from_pem(b"").err(), Some(CertificateRefused::NoAnchors));
    let private = KeyPair::generate().unwrap().serialize_pem();
    assert_eq!(TrustAnchors::from_pem(private.as_bytes()).err(), Some(CertificateRefused::Key(KeyRefused::Private)));
    let mut trust = TrustAnchors::from_pem(root.pem().as_bytes()).unwrap();
    for text in ["", "text", &root.pem()] {
        assert_eq!(trust.add_revocations(text.as_bytes()), Err(CertificateRefused::NoRevocations), "{text}");
    }
}
