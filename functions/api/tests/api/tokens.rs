//! Whose calls are let in.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use exchange::sign::SigningKey;
use jiff::SignedDuration;
use serde_json::json;

use crate::desk::{Desk, OFFICE, ORIGIN, OTHER, number};

const PATH: &str = "/v1/credentials";

#[tokio::test]
async fn an_office_gets_credentials_of_its_own() {
    let desk = Desk::open().await;
    let answer = desk.call("POST", PATH, None).await;
    assert_eq!((answer.status, &answer.json["access_key_id"], &answer.json["bucket"]), (StatusCode::OK, &json!(OFFICE), &json!("bucket")));
    assert_eq!(answer.json["expires_at"], "2026-04-10T09:00:00+09:00");
}

#[tokio::test]
async fn a_token_gives_things_away_once() {
    let desk = Desk::open().await;
    let token = desk.token("POST", PATH);
    assert_eq!(desk.call_with("POST", PATH, Some(&token), None).await.code(), None);
    for _ in 0..2 {
        let answer = desk.call_with("POST", PATH, Some(&token), None).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, Some("token-used")));
        assert!(!answer.json.to_string().contains("secret"), "a replay tells nothing");
    }
    let again = desk.draft("POST", PATH);
    assert_eq!(desk.call_with("POST", PATH, Some(&again.sign(&desk.key).unwrap()), None).await.code(), None);
    let late = exchange::sign::TokenDraft { exp: again.iat, ..again };
    let replayed = desk.call_with("POST", PATH, Some(&late.sign(&desk.key).unwrap()), None).await;
    assert_eq!(replayed.code(), Some("token-used"), "the jti counts, not the token's letters");
}

#[tokio::test]
async fn a_token_is_refused_with_a_code_of_its_own() {
    let desk = Desk::open().await;
    let other = SigningKey::generate_ed25519().unwrap();
    desk.register(OTHER, &[&other]).await;
    let draft = || desk.draft("POST", PATH);
    let changed = |change: &dyn Fn(&mut exchange::sign::TokenDraft)| {
        let mut draft = draft();
        change(&mut draft);
        draft.sign(&desk.key).unwrap()
    };
    let (own, kid) = (desk.token("POST", PATH), desk.key.kid().unwrap());
    for (what, token, code) in [
        ("no token", None, "token-missing"),
        ("no JWT", Some("letters".to_owned()), "token-malformed"),
        ("alg none", Some(format!("eyJhbGciOiJub25lIn0.{}.", own.split('.').nth(1).unwrap())), "token-malformed"),
        ("a proof", Some(exchange::sign::proof(&desk.key, &number(OFFICE), ORIGIN, "ABCD").unwrap()), "token-malformed"),
        ("a bad signature", Some(format!("{}.{}", own.rsplit_once('.').unwrap().0, "A".repeat(86))), "signature-invalid"),
        ("another office's key", Some(draft().sign(&other).unwrap()), "key-unknown"),
        ("another office's key under our kid", Some(draft().sign_as(&other, &kid).unwrap()), "signature-invalid"),
        ("another office's name", Some(changed(&|draft| draft.iss = number(OTHER))), "key-unknown"),
        ("an office that isn't there", Some(changed(&|draft| draft.iss = number("9770000122"))), "key-unknown"),
        ("another method", Some(changed(&|draft| draft.htm = "GET".into())), "token-wrong-call"),
        ("another path", Some(changed(&|draft| draft.htu = "/v1/keys".into())), "token-wrong-call"),
        ("another API", Some(changed(&|draft| draft.aud = "https://other.example".into())), "token-wrong-call"),
        ("a token for a day", Some(changed(&|draft| draft.exp += SignedDuration::from_hours(24))), "token-expired"),
    ] {
        let answer = desk.call_with("POST", PATH, token.as_deref(), None).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, Some(code)), "{what}");
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer", "{what}");
    }
    assert_eq!(desk.call_with("POST", PATH, Some(&own), None).await.code(), None, "none of them used up the office's own");
}

#[tokio::test]
async fn a_token_ages_and_its_key_is_revoked_at_once() {
    let desk = Desk::open().await;
    let (begun, token) = (desk.now(), desk.token("POST", PATH));
    for (seconds, code) in [(-61, Some("token-expired")), (361, Some("token-expired")), (360, None)] {
        desk.set_now(begun + SignedDuration::from_secs(seconds));
        assert_eq!(desk.call_with("POST", PATH, Some(&token), None).await.code(), code, "{seconds}");
    }
    desk.set_now(begun);
    for (revoked, code) in [
        (begun + SignedDuration::from_secs(1), None),
        (begun, Some("key-revoked")),
        (begun - SignedDuration::from_secs(60), Some("key-revoked")),
    ] {
        desk.change(OFFICE, |office| office.keys[0].revoked_at = Some(revoked)).await;
        assert_eq!(desk.call("POST", PATH, None).await.code(), code, "{revoked}");
    }
}

#[tokio::test]
async fn one_token_stands_in_one_header() {
    let desk = Desk::open().await;
    let token = || desk.token("POST", PATH);
    for (values, code) in [
        (vec![format!("bearer {}", token())], None),
        (vec![format!("BEARER  {}", token())], None),
        (vec![format!("Basic {}", token())], Some("token-missing")),
        (vec![format!("DPoP {}", token())], Some("token-missing")),
        (vec![token()], Some("token-malformed")),
        (vec![format!("Bearer {}", token()), format!("Bearer {}", token())], Some("token-malformed")),
        (vec!["Bearer ".to_owned()], Some("token-malformed")),
    ] {
        let mut request = Request::post(PATH);
        for value in &values {
            request = request.header(header::AUTHORIZATION, value);
        }
        assert_eq!(desk.send(request.body(Body::empty()).unwrap()).await.code(), code, "{values:?}");
    }
}
