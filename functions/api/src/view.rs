//! A delivery's files of the standard, decoded, person by person.

mod spans;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use axum::Json;
use axum::extract::State;
use exchange::{DeliveryStatus, PersonKey, Secret, TransmissionId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use standard::convert::DecodedRecord;
use store::Delivered;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::spans::{Mark, Sheet};
use crate::frame::get_only;
use crate::inbox::{GONE, collect, last_segment, own};
use crate::paging::{self, Paged};
use crate::problem::{CURSOR, Problem, ProblemBody, QUERY};
use crate::{Api, Caller, Params, Place};

/// A page of records ends when it has so many bytes, however few they are: far below what a Lambda may answer (6 MB).
const MAX_PAGE_BYTES: usize = 1024 * 1024;

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
    /// How many records are of this person, in this part of the files.
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
    OpenApiRouter::new().routes(get_only(routes!(view)))
}

/// A delivery's records
///
/// The files of the standard, decoded, of one person at a time; attachments and images are not in it. Without `person` the persons are listed, in the order
/// of their keys. A page that isn't empty marks the delivery as collected. A page has at most 1 MiB, and 4 MiB of the files are read for it: of files that
/// are larger together a page may be short, or empty, and still not the last, and their persons are listed part by part, so that a person may come again
/// with the records of a later part.
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
    let person = person.map(|text| text.parse::<PersonKey>()).transpose().map_err(|_| {
        QUERY.because(
            "`person` is 16 hex digits in lower case. Take it from the list that the call gives without `person`.",
            "person は小文字の 16 進数 16 桁です。person を付けずに取得した一覧の値を指定してください。",
        )
    })?;
    // a cursor goes on through one delivery, and one person's records of it
    let call = match person {
        Some(person) => format!("GET /v1/inbox/{id}/view of {person}"),
        None => format!("GET /v1/inbox/{id}/view"),
    };
    let page = paging::page(&api, &caller, &call, limit, cursor.as_deref())?;
    let Delivered { delivery, transmission } = own(&api, &caller, &id).await?;
    let sheets: Vec<Sheet> = transmission.delivered_to(&delivery.address).into_iter().filter_map(Sheet::of).collect();
    if matches!(delivery.status, DeliveryStatus::Cancelled | DeliveryStatus::Expired) {
        return Err(Problem::from(&GONE));
    }
    let (items, next) = match person {
        Some(person) => records(&api, &sheets, person, page.limit, page.cursor.as_deref()).await?,
        None => persons(&api, &sheets, page.limit, page.cursor.as_deref()).await?,
    };
    // before anything is handed out; who gets nothing takes nothing
    if !items.is_empty() {
        collect(&api, &caller, &id).await?;
    }
    Ok(Json(paging::paged(&api, &caller, &call, items, next)))
}

/// Where a page of persons begins: the span, and the last person that was listed of it. As text `mark`, or `mark/person`.
#[derive(Debug, Clone, Copy, Default)]
struct Turn {
    span: Mark,
    after: Option<PersonKey>,
}

impl Turn {
    fn parse(text: &str) -> Option<Turn> {
        let (span, after) = text.split_once('/').map_or((text, None), |(span, after)| (span, Some(after)));
        Some(Turn { span: span.parse().ok()?, after: after.map(str::parse).transpose().ok()? })
    }
}

/// The persons of a span with the smallest keys: the span is read, and no more kept than the page holds.
async fn persons(api: &Api, sheets: &[Sheet], limit: usize, cursor: Option<&str>) -> Result<(Vec<Viewed>, Option<String>), Problem> {
    let Turn { span, after } = cursor.map_or(Some(Turn::default()), Turn::parse).ok_or(&CURSOR)?;
    let mut found: BTreeMap<PersonKey, PersonView> = BTreeMap::new();
    let mut whose = Whose::new(api);
    let next_span = spans::read(api, sheets, span, |_, record| {
        let key = whose.of(record);
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
    let next = if found.len() > limit {
        found.pop_last();
        found.last_key_value().map(|(last, _)| format!("{span}/{last}"))
    } else {
        next_span.map(|span| span.to_string())
    };
    Ok((found.into_values().map(Viewed::Person).collect(), next))
}

/// The person's records, in the order of the files.
async fn records(
    api: &Api,
    sheets: &[Sheet],
    person: PersonKey,
    limit: usize,
    cursor: Option<&str>,
) -> Result<(Vec<Viewed>, Option<String>), Problem> {
    let begun = cursor.map_or(Ok(Mark::default()), str::parse).map_err(|_| Problem::from(&CURSOR))?;
    let (mut found, mut bytes) = (Vec::new(), 0_usize);
    let mut whose = Whose::new(api);
    let next = spans::read(api, sheets, begun, |sheet, record| {
        if whose.of(record) != person {
            return ControlFlow::Continue(());
        }
        let items = serde_json::to_value(record).unwrap_or_default();
        let size = items.to_string().len();
        if found.len() == limit || (bytes > 0 && bytes.saturating_add(size) > MAX_PAGE_BYTES) {
            return ControlFlow::Break(());
        }
        bytes = bytes.saturating_add(size);
        let file = last_segment(&sheet.file.key).to_owned();
        found.push(Viewed::Record(RecordView { file, kind: record.kind().code(), record: record.number(), items }));
        ControlFlow::Continue(())
    })
    .await?;
    Ok((found, next.map(|mark| mark.to_string())))
}

/// Whose a record is; those of one person mostly stand together, and are keyed once.
struct Whose<'a> {
    secret: &'a Secret,
    last: Option<([String; 2], PersonKey)>,
}

impl Whose<'_> {
    fn new(api: &Api) -> Whose<'_> {
        Whose { secret: &api.secret, last: None }
    }

    fn of(&mut self, record: &DecodedRecord) -> PersonKey {
        let numbers = numbers(record);
        match &self.last {
            Some((last, key)) if *last == numbers => *key,
            _ => {
                let [insurer, insured] = numbers;
                let key = PersonKey::of(self.secret, insurer.as_bytes(), insured.as_bytes());
                self.last = Some((numbers.map(str::to_owned), key));
                key
            }
        }
    }
}

fn numbers(record: &DecodedRecord) -> [&str; 2] {
    ["insurer_number", "insured_number"].map(|name| record.value(name).unwrap_or_default())
}

fn person_view(key: PersonKey, record: &DecodedRecord) -> PersonView {
    let [insurer_number, insured_number] = numbers(record).map(str::to_owned);
    PersonView { person: key.to_string(), insurer_number, insured_number, user_name: None, records: 0 }
}
