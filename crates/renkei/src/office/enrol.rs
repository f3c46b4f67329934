//! `renkei enrol`: this device gets a key, and the exchange hears of it.

use std::process::ExitCode;

use anyhow::bail;
use exchange::OneTimeCode;
use exchange::sign;
use serde_json::{Value, json};

use super::args::EnrolArgs;
use super::home::{self, Home, Profile};
use crate::client::{Client, Exchange};
use crate::output::{GOOD, MISUSE, Output};

/// What the office calls the device, where nobody says.
const NAME: &str = "renkei";

/// What the API answers, with 401, to a key that no office has, or has no more.
const KEY_UNKNOWN: &str = "key-unknown";
const KEY_REVOKED: &str = "key-revoked";

pub(super) async fn run(EnrolArgs { office, code, name }: EnrolArgs, home: &Home, output: &Output) -> anyhow::Result<ExitCode> {
    let Ok(code) = code.parse::<OneTimeCode>() else {
        output.complain("コードは 16 文字の英数字です（A～Z と 2～7）。\na code has 16 letters and digits, A to Z and 2 to 7");
        return Ok(ExitCode::from(MISUSE));
    };
    if let Some(Profile { office, name, .. }) = home.profile()? {
        bail!(
            "この端末は事業所 {office} に「{name}」として登録済みです。別の登録には RENKEI_HOME で別のフォルダーを指定してください。\n\
             this device is enrolled already: another RENKEI_HOME makes room for another enrolment"
        );
    }
    let exchange = Exchange::at(&home::url()?)?;
    let name = name.unwrap_or_else(|| NAME.to_owned());
    // on disk before the exchange knows it; the key of an enrolment that broke off is the same device's
    let kept = home.key()?;
    let is_fresh = kept.is_none();
    let key = kept.map_or_else(|| home.make_key(), Ok)?;
    let proof = sign::proof(&key, &office, exchange.origin(), code.first_four())?;
    let kid = key.kid()?;
    let enrolment =
        json!({"office": office, "code": code.to_string(), "public_key": key.public_key()?.to_jwk(), "name": name, "proof": proof});
    let answer = exchange.post_openly("/v1/enrolments", &enrolment).await;
    let client = Client { exchange, office, key, kid: kid.clone() };
    if let Err(refused) = answer {
        // the answer to an earlier try may be lost, its code used up: whether the key is registered shows when it opens something
        let asked = match refused.status() {
            Some(status) if status.is_client_error() => client.get::<Value>("/v1/keys", &[]).await,
            _ => return Err(refused.into()),
        };
        if let Err(error) = asked {
            match error.code() {
                // it will never open anything
                Some(KEY_REVOKED) => home.forget_key()?,
                // one that an earlier command made, another exchange may know
                Some(KEY_UNKNOWN) if is_fresh => home.forget_key()?,
                _ => {}
            }
            return Err(refused.into());
        }
    }
    home.keep_profile(&Profile { url: client.exchange.origin().to_owned(), office, kid: kid.clone(), name })?;
    let text = format!("{GOOD}登録しました / enrolled{GOOD:#}  事業所 {office}  鍵 {kid}");
    output.either(&json!({"office": office, "kid": kid}), text)?;
    Ok(ExitCode::SUCCESS)
}
