//! Other offices: looked up, and those exchanged with.

use std::process::ExitCode;

use serde_json::Value;

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
            query.extend(municipality.map(|municipality| ("municipality", municipality)));
            query.extend(prefecture.map(|prefecture| ("prefecture", prefecture)));
            query.extend(service.map(|service| ("service", service.to_string())));
            query.extend(name.map(|name| ("name", name)));
            query.extend(licensed.map(|licensed| ("licensed", licensed.to_string())));
            client.list("/v1/offices", &query, limit).await?
        }
    };
    print(&found, output)
}

pub(super) async fn partners(
    PartnersArgs { since, until, limit }: PartnersArgs,
    client: &Client,
    output: &Output,
) -> anyhow::Result<ExitCode> {
    let mut query = Vec::new();
    query.extend(since.map(|since| ("since", since.to_string())));
    query.extend(until.map(|until| ("until", until.to_string())));
    print(&client.list("/v1/partners", &query, limit).await?, output)
}

/// A row an office, a column a member; what is a list is written with spaces between.
fn print(offices: &[Value], output: &Output) -> anyhow::Result<ExitCode> {
    offices.iter().try_for_each(|office| output.object(office))?;
    if offices.is_empty() {
        output.line(format_args!("{FAINT}該当する事業所はありません / no such office{FAINT:#}"))?;
    }
    let mut table = empty_table([""; 0]);
    for office in offices.iter().filter_map(Value::as_object) {
        table.add_row(office.values().map(|value| shown(&text(value))));
    }
    if let Some(office) = offices.first().and_then(Value::as_object) {
        table.set_header(office.keys());
        output.line(table)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}
