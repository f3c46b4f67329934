//! Letting a device in: it registers its key with a one-time code.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use exchange::{KeyRefused, MAX_TRIES, Office, OfficeKey, OneTimeCode, PublicKey, steers, token};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use standard::OfficeNumber;
use store::{CodeRecord, steps};
use subtle::ConstantTimeEq as _;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::problem::{Kind, Problem, ProblemBody};
use crate::settings::sentence;
use crate::{Api, Body};

/// The most keys of an office that are not revoked.
const MAX_LIVE_KEYS: usize = 20;
/// The most keys of an office, revoked ones too: its entry must not grow without end.
const MAX_KEYS: usize = 200;
/// The longest name of a device, in characters.
const MAX_NAME: usize = 100;

/// A device that wants to be let in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Enrolment {
    /// The office's number.
    #[schema(example = "0370100018")]
    office: String,
    /// The one-time code: 16 characters of base32, hyphens and small letters as one likes.
    #[schema(example = "ABCD-EFGH-IJKL-2345")]
    code: String,
    /// The key's public half as a JWK (RFC 7517): EC P-256, OKP Ed25519, or RSA of at least 2,048 bits.
    #[schema(value_type = Object)]
    public_key: Value,
    /// What the office calls the device: 1 to 100 characters, no control characters and no marks of direction.
    #[schema(example = "事務室のパソコン", min_length = 1, max_length = 100)]
    name: String,
    /// A JWT with `typ` `renkei-proof+jwt` that the key itself signed: `iss` the office, `aud` this API's origin, `jti` the code's first four characters.
    proof: String,
}

/// The device's key as it is registered.
#[derive(Serialize, ToSchema)]
struct Registered {
    /// The office.
    #[schema(value_type = String)]
    office: OfficeNumber,
    /// What tokens and manifests name: the key's RFC 7638 thumbprint.
    kid: String,
}

/// One answer for every code that opens nothing: wrong, used, tried too often, too old, void, of another office or of none.
static CODE_REFUSED: Kind = Kind {
    status: StatusCode::FORBIDDEN,
    code: "code-refused",
    title: "Code refused",
    detail: "This office number and code open nothing. Check both; a code holds 14 days, for one device and five tries. If in doubt ask for a new one.",
    detail_ja: "事業所番号とコードの組み合わせが正しくありません。両方を確認してください。コードの有効期間は 14 日で、1 台・5 回までしか使えません。わからないときは新しいコードを請求してください。",
};
static KEY_REFUSED: Kind = Kind {
    status: StatusCode::UNPROCESSABLE_ENTITY,
    code: "key-refused",
    title: "Key refused",
    detail: "The key can't be registered.",
    detail_ja: "この鍵は登録できません。EC P-256、Ed25519、または 2,048 ビット以上の RSA の公開鍵だけを JWK で送ってください。",
};
static PROOF_INVALID: Kind = Kind {
    status: StatusCode::UNPROCESSABLE_ENTITY,
    code: "proof-invalid",
    title: "Proof doesn't hold",
    detail: "The proof is not a JWT with typ renkei-proof+jwt, iss the office, aud this API's origin and jti the code's first four characters, signed \
        by the key that is to be registered.",
    detail_ja: "proof が正しくありません。登録する鍵で署名し、typ は renkei-proof+jwt、iss は事業所番号、aud は API のオリジン、jti はコードの最初の 4 文字にしてください。",
};
static NAME_UNFIT: Kind = Kind {
    status: StatusCode::UNPROCESSABLE_ENTITY,
    code: "name-unfit",
    title: "Name doesn't fit",
    detail: "The device's name has 1 to 100 characters, and none that controls how a text is shown: no line breaks, no marks of direction.",
    detail_ja: "端末の名前は 1～100 文字とし、制御文字（改行など）や文字の向きを変える文字を入れないでください。",
};
static KEY_REGISTERED: Kind = Kind {
    status: StatusCode::CONFLICT,
    code: "key-registered",
    title: "Key known already",
    detail: "The office has this key, under its own id or a certificate's, or had it and revoked it: a token that it signs by that id tells which. Another \
        device makes a key pair of its own. This call used no code up.",
    detail_ja: "この鍵は（鍵自体の ID または証明書の ID で）すでに登録されているか、失効済みです。その ID を付けてこの鍵で署名したトークンで、どちらか確認できます。別の端末では新しい鍵を作ってください。今回コードは使われていません。",
};
static KEYS_FULL: Kind = Kind {
    status: StatusCode::CONFLICT,
    code: "keys-full",
    title: "Too many devices",
    detail: "The office has 20 devices. Revoke one that is not used any more. The code was not used up.",
    detail_ja: "登録できる端末は 20 台までです。使っていない端末の鍵を失効させてください。コードはまだ使えます。",
};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(enrol))
}

/// Register a device's key with a one-time code
///
/// Open to whoever has a code. A try with an existing code counts, the right one too; five kill the code. Whose answer was lost asks again: a key that the
/// office has is answered `key-registered`, whatever the code, and no try is counted.
#[utoipa::path(
    post, path = "/v1/enrolments", tag = "devices", request_body = Enrolment,
    responses(
        (status = CREATED, body = Registered),
        (status = FORBIDDEN, description = "`code-refused`", body = ProblemBody, content_type = "application/problem+json"),
        (status = CONFLICT, description = "`key-registered`, `keys-full`", body = ProblemBody, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "`json-unfit`, `name-unfit`, `key-refused`, `proof-invalid`", body = ProblemBody,
            content_type = "application/problem+json"),
    ),
    security(()),
)]
async fn enrol(State(api): State<Api>, Body(enrolment): Body<Enrolment>) -> Result<(StatusCode, Json<Registered>), Problem> {
    let Enrolment { office, code, public_key, name, proof } = enrolment;
    if !fits(&name) {
        return Err(Problem::from(&NAME_UNFIT));
    }
    let public_key = PublicKey::from_jwk(&public_key).map_err(|refused| KEY_REFUSED.because(sentence(&refused), key_ja(refused)))?;
    let office: OfficeNumber = office.parse().map_err(|_| &CODE_REFUSED)?;
    let code: OneTimeCode = code.parse().map_err(|_| &CODE_REFUSED)?;
    let now = api.clock.now();
    if !token::proves(&proof, &public_key, &office, api.origin.as_str(), code.first_four(), now) {
        return Err(Problem::from(&PROOF_INVALID));
    }
    let key = OfficeKey { name: Some(name), added_at: Some(now), ..OfficeKey::new(public_key) };
    let kid = key.kid.clone();
    // only to whoever holds the key, as the proof shows; a code that was used up for it would say nothing
    if api.ledger.office(&office).await?.is_some_and(|(entry, _)| entry.known_key(&key).is_some()) {
        return Err(Problem::from(&KEY_REGISTERED));
    }
    let record = api.codes.try_code(&office, code.first_four(), now).await?.ok_or(&CODE_REFUSED)?;
    let digest = hex::encode(code.digest(&api.secret, &office));
    if !bool::from(record.digest.as_bytes().ct_eq(digest.as_bytes())) {
        if record.tries >= MAX_TRIES {
            tracing::warn!(%office, "a one-time code was tried too often and opens nothing more");
        }
        return Err(Problem::from(&CODE_REFUSED));
    }
    let enrolled = steps::enrol(&*api.ledger, &*api.codes, &record, |entry| add(entry, &record, &key, now)).await?;
    enrolled.ok_or(&CODE_REFUSED)?;
    tracing::info!(%office, kid, "a device was enrolled");
    Ok((StatusCode::CREATED, Json(Registered { office, kid })))
}

/// Puts the key into the entry, if the code is not void and there is room.
fn add(office: &mut Office, code: &CodeRecord, key: &OfficeKey, now: Timestamp) -> Result<(), Problem> {
    let revoked = |key: &OfficeKey| key.revoked_at.is_some_and(|at| at <= now);
    let stands = |kid: &String| office.keys.iter().any(|key| key.kid == *kid && !revoked(key));
    if !code.handed_out_by.as_ref().is_none_or(stands) {
        return Err(Problem::from(&CODE_REFUSED));
    }
    if office.known_key(key).is_some() {
        return Err(Problem::from(&KEY_REGISTERED));
    }
    let live = office.keys.iter().filter(|key| !revoked(key)).count();
    if live >= MAX_LIVE_KEYS || office.keys.len() >= MAX_KEYS {
        return Err(Problem::from(&KEYS_FULL));
    }
    office.keys.push(key.clone());
    Ok(())
}

fn key_ja(refused: KeyRefused) -> &'static str {
    match refused {
        KeyRefused::NotAJwk => "鍵が JWK ではありません。kty を含む JSON オブジェクト（RFC 7517）を送ってください。",
        KeyRefused::NotACertificate => "鍵が X.509 証明書ではありません。PEM（BEGIN CERTIFICATE）または DER で送ってください。",
        KeyRefused::Private => "鍵に秘密の部分が含まれています。この鍵はもう秘密ではないため、新しい鍵を作り、公開鍵だけを送ってください。",
        KeyRefused::Type => "この種類の鍵は使えません。EC P-256、OKP Ed25519、RSA のいずれかにしてください。",
        KeyRefused::RsaSize => "RSA の鍵は 2,048～8,192 ビットです。2,048 ビット以上の鍵を作ってください。",
        KeyRefused::Numbers => {
            "鍵の値が足りないか、パディングなしの base64url ではないか、鍵として正しくありません。もう一度書き出してください。"
        }
        KeyRefused::SmallOrder => {
            "この Ed25519 の鍵は安全ではありません（だれでも署名を作れます）。実績のあるライブラリーで新しい鍵を作ってください。"
        }
        KeyRefused::Purpose => {
            "鍵の use・key_ops・alg が署名での利用を許していません。ES256・EdDSA・RS256・PS256 の署名用の鍵にしてください。"
        }
    }
}

fn fits(name: &str) -> bool {
    !name.trim().is_empty() && name.chars().count() <= MAX_NAME && !name.chars().any(steers)
}
