//! Other offices: looked up, and those exchanged with.

use std::process::ExitCode;

use anyhow::Context as _;
use exchange::{OfficeView, Partner, PartnersView};

use super::args::{OfficesArgs, PartnersArgs};
use super::shown;
use crate::admin::empty_table;
use crate::client::Client;
use crate::output::{FAINT, Output};

pub(super) async fn offices(args: OfficesArgs, client: &Client, output: &Output) -> anyhow::Result<ExitCode> {
    let OfficesArgs { number, municipality, prefecture, service, name, licensed, limit } = args;
    let found = match number {
        Some(number) => vec![client.get(&format!("/v1/offices/{number}"), &[]).await?],
        None => {
            let mut query = Vec::new();
            query.extend(municipality.map(|municipality| ("municipality", municipality.to_string())));
            query.extend(prefecture.map(|prefecture| ("prefecture", prefecture.to_string())));
            query.extend(service.map(|service| ("service", service.to_string())));
            query.extend(name.map(|name| ("name", name)));
            query.extend(licensed.map(|licensed| ("licensed", licensed.to_string())));
            client.list("/v1/offices", &query, limit).await?
        }
    };
    found.iter().try_for_each(|office| output.object(office))?;
    let mut table = empty_table(["事業所番号", "事業所名", "サービス", "市区町村", "住所", "ライセンス"]);
    for office in &found {
        let OfficeView { office, name, municipality, municipality_name, address, services, licensed, .. } =
            serde_json::from_value(office.clone()).context("an office of another shape")?;
        let services: Vec<&str> = services.iter().map(|service| service.as_str()).collect();
        let place = municipality_name.or(municipality.map(|code| code.to_string())).unwrap_or_default();
        let licensed = if licensed { "あり" } else { "なし" };
        let address = address.unwrap_or_default();
        table.add_row([office.to_string(), shown(&name), services.join(" "), shown(&place), shown(&address), licensed.to_owned()]);
    }
    if found.is_empty() {
        output.line(format_args!("{FAINT}該当する事業所はありません / no such office{FAINT:#}"))?;
    } else {
        output.line(table)?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn partners(
    PartnersArgs { since, until, csv }: PartnersArgs,
    client: &Client,
    output: &Output,
) -> anyhow::Result<ExitCode> {
    let mut query = Vec::new();
    query.extend(since.map(|since| ("since", since.to_string())));
    query.extend(until.map(|until| ("until", until.to_string())));
    let view: PartnersView = client.get("/v1/partners", &query).await?;
    if csv {
        output.document(view.csv()?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let PartnersView { since, until, count, items, .. } = &view;
    let mut table = empty_table(["事業所番号", "事業所名", "送信", "受信", "最初の日", "最後の日"]);
    for Partner { office, name, sent, received, first, last } in items {
        let name = shown(name.as_deref().unwrap_or_default());
        table.add_row([office.to_string(), name, sent.to_string(), received.to_string(), first.to_string(), last.to_string()]);
    }
    output.either(&view, format_args!("{table}\n{since} – {until}: {count} 事業所 / distinct offices"))?;
    Ok(ExitCode::SUCCESS)
}
