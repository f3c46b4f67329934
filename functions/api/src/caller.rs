//! Who calls: the office whose key signed the token for this call.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use exchange::Office;
use exchange::token::{Call, Token, TokenRefused, UnverifiedToken};
use jiff::Timestamp;

use crate::Api;
use crate::problem::{Kind, Problem};

/// The office that calls, as its entry says now.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Its entry, read for this call.
    pub office: Office,
    /// The key of the device that calls.
    pub kid: String,
    /// The token's id.
    pub jti: String,
    /// Until when the token can be presented.
    pub void_after: Timestamp,
}

/// The same, its token used up with it: for calls that give something away. Who presents it again is refused.
#[derive(Debug, Clone)]
pub struct CallerOnce(pub Caller);

static MISSING: Kind = Kind {
    status: StatusCode::UNAUTHORIZED,
    code: "token-missing",
    title: "No token",
    detail: "Sign a token for this call with the office's key and send it in the header Authorization: Bearer.",
    detail_ja: "事業所の鍵で署名したトークンを Authorization: Bearer ヘッダーに入れて送ってください。",
};
static MALFORMED: Kind = Kind {
    status: StatusCode::UNAUTHORIZED,
    code: "token-malformed",
    title: "Not a token",
    detail: "The token is not a JWT with typ renkei-token+jwt, alg, kid, iss, aud, iat, exp, jti, htm and htu, each in its form.",
    detail_ja: "トークンの形式が正しくありません。typ は renkei-token+jwt とし、alg・kid・iss・aud・iat・exp・jti・htm・htu をすべて入れてください。",
};
static KEY_UNKNOWN: Kind = Kind {
    status: StatusCode::UNAUTHORIZED,
    code: "key-unknown",
    title: "Unknown key",
    detail: "The office has no key of this kid. Check iss and kid, or enrol the device with a one-time code.",
    detail_ja: "この事業所にその鍵は登録されていません。iss と kid を確認するか、ワンタイムコードで端末を登録してください。",
};
static SIGNATURE: Kind = Kind {
    status: StatusCode::UNAUTHORIZED,
    code: "signature-invalid",
    title: "Signature doesn't hold",
    detail: "The token is not signed by the key it names. Sign header and claims as they are sent, with an alg that fits the key.",
    detail_ja: "トークンの署名が kid の鍵と一致しません。送る内容そのものに、鍵に合った alg で署名してください。",
};
static KEY_REVOKED: Kind = Kind {
    status: StatusCode::UNAUTHORIZED,
    code: "key-revoked",
    title: "Key revoked",
    detail: "This device's key was revoked. Make a new key and enrol it with a one-time code.",
    detail_ja: "この端末の鍵は失効しています。新しい鍵を作り、ワンタイムコードで登録してください。",
};
static KEY_EXPIRED: Kind = Kind {
    status: StatusCode::UNAUTHORIZED,
    code: "key-expired",
    title: "Key not valid now",
    detail: "This device's key is not valid yet or no more. Make a new key and enrol it with a one-time code.",
    detail_ja: "この端末の鍵は有効期間外です。新しい鍵を作り、ワンタイムコードで登録してください。",
};
static EXPIRED: Kind = Kind {
    status: StatusCode::UNAUTHORIZED,
    code: "token-expired",
    title: "Token not valid now",
    detail: "Set this machine's clock, sign a token now (iat) and let it expire (exp) within five minutes.",
    detail_ja: "端末の時計を合わせ、いまの時刻 (iat) で署名し直してください。有効期限 (exp) は 5 分以内です。",
};
static OTHER_CALL: Kind = Kind {
    status: StatusCode::UNAUTHORIZED,
    code: "token-wrong-call",
    title: "Token for another call",
    detail: "A token opens one call: aud is the API's origin, htm the method, htu the path without query, as they are sent.",
    detail_ja: "トークンは一つの呼び出し専用です。aud に API のオリジン、htm にメソッド、htu にクエリーを除いたパスを、送るとおりに入れてください。",
};
static USED: Kind = Kind {
    status: StatusCode::UNAUTHORIZED,
    code: "token-used",
    title: "Token used",
    detail: "Credentials and codes are handed out once per token. Sign a new one, with a new jti.",
    detail_ja: "認証情報とコードの発行では、トークンは一回しか使えません。新しい jti で署名し直してください。",
};

impl FromRequestParts<Api> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let token = UnverifiedToken::parse(bearer(&parts.headers)?).map_err(problem)?;
        let (office, _) = api.ledger.office(token.issuer()).await?.ok_or(&KEY_UNKNOWN)?;
        let call = Call { origin: api.origin.as_str(), method: parts.method.as_str(), path: parts.uri.path() };
        let Token { kid, jti, void_after, .. } = token.verify(&office.keys, &call, api.clock.now()).map_err(problem)?;
        Ok(Caller { office, kid, jti, void_after })
    }
}

impl FromRequestParts<Api> for CallerOnce {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, api).await?;
        let fresh = api.codes.spend_token(&caller.office.number, &caller.jti, caller.void_after).await?;
        if fresh { Ok(CallerOnce(caller)) } else { Err(Problem::from(&USED)) }
    }
}

/// The token of the one header `Authorization` (RFC 6750 §2.1).
fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (value, more) = (given.next().ok_or(&MISSING)?, given.next());
    let token = value.to_str().ok().and_then(|value| value.split_once(' '));
    match (token, more) {
        (Some((scheme, token)), None) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        (Some(_), None) => Err(Problem::from(&MISSING)),
        _ => Err(Problem::from(&MALFORMED)),
    }
}

fn problem(refused: TokenRefused) -> Problem {
    Problem::from(match refused {
        TokenRefused::Malformed => &MALFORMED,
        TokenRefused::KeyUnknown => &KEY_UNKNOWN,
        TokenRefused::Signature => &SIGNATURE,
        TokenRefused::KeyRevoked => &KEY_REVOKED,
        TokenRefused::KeyExpired => &KEY_EXPIRED,
        TokenRefused::Expired => &EXPIRED,
        TokenRefused::OtherCall => &OTHER_CALL,
    })
}
