//! What an office decides for itself (contract §6, `/v1/settings`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use standard::{OfficeNumber, ProfileId};

use crate::Office;

/// An office's settings, as `GET /v1/settings` gives them and `PUT` takes them: whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeSettings {
    /// Where notices are sent; `null` for nowhere.
    pub webhook: Option<WebhookUrl>,
    /// The offices it wants nothing from (`sender-blocked`).
    #[serde(default)]
    pub blocked_senders: Vec<OfficeNumber>,
    /// The receiver profile of the software it reads files with.
    #[serde(default)]
    pub profile: Option<ProfileId>,
}

/// Why settings can't be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsRefused {
    /// More offices than an entry holds.
    #[error("more than {} offices are blocked: block fewer", OfficeSettings::MOST_BLOCKED)]
    TooManyBlocked,
    /// It would block what it sends to itself.
    #[error("an office can't block itself: leave its own number out")]
    BlocksItself,
}

/// An address for notices: `https`, a host name, no user, no fragment, port 443. Where the name leads is looked at whenever a notice is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebhookUrl {
    text: String,
    host: String,
}

/// Why a text is no address for notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefused {
    /// Not an absolute URL of at most 2,048 printable ASCII characters.
    #[error("the webhook is no URL of at most {} ASCII characters: write https://, a host name and a path", WebhookUrl::LONGEST)]
    IllFormed,
    /// Another scheme.
    #[error("the webhook must begin with https://")]
    NotHttps,
    /// User or password in it.
    #[error("the webhook must hold no user and no password: notices are signed instead")]
    HoldsUser,
    /// A fragment.
    #[error("the webhook must hold no fragment (#…)")]
    HoldsFragment,
    /// Another port.
    #[error("the webhook must be at port 443: leave the port out")]
    OtherPort,
    /// An address, or a name that no public server has.
    #[error("the webhook's host must be a public name with a dot, and no IP address")]
    NotAName,
}

impl OfficeSettings {
    /// The most offices that can be blocked.
    pub const MOST_BLOCKED: usize = 1_000;

    /// Those of an office.
    pub fn of(office: &Office) -> OfficeSettings {
        OfficeSettings { webhook: office.webhook.clone(), blocked_senders: office.blocked_senders.clone(), profile: office.profile.clone() }
    }

    /// The office with these settings.
    ///
    /// # Errors
    /// They can't be taken.
    pub fn apply(self, office: Office) -> Result<Office, SettingsRefused> {
        let OfficeSettings { webhook, mut blocked_senders, profile } = self;
        blocked_senders.sort_unstable();
        blocked_senders.dedup();
        if blocked_senders.len() > OfficeSettings::MOST_BLOCKED {
            return Err(SettingsRefused::TooManyBlocked);
        }
        if blocked_senders.contains(&office.number) {
            return Err(SettingsRefused::BlocksItself);
        }
        Ok(Office { webhook, blocked_senders, profile, ..office })
    }
}

impl WebhookUrl {
    /// The most characters.
    pub const LONGEST: usize = 2_048;

    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host's name, in lower case.
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl FromStr for WebhookUrl {
    type Err = WebhookRefused;

    fn from_str(text: &str) -> Result<WebhookUrl, WebhookRefused> {
        if text.len() > WebhookUrl::LONGEST || !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
            return Err(WebhookRefused::IllFormed);
        }
        let (scheme, rest) = text.split_once("://").ok_or(WebhookRefused::IllFormed)?;
        if !scheme.eq_ignore_ascii_case("https") {
            return Err(WebhookRefused::NotHttps);
        }
        if rest.contains('#') {
            return Err(WebhookRefused::HoldsFragment);
        }
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(WebhookRefused::HoldsUser);
        }
        if authority.starts_with('[') {
            return Err(WebhookRefused::NotAName);
        }
        let host = match authority.split_once(':') {
            None | Some((_, "443")) => authority.split(':').next().unwrap_or_default(),
            Some(_) => return Err(WebhookRefused::OtherPort),
        };
        let host = host.to_ascii_lowercase();
        if !is_public_name(&host) {
            return Err(WebhookRefused::NotAName);
        }
        Ok(WebhookUrl { text: text.to_owned(), host })
    }
}

/// Labels of letters, digits and hyphens (RFC 1123), at least two; the last one begins with a letter, so that no address in whatever notation passes; and
/// none of the names that lead nowhere public (RFC 6761, RFC 6762, RFC 8375, RFC 9476; clouds' own).
fn is_public_name(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let labels: Vec<&str> = host.split('.').collect();
    let last = labels.last().copied().unwrap_or_default();
    host.len() <= 253
        && labels.len() >= 2
        && labels.iter().all(|label| is_label(label))
        && last.starts_with(|first: char| first.is_ascii_lowercase())
        && !["localhost", "local", "internal", "test", "invalid", "example", "onion", "alt", "arpa", "lan", "home", "corp"].contains(&last)
}

impl TryFrom<String> for WebhookUrl {
    type Error = WebhookRefused;

    fn try_from(text: String) -> Result<WebhookUrl, WebhookRefused> {
        text.parse()
    }
}

impl From<WebhookUrl> for String {
    fn from(url: WebhookUrl) -> String {
        url.text
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_is_a_public_name_under_https_and_nothing_else() {
        use WebhookRefused::*;
        let check = |text: &str, wanted: Result<&str, WebhookRefused>| {
            assert_eq!(text.parse::<WebhookUrl>().as_ref().map(WebhookUrl::host).map_err(|refused| *refused), wanted, "{text}");
        };
        check("https://hooks.care.example.jp/renkei?office=1", Ok("hooks.care.example.jp"));
        check("HTTPS://Hooks.Example.JP:443/", Ok("hooks.example.jp"));
        check("https://xn--eckwd4c7c.jp", Ok("xn--eckwd4c7c.jp"));
        check("http://hooks.example.jp/", Err(NotHttps));
        check("ftp://hooks.example.jp/", Err(NotHttps));
        check("hooks.example.jp", Err(IllFormed));
        check("https://hooks.example.jp/ a", Err(IllFormed));
        check("https://hooks.example.jp\\@evil.jp/", Err(IllFormed));
        check("https://フック.jp/", Err(IllFormed));
        check(&format!("https://hooks.example.jp/{}", "a".repeat(2_048)), Err(IllFormed));
        check("https://user:word@hooks.example.jp/", Err(HoldsUser));
        check("https://hooks.example.jp/#here", Err(HoldsFragment));
        check("https://hooks.example.jp:8443/", Err(OtherPort));
        for host in [
            "",
            "127.0.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "127.1",
            "169.254.169.254",
            "[::1]",
            "localhost",
            "a.localhost",
            "printer.local",
            "metadata.google.internal",
            "hooks.example.jp.",
            ".jp",
            "a..jp",
            "-a.jp",
            "a-.jp",
            "a_b.jp",
        ] {
            check(&format!("https://{host}/"), Err(NotAName));
        }
    }

    #[test]
    fn settings_are_taken_whole_and_come_back() {
        let office = Office { name: "ひだまり".to_owned(), ..Office::new("0370100018".parse().unwrap(), "a") };
        let number = |text: &str| -> OfficeNumber { text.parse().unwrap() };
        let text = r#"{"webhook":"https://hooks.care.example.jp/","blocked_senders":["0370100034","0370100026","0370100034"],"profile":"sample-care-5"}"#;
        let settings: OfficeSettings = serde_json::from_str(text).unwrap();
        let with = settings.clone().apply(office.clone()).unwrap();
        assert_eq!(with.blocked_senders, [number("0370100026"), number("0370100034")]);
        assert!(with.blocks(&number("0370100026")) && with.name == office.name);
        let back = OfficeSettings::of(&with);
        assert_eq!((&back.webhook, &back.profile), (&settings.webhook, &settings.profile));
        assert_eq!(serde_json::from_str::<OfficeSettings>(&serde_json::to_string(&back).unwrap()).unwrap(), back);

        assert_eq!(
            OfficeSettings { blocked_senders: vec![office.number], ..back.clone() }.apply(office.clone()),
            Err(SettingsRefused::BlocksItself)
        );
        let many = (0..=OfficeSettings::MOST_BLOCKED).map(|n| number(&format!("98{n:08}"))).collect();
        assert_eq!(OfficeSettings { blocked_senders: many, ..back }.apply(office), Err(SettingsRefused::TooManyBlocked));
        for wrong in [r#"{"webhook":"http://a.jp/"}"#, r#"{"webhook":null,"blocked":[]}"#, "{}x"] {
            assert!(serde_json::from_str::<OfficeSettings>(wrong).is_err(), "{wrong}");
        }
    }
}
