//! Why a call failed, in words for the office and for its software's maker.

use std::fmt;
use std::time::Duration;

use exchange::ReportReason;
use exchange::sign::SigningError;
use reqwest::{Response, StatusCode, header};
use serde::Deserialize;

/// A call that failed, sorted by what the caller does next.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// No answer.
    #[error(
        "連携サーバーに接続できません。ネットワークと RENKEI_URL を確認して、やり直してください。\nthe exchange can't be reached: check the network and RENKEI_URL, then try again"
    )]
    Unreachable(#[source] reqwest::Error),
    /// An answer that says no, or not now.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// An answer that is not this API's.
    #[error(
        "RENKEI_URL の接続先は Renkei の API ではないようです。\nthe answer is not of Renkei's API: check RENKEI_URL, and whether a newer version of this program is needed"
    )]
    Garbled,
    /// Not a place where an API could be.
    #[error(
        "RENKEI_URL が正しくありません。https://api.example のように指定してください。\nRENKEI_URL is an origin: https and a host, without a path"
    )]
    NoOrigin,
    /// Somebody could read along.
    #[error(
        "暗号化されない接続 (http) は使えません。https で始まる RENKEI_URL を指定してください。\nthe line would not be encrypted: RENKEI_URL must begin with https, but for an exchange on this machine"
    )]
    Unencrypted,
    /// The same, on the way to the storage.
    #[error(
        "連携サーバーが、暗号化されないファイルの置き場所 (http) を指定しました。送受信していません。連携サーバーの運用者に連絡してください。\nthe exchange names a place for files without encryption: nothing was transferred; tell its operator"
    )]
    UnencryptedPlace,
    /// The device's key doesn't work.
    #[error("この端末の鍵が使えません。\nthis device's key can't be used")]
    Key(#[from] SigningError),
}

/// What the exchange, or the storage behind it, answered.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) problem: Problem,
    /// How long to wait before the same call.
    pub(crate) retry_after: Option<Duration>,
}

/// An RFC 9457 problem as the API writes it. Empty where something else answered.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Problem {
    pub(crate) code: String,
    pub(crate) detail: String,
    pub(crate) detail_ja: String,
    /// Of a transmission that is refused at once: all that speaks against it.
    pub(crate) reasons: Vec<ReportReason>,
}

impl ClientError {
    /// Without the URL: one that is signed opens something.
    pub(crate) fn unreachable(error: reqwest::Error) -> Self {
        Self::Unreachable(error.without_url())
    }

    pub(crate) async fn refused(response: Response) -> Self {
        let status = response.status();
        let seconds = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let retry_after = seconds.map(Duration::from_secs);
        let problem = response.json().await.unwrap_or_default();
        Self::Refused(Box::new(Refusal { status, problem, retry_after }))
    }

    /// Whether the same call may go better in a moment.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(error) => !error.is_builder() && !error.is_redirect(),
            Self::Refused(refusal) => refusal.status.is_server_error() || refusal.status == StatusCode::TOO_MANY_REQUESTS,
            Self::Garbled | Self::NoOrigin | Self::Unencrypted | Self::UnencryptedPlace | Self::Key(_) => false,
        }
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        if let Self::Refused(refusal) = self { refusal.retry_after } else { None }
    }

    /// The API's stable code, where the API said no.
    pub(crate) fn code(&self) -> Option<&str> {
        if let Self::Refused(refusal) = self { Some(&refusal.problem.code) } else { None }
    }

    pub(crate) fn status(&self) -> Option<StatusCode> {
        if let Self::Refused(refusal) = self { Some(refusal.status) } else { None }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { code, detail, detail_ja, .. } = &self.problem;
        match (code.as_str(), self.status.is_server_error()) {
            ("", true) => {
                write!(
                    f,
                    "連携サーバーが応答できません。しばらく待ってからやり直してください。\nthe exchange failed ({}): try again later",
                    self.status
                )
            }
            ("", false) => write!(f, "連携サーバーに拒否されました。\nrefused ({})", self.status),
            _ => write!(f, "{detail_ja}\n{detail} ({code})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: StatusCode, code: &str) -> ClientError {
        let problem = Problem { code: code.to_owned(), detail: "d".to_owned(), detail_ja: "詳".to_owned(), reasons: Vec::new() };
        ClientError::Refused(Box::new(Refusal { status, problem, retry_after: None }))
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        for (status, passing) in [
            (StatusCode::SERVICE_UNAVAILABLE, true),
            (StatusCode::TOO_MANY_REQUESTS, true),
            (StatusCode::BAD_GATEWAY, true),
            (StatusCode::FORBIDDEN, false),
            (StatusCode::CONFLICT, false),
            (StatusCode::NOT_FOUND, false),
        ] {
            assert_eq!(refusal(status, "x").is_passing(), passing, "{status}");
        }
        assert!(!ClientError::Garbled.is_passing());
    }

    #[test]
    fn a_refusal_is_told_in_both_languages_with_its_code() {
        assert_eq!(refusal(StatusCode::FORBIDDEN, "code-refused").to_string(), "詳\nd (code-refused)");
        assert!(refusal(StatusCode::BAD_GATEWAY, "").to_string().contains("502"));
    }
}
