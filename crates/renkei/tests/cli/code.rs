//! `renkei admin code`: what an operator hands out, and that it opens.

use exchange::sign::{self, SigningKey};
use serde_json::json;

use crate::place::Local;

const OFFICE: &str = "9870808848";

fn with_an_office() -> (Local, tempfile::TempDir) {
    let (local, folder) = Local::fresh();
    local.admin(&["office", "add", "--office", OFFICE, "--name", "ひなた <介護>"]).object();
    (local, folder)
}

#[test]
fn a_code_is_printed_with_its_last_day_and_another_one_every_time() {
    let folder = tempfile::tempdir().unwrap();
    let local = Local::start(folder.path(), &["--now", "2026-04-10T09:00:00+09:00"]);
    local.admin(&["office", "add", "--office", OFFICE, "--name", "ひなた"]).object();
    let [one, other] = [(); 2].map(|()| local.admin(&["code", "--office", OFFICE]).object());
    for code in [&one, &other] {
        assert_eq!(code["office"], OFFICE);
        assert!(code["expires_at"].as_str().unwrap().starts_with("2026-04-24T09:0"), "{code}");
        let groups: Vec<&str> = code["code"].as_str().unwrap().split('-').collect();
        assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [4, 4, 4, 4]);
    }
    assert_ne!(one["code"], other["code"]);
}

#[test]
fn a_letter_holds_the_code_for_its_owners_eyes_and_replaces_nothing() {
    let (local, folder) = with_an_office();
    let path = folder.path().join("letter.html");
    let args = ["code", "--office", OFFICE, "--letter", path.to_str().unwrap()];
    let code = local.admin(&args).object()["code"].as_str().unwrap().to_owned();
    let letter = std::fs::read_to_string(&path).unwrap();
    for text in [OFFICE, code.as_str(), "ひなた &#60;介護&#62;　御中", "有効期限"] {
        assert!(letter.contains(text), "{text}");
    }
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
    let again = local.admin(&args);
    assert_eq!((again.code, again.stdout.as_str()), (Some(1), ""), "no code where there is no letter");
    assert!(again.stderr.contains("letter.html"), "{}", again.stderr);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), letter);
}

#[test]
fn an_office_that_is_not_registered_gets_no_code() {
    let (local, folder) = Local::fresh();
    let path = folder.path().join("letter.html");
    let ended = local.admin(&["code", "--office", OFFICE, "--letter", path.to_str().unwrap()]);
    assert_eq!((ended.code, ended.stdout.as_str(), path.exists()), (Some(1), "", false));
    assert!(ended.stderr.contains("is not registered"), "{}", ended.stderr);
}

#[test]
fn a_code_lets_a_device_in_over_the_api() {
    let (local, _folder) = with_an_office();
    let code = local.admin(&["code", "--office", OFFICE]).object()["code"].as_str().unwrap().to_owned();
    let origin = local.announcement["api"].as_str().unwrap();
    let key = SigningKey::generate_ed25519().unwrap();
    let proof = sign::proof(&key, &OFFICE.parse().unwrap(), origin, &code[..4]).unwrap();
    let body = json!({"office": OFFICE, "code": code, "public_key": key.public_key().unwrap().to_jwk(), "name": "事務室", "proof": proof});
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answer = runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.post(format!("{origin}/v1/enrolments")).json(&body).send().await.unwrap().status().as_u16()
    });
    assert_eq!(answer, 201);
    let keys = local.admin(&["key", "list", "--office", OFFICE]).objects();
    assert_eq!(keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect::<Vec<_>>(), [key.kid().unwrap()]);
}
