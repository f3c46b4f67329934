//! What an office has at the exchange: keys, licence, S3 credentials.

use anyhow::Context as _;
use embedded::operator::OfficeAccess;
use exchange::{Campaign, LicencePeriod, LicenceView, json_time};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::args::{KeysCommand, LicenceCommand};
use super::shown;
use crate::admin::{empty_table, shell_variables};
use crate::client::Client;
use crate::output::{BAD, FAINT, GOOD, HEADING, Output};

/// S3 credentials, and how long they hold.
#[derive(Deserialize)]
struct Access {
    #[serde(flatten)]
    access: OfficeAccess,
    expires_at: String,
}

/// A key, as far as the table shows it.
#[derive(Deserialize)]
struct Key {
    kid: String,
    name: Option<String>,
    added_at: Option<String>,
    not_before: Option<Timestamp>,
    not_after: Option<Timestamp>,
    revoked_at: Option<String>,
    current: bool,
}

impl Key {
    /// What it is worth now, the first that holds.
    fn state(&self, now: Timestamp) -> String {
        match (&self.revoked_at, self.not_before, self.not_after) {
            (Some(at), ..) => format!("失効 {at}"),
            (None, Some(first), _) if now < first => format!("まだ有効でない（{} から）", json_time(first)),
            (None, _, Some(last)) if now > last => format!("期限切れ {}", json_time(last)),
            (None, _, last) => {
                let state = if self.current { "この端末" } else { "有効" };
                last.map_or_else(|| state.to_owned(), |last| format!("{state}（{} まで）", json_time(last)))
            }
        }
    }
}

pub(super) async fn keys(command: KeysCommand, client: &Client, output: &Output) -> anyhow::Result<()> {
    match command {
        KeysCommand::List => print_keys(&list(client).await?, client.exchange.now().await?, output),
        KeysCommand::Revoke { kid } => {
            let path = format!("/v1/keys/{kid}");
            // before it is done: a device that revokes itself is told nothing afterwards
            let is_own = kid == client.kid;
            client.delete(&path).await?;
            if is_own {
                output.remark("この端末の鍵を失効させました。今後この端末からは接続できません。\nthis device's own key is revoked: it opens nothing any more");
                return Ok(output.object(&json!({"kid": kid}))?);
            }
            let revoked: Vec<Value> = list(client).await?.into_iter().filter(|key| key.get("kid") == Some(&json!(kid))).collect();
            print_keys(&revoked, client.exchange.now().await?, output)
        }
        KeysCommand::Code => {
            let code = client.post("/v1/keys/codes", None).await?;
            let text = |member: &str| code.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
            let (letters, until) = (text("code"), text("expires_at"));
            let told = format!("{HEADING}{letters}{HEADING:#}  {until} まで・1 台・5 回まで / for one more device; it is shown this once");
            Ok(output.either(&code, told)?)
        }
    }
}

async fn list(client: &Client) -> anyhow::Result<Vec<Value>> {
    Ok(client.list("/v1/keys", &[], usize::MAX).await?)
}

fn print_keys(keys: &[Value], now: Timestamp, output: &Output) -> anyhow::Result<()> {
    keys.iter().try_for_each(|key| output.object(key))?;
    let mut table = empty_table(["鍵", "端末", "登録日時", "状態"]);
    for key in keys {
        let key: Key = serde_json::from_value(key.clone()).context("a key of another shape")?;
        let state = key.state(now);
        table.add_row([key.kid, shown(&key.name.unwrap_or_default()), key.added_at.unwrap_or_default(), state]);
    }
    Ok(output.line(table)?)
}

pub(super) async fn licence(command: LicenceCommand, client: &Client, output: &Output) -> anyhow::Result<()> {
    match command {
        LicenceCommand::Show => {
            let licence: Value = client.get("/v1/licence", &[]).await?;
            output.object(&licence)?;
            let LicenceView { licensed, until, periods, campaigns, .. } =
                serde_json::from_value(licence).context("a licence of another shape")?;
            let until = until.map(|until| format!("  {until} まで")).unwrap_or_default();
            output.line(if licensed {
                format!("{GOOD}利用できます / licensed{GOOD:#}{until}")
            } else {
                format!("{BAD}ライセンスがありません / not licensed{BAD:#}")
            })?;
            for period in &periods {
                output.line(format_args!("  {:<9}  {} – {}", period.kind.as_str(), period.first, period.last))?;
            }
            // who has had a pass of one that is open gets none of the others
            let is_used = |campaign: &Campaign| periods.iter().any(|period| period.campaign.as_ref() == Some(&campaign.id));
            let offered = if campaigns.iter().any(is_used) { Vec::new() } else { campaigns };
            for campaign in offered {
                let Campaign { id, opens, closes, months, fee } = campaign;
                output.line(format_args!(
                    "  {FAINT}申請できます / open:{FAINT:#} {id}  {opens} – {closes}  {months} か月 / months  ¥{fee}  renkei licence apply"
                ))?;
            }
            Ok(())
        }
        LicenceCommand::Apply => {
            let period = client.post("/v1/licence/free-pass", None).await?;
            if output.json {
                return Ok(output.object(&period)?);
            }
            let LicencePeriod { campaign, first, last, .. } = serde_json::from_value(period).context("a licence of another shape")?;
            // it is granted, whether or not its fee can be told
            let licence = client.get::<LicenceView>("/v1/licence", &[]).await.ok();
            let open = licence.map(|licence| licence.campaigns).unwrap_or_default();
            let fee = open.iter().find(|open| campaign.as_ref() == Some(&open.id)).map(|campaign| format!("  ¥{}", campaign.fee));
            let campaign = campaign.unwrap_or_default();
            let text = format!("{GOOD}申請を受け付けました / granted{GOOD:#}  {campaign}  {first} – {last}{}", fee.unwrap_or_default());
            Ok(output.line(text)?)
        }
    }
}

/// For `eval` in a shell, as `renkei admin credentials` prints it.
pub(super) async fn credentials(client: &Client, output: &Output) -> anyhow::Result<()> {
    let credentials = client.post("/v1/credentials", None).await?;
    output.object(&credentials)?;
    let Access { access, expires_at } = serde_json::from_value(credentials).context("credentials of another shape")?;
    Ok(output.line(format_args!("# until {expires_at}\n{}", shell_variables(&access)))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keys_state_is_what_it_is_worth_now() {
        let check = |key: Value, state: &str| {
            let mut whole = json!({"kid": "k", "current": false});
            whole.as_object_mut().unwrap().extend(key.as_object().unwrap().clone());
            let key: Key = serde_json::from_value(whole).unwrap();
            assert_eq!(key.state("2026-05-01T00:00:00Z".parse().unwrap()), state);
        };
        let (before, after) = ("2026-04-30T23:59:59+09:00", "2026-05-01T09:00:01+09:00");
        check(json!({}), "有効");
        check(json!({"current": true}), "この端末");
        check(json!({"not_before": before, "not_after": after}), "有効（2026-05-01T09:00:01+09:00 まで）");
        check(json!({"not_before": after}), "まだ有効でない（2026-05-01T09:00:01+09:00 から）");
        check(json!({"not_after": before, "current": true}), "期限切れ 2026-04-30T23:59:59+09:00");
        check(json!({"not_after": before, "revoked_at": before}), "失効 2026-04-30T23:59:59+09:00");
    }
}
