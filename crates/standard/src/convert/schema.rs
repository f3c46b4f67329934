//! JSON Schemas (2020-12) of the JSON that files become, made from the layouts.

mod node;

use std::borrow::Cow;

use serde::Serialize;

use crate::convert::coded;
use crate::convert::quoting::Quoting;
use crate::layout::{Code, CodeTable, Field, Format, Layout, Required};
use node::{Node, list, map, text};

/// The JSON Schema of a kind's documents. `#record` in it is one record, `#line` a line of JSON Lines.
///
/// It says what the standard wants written, which is what [`Checker`](crate::Checker) passes without a finding, as far as one value shows it:
/// that 20260231 is no day, or that two items contradict each other, only the checker knows. [`JsonReader`](crate::convert::JsonReader) reads
/// more than the schema allows: it wants the shape, and judges no value.
pub fn schema(layout: &Layout) -> impl Serialize + use<> {
    let kind = layout.kind;
    let document = map([
        ("kind", map([("const", text(kind.code()))])),
        ("file", map([("title", text("標準仕様のファイル名 / the file's name by the standard")), ("type", types(true))])),
        ("quoting", map([("title", text("引用符の付け方 / which cells are in quotes")), ("enum", quotings())])),
        ("records", map([("type", text("array")), ("items", reference("record"))])),
    ]);
    let record = map([("$anchor", text("record")), ("$ref", text("#/$defs/items")), ("unevaluatedProperties", Node::False)]);
    let line = map([
        ("$anchor", text("line")),
        ("$ref", text("#/$defs/items")),
        ("properties", map([("kind", map([("const", text(kind.code()))]))])),
        ("required", list([text("kind")])),
        ("unevaluatedProperties", Node::False),
    ]);
    let items = map([
        ("type", text("object")),
        ("properties", Node::Map(layout.fields.iter().map(|field| (Cow::Borrowed(field.name), item(field))).collect())),
        ("required", list(layout.fields.iter().filter(|field| field.required == Required::Yes).map(|field| text(field.name)))),
    ]);
    let mut definitions = vec![(Cow::Borrowed("record"), record), (Cow::Borrowed("line"), line), (Cow::Borrowed("items"), items)];
    for field in layout.fields.iter().filter(|field| coded::is_coded(field)) {
        let name = table_name(field);
        if !definitions.iter().any(|(known, _)| known == name) {
            definitions.push((Cow::Borrowed(name), codes(&codes_of(field))));
        }
    }
    map([
        ("$schema", text("https://json-schema.org/draft/2020-12/schema")),
        ("$id", text(format!("urn:renkei:schema:{kind}"))),
        ("title", text(format!("{} / {}", kind.name_ja(), kind.name_en()))),
        (
            "description",
            text("ケアプランデータ連携標準仕様 4.1 / national care-plan data standard 4.1, as renkei convert writes and reads it"),
        ),
        ("type", text("object")),
        ("properties", document),
        ("required", list(["kind", "records"].map(text))),
        ("additionalProperties", Node::False),
        ("$defs", Node::Map(definitions)),
    ])
}

fn item(field: &Field) -> Node {
    let title = format!("{} / {}", field.name_ja, field.name.replace('_', " "));
    let remark = match (field.format, field.required) {
        (Format::Unused, _) => format!("No.{}; 未使用 / not used", field.no),
        (_, Required::Unsure) => format!("No.{}; 入力推奨 / probably to be filled in", field.no),
        _ => format!("No.{}", field.no),
    };
    let optional = field.required != Required::Yes;
    let mut members = vec![("title", text(title)), ("description", text(remark))];
    if coded::is_coded(field) {
        let codes = reference(table_name(field));
        members.push(if optional {
            ("anyOf", list([codes, map([("type", text("null"))])]))
        } else {
            ("$ref", reference_path(table_name(field)))
        });
        return map(members);
    }
    members.push(("type", types(optional)));
    if field.format == Format::CsvVersion {
        members.push(("enum", list(versions().map(|version| text(version.code)))));
        return map(members);
    }
    if !optional {
        members.push(("minLength", Node::Number(1)));
    }
    if let Some(length) = field.length {
        members.push(("maxLength", Node::Number(length.into())));
    }
    if let Some(pattern) = pattern(field) {
        members.push(("pattern", text(pattern)));
    }
    map(members)
}

/// The form of an item's values, as an expression of ECMA 262.
fn pattern(field: &Field) -> Option<&'static str> {
    Some(match field.format {
        Format::CsvVersion | Format::FreeText | Format::ToolNotificationCode | Format::ServiceType => return None,
        Format::InsurerNumber => "^[0-9]{6}$",
        Format::InsuredNumber => "^[0-9H][0-9]{9}$",
        Format::OfficeNumber => "^(9{10}|[0-9]{2}[0-9A-HJ-NPR-Z][0-9]{7})$",
        Format::Date => "^[12][0-9]{3}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$",
        Format::DateOrZeros => "^(0{8}|[12][0-9]{3}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01]))$",
        Format::Month => "^(1[89]|20)[0-9]{2}(0[1-9]|1[0-2])$",
        Format::MonthOrZeros => "^(0{6}|(1[89]|20)[0-9]{2}(0[1-9]|1[0-2]))$",
        Format::TimeHhmm if field.name.ends_with("end_time") => "^(2400|([01][0-9]|2[0-3])[0-5][0-9])$",
        Format::TimeHhmm => "^([01][0-9]|2[0-3])[0-5][0-9]$",
        Format::TimeHhmmOr9999 if field.name.ends_with("end_time") => "^(2400|9999|([01][0-9]|2[0-3])[0-5][0-9])$",
        Format::TimeHhmmOr9999 => "^(9999|([01][0-9]|2[0-3])[0-5][0-9])$",
        Format::Digits => "^[0-9]+$",
        Format::Decimal => "^[0-9]{1,3}(\\.[0-9]{1,2})?$",
        Format::Code => "^[!-~]+$",
        Format::PostalCode => "^[0-9]{3}-[0-9]{4}$",
        Format::Phone => "^[0-9()+ -]+$",
        Format::DayFlags31 => "^[01 ]{31}$",
        Format::ServiceCode => "^[0-9A-Z]{6}$",
        Format::TaisCode => "^[0-9]{5}-[0-9]{6}$",
        Format::Unused => return None,
    })
}

/// A code by itself, or with its label.
fn codes(codes: &[&Code]) -> Node {
    let labelled = codes.iter().map(|row| {
        map([
            ("title", text(row.label_ja)),
            ("description", text(row.label_en)),
            (
                "properties",
                map([("code", map([("const", text(row.code))])), ("label", map([("enum", list([text(row.label_ja), Node::Null]))]))]),
            ),
        ])
    });
    let object = map([
        ("type", text("object")),
        ("properties", map(["code", "label"].map(|name| (name, Node::True)))),
        ("required", list([text("code")])),
        ("additionalProperties", Node::False),
        ("oneOf", list(labelled)),
    ]);
    map([("anyOf", list([object, map([("enum", list(codes.iter().map(|row| text(row.code))))])]))])
}

fn table_name(field: &Field) -> &'static str {
    field.codes.map_or("service_type", |table| table.name)
}

/// The codes an item may hold: service types are those whose services are exchanged.
fn codes_of(field: &Field) -> Vec<&'static Code> {
    let tables: &[&str] = match field.codes {
        Some(table) => &[table.name],
        None => &["service_type_kaigo", "service_type_yobo", "service_type_sogo"],
    };
    tables.iter().filter_map(|name| CodeTable::named(name)).flat_map(|table| table.codes).collect()
}

fn versions() -> impl Iterator<Item = &'static Code> {
    ["csv_version", "csv_version_old", "csv_version_odd"].into_iter().filter_map(CodeTable::named).flat_map(|table| table.codes)
}

fn quotings() -> Node {
    list(Quoting::ALL.into_iter().map(|quoting| text(quoting.as_str())).chain([Node::Null]))
}

fn types(nullable: bool) -> Node {
    if nullable { list(["string", "null"].map(text)) } else { text("string") }
}

fn reference(definition: &'static str) -> Node {
    map([("$ref", reference_path(definition))])
}

fn reference_path(definition: &str) -> Node {
    text(format!("#/$defs/{definition}"))
}
