//! A delivery's files of the standard, decoded, person by person.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use axum::Json;
use axum::extract::State;
use exchange::{DeliveredFile, PersonKey, TransmissionId};
use futures::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use standard::Layout;
use standard::convert::{CsvReader, DecodedRecord};
use store::{Delivered, Opened, StoreError};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::inbox::{GONE, collect, last_segment, own};
use crate::paging::{self, Paged};
use crate::problem::{CURSOR, Problem, ProblemBody, QUERY};
use crate::{Api, Caller, Params, Place};

/// A page of records ends when it has so many bytes, however few they are: far below what a Lambda may answer (6 MB).
const MAX_PAGE_BYTES: usize = 1024 * 1024;

const PERSONS: &str = "GET /v1/inbox/view";
const RECORDS: &str = "GET /v1/inbox/view?person";

/// Whose records.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Of this person; without, the persons are listed.
    #[param(value_type = Option<String>, pattern = "^[0-9a-f]{16}$")]
    person: Option<String>,
    /// How many at most, 50 unless given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// What a page holds.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum Viewed {
    /// Without `person`.
    Person(PersonView),
    /// With `person`.
    Record(RecordView),
}

/// A person in the files.
#[derive(Serialize, ToSchema)]
struct PersonView {
    /// What asks for the records; good for this exchange only, the same in all its deliveries.
    #[schema(value_type = String)]
    person: String,
    /// 保険者番号, as in the files.
    insurer_number: String,
    /// 被保険者番号, as in the files.
    insured_number: String,
    /// 利用者氏名, where a file holds it.
    user_name: Option<String>,
    /// How many records are of this person.
    records: u64,
}

/// A record of a person.
#[derive(Serialize, ToSchema)]
struct RecordView {
    /// The file it is in: the last segment of its key.
    file: String,
    /// The file's kind.
    kind: &'static str,
    /// Which of the file's records it is, from 1.
    record: u64,
    /// Its items under the standard's names. Every value is text; a coded one `{"code","label"}`; an empty one null.
    #[schema(value_type = Object)]
    items: Value,
}

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(view))
}

/// A delivery's records
///
/// The files of the standard, decoded, of one person at a time; attachments and images are not in it. Without `person` the persons are listed, in the order
/// of their keys. Marks the delivery as collected. A page has at most 1 MiB.
#[utoipa::path(
    get, path = "/v1/inbox/{id}/view", tag = "inbox", params(("id" = String, Path, description = "The transmission"), Wanted),
    responses(
        (status = OK, body = Paged<Viewed>),
        (status = GONE, description = "`delivery-ended`: it was cancelled or has expired", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn view(
    State(api): State<Api>,
    caller: Caller,
    Place(id): Place<TransmissionId>,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Paged<Viewed>>, Problem> {
    let Wanted { person, limit, cursor } = wanted;
    let person = person.map(|text| text.parse::<PersonKey>()).transpose().map_err(|_| QUERY.because("`person` is 16 hex digits."))?;
    let call = if person.is_some() { RECORDS } else { PERSONS };
    let page = paging::page(&api, &caller, call, limit, cursor.as_deref())?;
    let Delivered { delivery, transmission } = own(&api, &caller, &id).await?;
    let sheets: Vec<Sheet> = transmission.delivered_to(&delivery.address).into_iter().filter_map(Sheet::of).collect();
    collect(&api, &caller, &id).await?;
    let (items, next) = match person {
        Some(person) => records(&api, &sheets, person, page.limit, page.cursor.as_deref()).await?,
        None => persons(&api, &sheets, page.limit, page.cursor.as_deref()).await?,
    };
    Ok(Json(paging::paged(&api, &caller, call, items, next)))
}

/// A file that has records.
struct Sheet {
    file: DeliveredFile,
    layout: &'static Layout,
}

impl Sheet {
    fn of(file: DeliveredFile) -> Option<Sheet> {
        let layout = file.kind?.layout()?;
        Some(Sheet { file, layout })
    }
}

/// The persons with the smallest keys after the cursor: all files are read, and no more kept than the page holds.
async fn persons(api: &Api, sheets: &[Sheet], limit: usize, after: Option<&str>) -> Result<(Vec<Viewed>, Option<String>), Problem> {
    let after: Option<PersonKey> = after.map(str::parse).transpose().map_err(|_| Problem::from(&CURSOR))?;
    let mut found: BTreeMap<PersonKey, PersonView> = BTreeMap::new();
    for sheet in sheets {
        each_record(api, sheet, |record| {
            let key = person_of(api, record);
            if after.is_none_or(|after| key > after) {
                let person = found.entry(key).or_insert_with(|| person_view(key, record));
                person.records += 1;
                if person.user_name.is_none() {
                    person.user_name = record.value("user_name").map(str::to_owned);
                }
                if found.len() > limit.saturating_add(1) {
                    found.pop_last();
                }
            }
            ControlFlow::Continue(())
        })
        .await?;
    }
    if found.len() <= limit {
        return Ok((found.into_values().map(Viewed::Person).collect(), None));
    }
    found.pop_last();
    let next = found.last_key_value().map(|(key, _)| key.to_string());
    Ok((found.into_values().map(Viewed::Person).collect(), next))
}

/// The person's records after the cursor, `{file}:{record}`, in the order of the files.
async fn records(
    api: &Api,
    sheets: &[Sheet],
    person: PersonKey,
    limit: usize,
    after: Option<&str>,
) -> Result<(Vec<Viewed>, Option<String>), Problem> {
    let place = |text: &str| text.split_once(':').and_then(|(sheet, record)| Some((sheet.parse().ok()?, record.parse().ok()?)));
    let (begun, passed): (usize, u64) = after.map_or(Some((0, 0)), place).ok_or(&CURSOR)?;
    let (mut found, mut bytes, mut last, mut more) = (Vec::new(), 0_usize, None, false);
    for (number, sheet) in sheets.iter().enumerate().skip(begun) {
        let passed = if number == begun { passed } else { 0 };
        each_record(api, sheet, |record| {
            if record.number() <= passed || person_of(api, record) != person {
                return ControlFlow::Continue(());
            }
            let items = serde_json::to_value(record).unwrap_or_default();
            let size = items.to_string().len();
            more = found.len() == limit || (bytes > 0 && bytes.saturating_add(size) > MAX_PAGE_BYTES);
            if more {
                return ControlFlow::Break(());
            }
            bytes = bytes.saturating_add(size);
            last = Some(format!("{number}:{}", record.number()));
            let file = last_segment(&sheet.file.key).to_owned();
            found.push(Viewed::Record(RecordView { file, kind: record.kind().code(), record: record.number(), items }));
            ControlFlow::Continue(())
        })
        .await?;
        if more {
            return Ok((found, last));
        }
    }
    Ok((found, None))
}

/// Reads a file's records, chunk by chunk, until `take` breaks off.
async fn each_record(api: &Api, sheet: &Sheet, mut take: impl FnMut(&DecodedRecord) -> ControlFlow<()> + Send) -> Result<(), Problem> {
    let Opened::Object(object) = api.files.open(&sheet.file.key, None).await? else { return Err(Problem::from(&GONE)) };
    let (mut reader, mut body) = (CsvReader::new(sheet.layout), object.body);
    loop {
        let chunk = body.try_next().await?;
        match &chunk {
            Some(chunk) => reader.push(chunk),
            None => reader.end(),
        }
        while let Some(record) = reader.next_record() {
            if take(record).is_break() {
                return Ok(());
            }
        }
        if chunk.is_none() {
            break;
        }
    }
    match reader.finish() {
        Ok(_) => Ok(()),
        Err(finding) => Err(StoreError::unreadable("files.open", format!("a delivered file breaks {}", finding.rule.as_str())).into()),
    }
}

fn person_of(api: &Api, record: &DecodedRecord) -> PersonKey {
    let [insurer, insured] = numbers(record);
    PersonKey::of(&api.secret, insurer.as_bytes(), insured.as_bytes())
}

fn numbers(record: &DecodedRecord) -> [&str; 2] {
    ["insurer_number", "insured_number"].map(|name| record.value(name).unwrap_or_default())
}

fn person_view(key: PersonKey, record: &DecodedRecord) -> PersonView {
    let [insurer_number, insured_number] = numbers(record).map(str::to_owned);
    PersonView { person: key.to_string(), insurer_number, insured_number, user_name: None, records: 0 }
}
