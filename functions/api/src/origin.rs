//! Where the API is reached.

use std::fmt;
use std::str::FromStr;

use axum::http::{HeaderValue, Uri};
use store::ORIGIN_VARIABLE;

/// A web origin (RFC 6454): scheme, host and, where it isn't the scheme's own, port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    text: String,
    header: HeaderValue,
}

/// No origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{ORIGIN_VARIABLE} is not set to an origin: https, host and port without a path, as the deployment's output Api says")]
pub struct NoOrigin;

impl Origin {
    /// Reads it from the process's environment.
    ///
    /// # Errors
    /// It is missing or no origin.
    pub fn from_env() -> Result<Origin, NoOrigin> {
        std::env::var(ORIGIN_VARIABLE).map_err(|_| NoOrigin)?.parse()
    }

    /// As it is written in tokens.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// As it is written in headers.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// Whether nobody on the way can read along.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.text.starts_with("https://")
    }
}

impl FromStr for Origin {
    type Err = NoOrigin;

    fn from_str(text: &str) -> Result<Origin, NoOrigin> {
        let uri: Uri = text.parse().map_err(|_| NoOrigin)?;
        let (scheme, authority) = uri.scheme_str().zip(uri.authority()).ok_or(NoOrigin)?;
        // what a URI library makes of it must be what was written: no path, no user, no capital letters
        let written = format!("{scheme}://{authority}").to_lowercase();
        if !["http", "https"].contains(&scheme) || authority.as_str().contains('@') || written != text {
            return Err(NoOrigin);
        }
        Ok(Origin { text: written, header: HeaderValue::from_str(text).map_err(|_| NoOrigin)? })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for text in
            ["https://api.example", "http://127.0.0.1:9470", "http://[::1]:80", "https://a1b2c3.execute-api.ap-northeast-1.amazonaws.com"]
        {
            assert_eq!(text.parse::<Origin>().unwrap().as_str(), text);
        }
        for text in [
            "",
            "api.example",
            "https://api.example/",
            "https://api.example/v1",
            "https://Api.example",
            "ftp://api.example",
            "https://user@api.example",
            "https://",
            "https://api.example?x",
            "https://api.example#x",
            "null",
            "*",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(NoOrigin), "{text}");
        }
    }
}
