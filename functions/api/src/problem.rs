//! What goes wrong, as callers are told (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use exchange::ReportReason;
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

/// The media type of every refusal.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// How long to wait before the same call is made again, in seconds.
const RETRY_AFTER: u32 = 5;

/// One kind of problem. Software goes by `code`, people read the rest.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// The HTTP status.
    pub status: StatusCode,
    /// Stable.
    pub code: &'static str,
    /// What kind it is, in English.
    pub title: &'static str,
    /// What happened and what to do, in English.
    pub detail: &'static str,
    /// The same in Japanese.
    pub detail_ja: &'static str,
}

/// A call that is refused or failed.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    kind: &'static Kind,
    said: Option<Said>,
    reasons: Vec<ReportReason>,
}

/// What is wrong, said more precisely than its kind says it.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    detail: String,
    detail_ja: String,
}

/// A problem as JSON.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// A URN that ends in the code.
    #[serde(rename = "type")]
    pub type_uri: String,
    /// What kind it is.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable: what software goes by.
    pub code: String,
    /// What happened and what to do.
    pub detail: String,
    /// The same in Japanese.
    pub detail_ja: String,
    /// Of a transmission that would be rejected: all that speaks against it, as its report would say. `code` and `detail` are the first one's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<ReportReason>,
}

pub(crate) static NOT_FOUND: Kind = Kind {
    status: StatusCode::NOT_FOUND,
    code: "not-found",
    title: "Not found",
    detail: "There is nothing here that is yours. Check the path and the id; /openapi.json lists the calls.",
    detail_ja: "該当するものがありません。パスと ID を確認してください。呼び出しの一覧は /openapi.json にあります。",
};
pub(crate) static METHOD: Kind = Kind {
    status: StatusCode::METHOD_NOT_ALLOWED,
    code: "method-not-allowed",
    title: "Method not allowed",
    detail: "The path exists, but not with this method. The header Allow names those it has.",
    detail_ja: "このパスではそのメソッドを使えません。使えるメソッドは Allow ヘッダーにあります。",
};
pub(crate) static TOO_LARGE: Kind = Kind {
    status: StatusCode::PAYLOAD_TOO_LARGE,
    code: "body-too-large",
    title: "Body too large",
    detail: "A request's body has at most 256 KiB. Files are uploaded to S3, not to the API.",
    detail_ja: "リクエスト本文は 256 KiB までです。ファイルは API ではなく S3 にアップロードしてください。",
};
pub(crate) static MEDIA: Kind = Kind {
    status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
    code: "media-type-unsupported",
    title: "Media type not supported",
    detail: "Send JSON, with the header Content-Type: application/json.",
    detail_ja: "JSON を送り、Content-Type: application/json ヘッダーを付けてください。",
};
pub(crate) static JSON: Kind = Kind {
    status: StatusCode::BAD_REQUEST,
    code: "json-malformed",
    title: "Not JSON",
    detail: "The body is not JSON in UTF-8, or broke off. Send it again as /openapi.json describes it.",
    detail_ja: "リクエスト本文が UTF-8 の JSON ではないか、途中で切れています。/openapi.json の形式で送り直してください。",
};
pub(crate) static SHAPE: Kind = Kind {
    status: StatusCode::UNPROCESSABLE_ENTITY,
    code: "json-unfit",
    title: "JSON of another shape",
    detail: "The body is JSON, but not as /openapi.json describes it: a member is missing, unknown, given twice or of another type.",
    detail_ja: "リクエスト本文の項目が /openapi.json の定義と合いません。不足・余分・重複・型の違いがないか確認してください。",
};
pub(crate) static QUERY: Kind = Kind {
    status: StatusCode::BAD_REQUEST,
    code: "query-malformed",
    title: "Query not understood",
    detail: "A parameter of the query is unknown, given twice, or its value can't be read. /openapi.json describes them.",
    detail_ja: "クエリーパラメーターに、知らない名前・重複・読めない値があります。/openapi.json の定義を確認してください。",
};
pub(crate) static CURSOR: Kind = Kind {
    status: StatusCode::BAD_REQUEST,
    code: "cursor-unknown",
    title: "Unknown cursor",
    detail: "The cursor is none that this call gave this office. Begin again without one.",
    detail_ja: "カーソルが正しくありません。カーソルを付けずに最初のページからやり直してください。",
};
static REFUSED: Kind = Kind {
    status: StatusCode::UNPROCESSABLE_ENTITY,
    code: "transmission-refused",
    title: "The transmission would be rejected",
    detail: "Mend what `reasons` say.",
    detail_ja: "reasons の内容を修正してください。",
};
pub(crate) static BUSY: Kind = Kind {
    status: StatusCode::SERVICE_UNAVAILABLE,
    code: "unavailable",
    title: "Unavailable for a moment",
    detail: "The exchange can't answer right now. Make the same call again after the seconds that Retry-After says; whether it took effect is unknown.",
    detail_ja: "ただいま処理できません。Retry-After の秒数だけ待ってから、同じ呼び出しをやり直してください。今回の処理が済んだかどうかは不明です。",
};
pub(crate) static INTERNAL: Kind = Kind {
    status: StatusCode::INTERNAL_SERVER_ERROR,
    code: "internal-error",
    title: "Failed",
    detail: "Something is wrong on the exchange's side, and its operators are told. Trying again soon won't help.",
    detail_ja: "連携側で障害が起きています。運用者に通知されます。すぐにやり直しても解決しません。",
};

impl Kind {
    /// A problem of this kind that says more precisely what is wrong and what to do, the same in English and in Japanese; never with a value that was sent.
    pub fn because(&'static self, detail: impl Into<String>, detail_ja: impl Into<String>) -> Problem {
        Problem { kind: self, said: Some(Said { detail: detail.into(), detail_ja: detail_ja.into() }), reasons: Vec::new() }
    }
}

impl Problem {
    /// A transmission that would be rejected, for these reasons.
    pub(crate) fn refused(reasons: Vec<ReportReason>) -> Problem {
        Problem { kind: &REFUSED, said: None, reasons }
    }

    /// Its kind.
    pub fn kind(&self) -> &'static Kind {
        self.kind
    }
}

impl From<&'static Kind> for Problem {
    fn from(kind: &'static Kind) -> Problem {
        Problem { kind, said: None, reasons: Vec::new() }
    }
}

/// Storage that failed: a caller is told whether it is worth trying again, the log the rest.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        if error.is_passing() {
            tracing::warn!(%error, "storage failed");
            Problem::from(&BUSY)
        } else {
            tracing::error!(%error, "storage refused");
            Problem::from(&INTERNAL)
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Problem { kind, said, reasons } = self;
        let first = reasons.first();
        let code = first.map_or(kind.code, |reason| reason.code.as_str());
        let of_first = || first.map(|reason| Said { detail: reason.message.clone(), detail_ja: reason.message_ja.clone() });
        let of_kind = || Said { detail: kind.detail.to_owned(), detail_ja: kind.detail_ja.to_owned() };
        let Said { detail, detail_ja } = said.or_else(of_first).unwrap_or_else(of_kind);
        let body = ProblemBody {
            type_uri: format!("urn:renkei:problem:{code}"),
            title: kind.title.to_owned(),
            status: kind.status.as_u16(),
            code: code.to_owned(),
            detail,
            detail_ja,
            reasons,
        };
        let mut response = (kind.status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        match kind.status {
            // RFC 6750 §3: a 401 says which scheme opens it
            StatusCode::UNAUTHORIZED => drop(headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            StatusCode::SERVICE_UNAVAILABLE => drop(headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER))),
            _ => {}
        }
        response
    }
}
