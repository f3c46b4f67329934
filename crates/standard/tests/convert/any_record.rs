use proptest::prelude::*;
use serde_json::{Map, Value, json};
use standard::convert::Quoting;
use standard::{Field, Format, Kind, Layout, ServiceType};

use crate::way::{csv, csv_of_lines, document, lines};

/// Pieces of text and the bytes Windows writes for them.
const PIECES: [(&str, &[u8]); 20] = [
    ("髙", b"\xfb\xfc"),
    ("﨑", b"\xfa\xb1"),
    ("～", b"\x81\x60"),
    ("∥", b"\x81\x61"),
    ("表", b"\x95\x5c"),
    ("ソ", b"\x83\x5c"),
    ("能", b"\x94\x5c"),
    ("構", b"\x8d\x5c"),
    ("①", b"\x87\x40"),
    ("㈱", b"\x87\x8a"),
    ("ｱﾞ", b"\xb1\xde"),
    ("\"", b"\""),
    (",", b","),
    ("\r\n", b"\r\n"),
    ("\n", b"\n"),
    ("\r", b"\r"),
    ("\t", b"\t"),
    ("\\", b"\\"),
    ("&#12316;", b"&#12316;"),
    (" 0", b" 0"),
];

#[derive(Debug, Clone)]
struct Item {
    text: String,
    bytes: Vec<u8>,
}

fn free_text() -> impl Strategy<Value = Item> {
    proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..8).prop_map(|pieces| Item {
        text: pieces.iter().map(|(text, _)| *text).collect(),
        bytes: pieces.iter().flat_map(|(_, bytes)| bytes.to_vec()).collect(),
    })
}

/// Not only what the item may hold: the conversion judges no value.
fn item(field: &'static Field) -> BoxedStrategy<Item> {
    let ascii = |text: String| Item { bytes: text.clone().into_bytes(), text };
    match field.format {
        Format::CsvVersion => proptest::sample::select(vec!["202407", "202208", "202504"]).prop_map(move |it| ascii(it.to_owned())).boxed(),
        Format::FreeText => free_text().boxed(),
        Format::ServiceType => prop_oneof!["", "[0-9A][0-9A-F]"].prop_map(ascii).boxed(),
        _ => match field.codes {
            Some(table) => {
                let codes: Vec<&str> = table.codes.iter().map(|row| row.code).chain(["", "Z"]).collect();
                proptest::sample::select(codes).prop_map(move |it| ascii(it.to_owned())).boxed()
            }
            None => prop_oneof![3 => "", 6 => "0{0,3}[0-9A-Z.:-]{1,12}", 1 => "[0-9][,\"\\n][0-9]"].prop_map(ascii).boxed(),
        },
    }
}

fn record(layout: &'static Layout) -> impl Strategy<Value = Vec<Item>> {
    layout.fields.iter().map(item).collect::<Vec<_>>()
}

fn file() -> impl Strategy<Value = (Kind, Vec<Vec<Item>>)> {
    proptest::sample::select(Layout::all().collect::<Vec<_>>())
        .prop_flat_map(|layout| proptest::collection::vec(record(layout), 1..4).prop_map(move |records| (layout.kind, records)))
}

/// Written here a second time, so that the writer is not held against itself.
fn canonical(kind: Kind, records: &[Vec<Item>], quoting: Quoting) -> Vec<u8> {
    let cell = |field: &Field, item: &Item| {
        let is_text = field.format == Format::FreeText;
        let quoted = match quoting {
            Quoting::Text => is_text && !item.bytes.is_empty(),
            Quoting::EveryText => is_text,
            Quoting::EveryItem => true,
        };
        if quoted || item.text.contains([',', '"', '\r', '\n']) {
            let doubled: Vec<u8> = item.bytes.iter().flat_map(|byte| if *byte == b'"' { vec![b'"'; 2] } else { vec![*byte] }).collect();
            [b"\"", doubled.as_slice(), b"\""].concat()
        } else {
            item.bytes.clone()
        }
    };
    let fields = kind.layout().unwrap().fields;
    records
        .iter()
        .flat_map(|record| {
            let cells: Vec<Vec<u8>> = fields.iter().zip(record).map(|(field, item)| cell(field, item)).collect();
            [cells.join(&b','), b"\r\n".to_vec()].concat()
        })
        .collect()
}

fn as_json(kind: Kind, record: &[Item]) -> Value {
    let value = |field: &Field, text: &str| {
        let label = match (field.format, field.codes) {
            _ if text.is_empty() => return Value::Null,
            (Format::Code, Some(table)) => table.find(text.as_bytes()).map(|row| row.label_ja),
            (Format::ServiceType, _) => text.parse::<ServiceType>().ok().and_then(ServiceType::label_ja),
            _ => return text.into(),
        };
        json!({"code": text, "label": label})
    };
    let fields = kind.layout().unwrap().fields;
    Value::Object(fields.iter().zip(record).map(|(field, item)| (field.name.to_owned(), value(field, &item.text))).collect::<Map<_, _>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn csv_to_json_to_csv_is_the_same_bytes(
        (kind, records) in file(), quoting in proptest::sample::select(Quoting::ALL.to_vec()), chunk in 1usize..60,
    ) {
        let bytes = canonical(kind, &records, quoting);
        let (json, summary) = document(kind, &bytes, chunk).unwrap();
        let expected: Vec<Value> = records.iter().map(|record| as_json(kind, record)).collect();
        prop_assert_eq!(&json["records"], &Value::from(expected));
        prop_assert_eq!(csv(&json.to_string()).unwrap(), bytes.clone());
        prop_assert_eq!(csv_of_lines(kind, &lines(kind, &bytes), summary.quoting), bytes);
    }

    #[test]
    fn json_to_csv_to_json_is_the_same_records((kind, records) in file(), quoting in proptest::sample::select(Quoting::ALL.to_vec())) {
        let records: Vec<Value> = records.iter().map(|record| as_json(kind, record)).collect();
        let json = json!({"kind": kind.code(), "quoting": quoting, "records": records});
        let bytes = csv(&json.to_string()).unwrap();
        prop_assert_eq!(&document(kind, &bytes, 64).unwrap().0["records"], &json["records"]);
    }

    #[test]
    fn any_text_is_written_as_itself_or_named(text in "\\PC{0,12}|[ -~\u{80}-\u{ff}\u{2010}-\u{203e}〜髙鷗表\r\n\0]{0,12}") {
        let json = json!({"kind": "UPKIHON_SUB1", "records": [{"csv_version": "202407", "time_text": text}]});
        match csv(&json.to_string()) {
            Ok(bytes) => {
                let back = document(Kind::BasicInformationTimetable, &bytes, 5).unwrap().0;
                prop_assert_eq!(back["records"][0]["time_text"].as_str().unwrap_or_default(), text);
            }
            Err(problems) => {
                for view in problems.iter().map(standard::convert::Problem::view) {
                    let character = text.chars().nth(view.position.unwrap() as usize - 1).unwrap();
                    prop_assert_eq!(view.character.unwrap(), format!("U+{:04X}", u32::from(character)));
                    prop_assert_eq!((view.record, view.field_name), (Some(1), Some("time_text")));
                }
            }
        }
    }
}
