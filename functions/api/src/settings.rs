//! What an office decides for itself: where notices go, whom it wants nothing from, what it reads files with.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use exchange::{OfficeSettings, SettingsRefused, WebhookRefused, WebhookUrl};
use serde::Deserialize;
use store::steps;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::problem::{Kind, NOT_FOUND, Problem, ProblemBody, SHAPE};
use crate::{Api, Body, Caller};

/// An office's settings, before each of them is read: what can't be taken has a problem of its own. [`OfficeSettings`] are of the same shape.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SettingsBody {
    /// Where notices are sent: `https://`, a public host name, port 443, at most 2,048 ASCII characters. Null: nowhere.
    #[schema(example = "https://hooks.care.example.jp/renkei", max_length = 2048)]
    webhook: Option<String>,
    /// The offices it wants nothing from (`sender-blocked`), at most 1,000.
    #[serde(default)]
    #[schema(max_items = 1000)]
    blocked_senders: Vec<String>,
    /// The receiver profile of the software it reads files with; one that the operators know.
    #[serde(default)]
    profile: Option<String>,
}

static WEBHOOK: Kind = Kind {
    status: StatusCode::UNPROCESSABLE_ENTITY,
    code: "webhook-refused",
    title: "Not an address for notices",
    detail: "The webhook must be https://, a public host name and a path.",
    detail_ja: "Webhook の URL は https:// で始まり、公開されたホスト名 (ポート 443) にしてください。IP アドレス・ユーザー名・「#」は使えません。",
};
static BLOCKED: Kind = Kind {
    status: StatusCode::UNPROCESSABLE_ENTITY,
    code: "blocked-senders-refused",
    title: "These offices can't be blocked",
    detail: "Blocked senders are 10-character office numbers, at most 1,000, and not the office itself.",
    detail_ja: "受信拒否には、10 桁の事業所番号を 1,000 件まで指定できます。自事業所は指定できません。",
};
static PROFILE: Kind = Kind {
    status: StatusCode::UNPROCESSABLE_ENTITY,
    code: "profile-unknown",
    title: "Unknown receiver profile",
    detail: "The operators know no receiver profile of this name. Ask the software's maker for its name, or leave it null.",
    detail_ja: "その名前の受信プロファイルは登録されていません。ソフトの開発元に名前を確認するか、null にしてください。",
};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(show_settings, replace_settings))
}

/// The office's settings
#[utoipa::path(get, path = "/v1/settings", tag = "settings", responses((status = OK, body = SettingsBody)))]
async fn show_settings(caller: Caller) -> Json<OfficeSettings> {
    Json(OfficeSettings::of(&caller.office))
}

/// Replace the office's settings
///
/// Whole: what is left out is unset. They hold for what is stored a minute from now or later.
#[utoipa::path(
    put, path = "/v1/settings", tag = "settings", request_body = SettingsBody,
    responses(
        (status = OK, description = "The settings as they are kept", body = SettingsBody),
        (status = UNPROCESSABLE_ENTITY, description = "`webhook-refused`, `blocked-senders-refused`, `profile-unknown`, `json-unfit`",
            body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn replace_settings(State(api): State<Api>, caller: Caller, Body(body): Body<SettingsBody>) -> Result<Json<OfficeSettings>, Problem> {
    let settings = parse(body)?;
    if let Some(profile) = &settings.profile
        && caller.office.profile.as_ref() != Some(profile)
        && api.ledger.profiles(std::slice::from_ref(profile)).await?.is_empty()
    {
        return Err(Problem::from(&PROFILE));
    }
    let number = caller.office.number;
    let kept = steps::write_office(&*api.ledger, &number, |entry| {
        let office =
            settings.clone().apply(entry.ok_or(&NOT_FOUND)?).map_err(|refused| BLOCKED.because(sentence(&refused), blocked_ja(refused)))?;
        let kept = OfficeSettings::of(&office);
        Ok::<_, Problem>((office, kept))
    })
    .await?;
    tracing::info!(office = %number, by = caller.kid, webhook = kept.webhook.is_some(), blocked = kept.blocked_senders.len(), "settings were replaced");
    Ok(Json(kept))
}

fn parse(body: SettingsBody) -> Result<OfficeSettings, Problem> {
    let SettingsBody { webhook, blocked_senders, profile } = body;
    let address = |url: String| url.parse::<WebhookUrl>().map_err(|refused| WEBHOOK.because(sentence(&refused), webhook_ja(refused)));
    let webhook = webhook.map(address).transpose()?;
    let blocked_senders =
        blocked_senders.iter().map(|number| number.parse().map_err(|_| Problem::from(&BLOCKED))).collect::<Result<_, _>>()?;
    let no_name = |_| {
        SHAPE.because(
            "`profile` is no name of a receiver profile. Ask the software's maker for its name, or leave it null.",
            "profile が受信プロファイルの名前の形式ではありません。ソフトの開発元に名前を確認するか、null にしてください。",
        )
    };
    let profile = profile.map(|id| id.parse().map_err(no_name)).transpose()?;
    Ok(OfficeSettings { webhook, blocked_senders, profile })
}

fn blocked_ja(refused: SettingsRefused) -> String {
    match refused {
        SettingsRefused::TooManyBlocked => {
            format!("受信拒否に指定できるのは {} 件までです。件数を減らしてください。", OfficeSettings::MOST_BLOCKED)
        }
        SettingsRefused::BlocksItself => "自事業所は受信拒否に指定できません。自事業所の番号を除いてください。".to_owned(),
    }
}

fn webhook_ja(refused: WebhookRefused) -> String {
    match refused {
        WebhookRefused::IllFormed => {
            let longest = WebhookUrl::LONGEST;
            format!("Webhook が URL の形式ではありません。https:// に続けてホスト名とパスを、ASCII {longest} 文字以内で指定してください。")
        }
        WebhookRefused::NotHttps => "Webhook の URL は https:// で始めてください。".to_owned(),
        WebhookRefused::HoldsUser => {
            "Webhook の URL からユーザー名とパスワードを除いてください。通知には署名が付いているため、不要です。".to_owned()
        }
        WebhookRefused::HoldsFragment => "Webhook の URL から「#」以降を除いてください。".to_owned(),
        WebhookRefused::OtherPort => "Webhook のポートは 443 だけです。URL からポート番号を除いてください。".to_owned(),
        WebhookRefused::NotAName => {
            "Webhook のホストには、公開されたホスト名（ドットを含む名前）を指定してください。IP アドレスは使えません。".to_owned()
        }
    }
}

/// An error's words as a sentence.
pub(crate) fn sentence(refused: &dyn std::error::Error) -> String {
    let text = refused.to_string();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
}
