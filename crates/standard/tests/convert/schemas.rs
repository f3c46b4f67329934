use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Value, json};
use standard::convert::schema;
use standard::{Checker, Kind, Layout, RuleId};

use crate::way::{document, fixtures, lines};

fn schema_of(kind: Kind) -> Value {
    serde_json::to_value(schema(kind.layout().unwrap())).unwrap()
}

/// The part of a schema that has the anchor.
fn part(kind: Kind, anchor: &str) -> jsonschema::Validator {
    let mut schema = schema_of(kind);
    let wrapper = json!({"$schema": schema["$schema"], "$defs": schema["$defs"].take(), "$ref": format!("#{anchor}")});
    jsonschema::draft202012::new(&wrapper).unwrap()
}

#[test]
fn every_schema_is_one_of_2020_12_and_says_whose_it_is() {
    let mut ids = BTreeSet::new();
    for layout in Layout::all() {
        let schema = schema_of(layout.kind);
        if let Err(error) = jsonschema::draft202012::meta::validate(&schema) {
            panic!("{}: {error} at {}", layout.kind, error.instance_path());
        }
        let properties = schema["$defs"]["items"]["properties"].as_object().unwrap();
        assert_eq!(properties.len(), layout.fields.len());
        for field in layout.fields {
            assert!(properties[field.name]["title"].as_str().unwrap().contains(field.name_ja), "{}", field.name);
        }
        ids.insert(schema["$id"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids.len(), 17);
}

#[test]
fn valid_files_fit_their_schema_as_documents_and_as_lines() {
    let schemas: BTreeMap<Kind, _> = Layout::all()
        .map(|it| (it.kind, (jsonschema::draft202012::new(&schema_of(it.kind)).unwrap(), part(it.kind, "record"), part(it.kind, "line"))))
        .collect();
    for (name, path) in fixtures("valid") {
        let bytes = fs::read(&path).unwrap();
        let (whole, record, line) = &schemas[&name.kind];
        let (json, _) = document(name.kind, &bytes, 1 << 16).unwrap();
        if let Err(error) = whole.validate(&json) {
            panic!("{}: {error} at {}", path.display(), error.instance_path());
        }
        assert!(record.is_valid(&json["records"][0]) && !line.is_valid(&json["records"][0]));
        let lines: Vec<Value> = lines(name.kind, &bytes).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(lines.iter().all(|it| line.is_valid(it) && !record.is_valid(it)), "{}", path.display());
    }
}

/// What the checker calls an error of one value, the schema refuses, and it refuses nothing in which the checker finds nothing.
#[test]
fn the_schemas_refuse_what_the_checker_refuses_in_one_value() {
    // whether the day is in the calendar, and the type among the known ones, is more than a pattern says
    let by_value = [
        RuleId::Required,
        RuleId::Length,
        RuleId::Date,
        RuleId::Ym,
        RuleId::Time,
        RuleId::Digits,
        RuleId::Decimal,
        RuleId::Code,
        RuleId::Insurer,
        RuleId::Insured,
        RuleId::Office,
        RuleId::Svc,
        RuleId::Type,
        RuleId::Dayflags,
    ];
    let mut met = BTreeSet::new();
    let mut schemas = BTreeMap::new();
    for (name, path) in fixtures("bad") {
        let bytes = fs::read(&path).unwrap();
        let Ok((json, _)) = document(name.kind, &bytes, 1 << 16) else { continue };
        let mut checker = Checker::new(&name);
        checker.push(&bytes);
        let check = checker.finish();
        let schema = schemas.entry(name.kind).or_insert_with(|| jsonschema::draft202012::new(&schema_of(name.kind)).unwrap());
        let fits = schema.is_valid(&json);
        let broken: Vec<RuleId> = check.findings.rules().map(|(rule, _)| rule).filter(|rule| by_value.contains(rule)).collect();
        if broken.is_empty() && check.findings.is_empty() {
            assert!(fits, "{}", path.display());
        }
        let only_calendar = broken == [RuleId::Date] && path.to_str().unwrap().contains("R-DATE/");
        if !broken.is_empty() && fits {
            assert!(only_calendar, "{}: {broken:?}", path.display());
        }
        met.extend(broken);
    }
    assert_eq!(met, BTreeSet::from(by_value));
}

#[test]
fn a_schema_takes_bare_codes_and_wants_the_right_label() {
    let schema = jsonschema::draft202012::new(&schema_of(Kind::ActualsDeletion)).unwrap();
    let check = |service_type: Value, fits: bool| {
        let record = json!({"csv_version": "202407", "insurer_number": "435073", "insured_number": "0000000001", "target_month": "202604",
            "service_office_number": "9870808848", "service_type": service_type});
        assert_eq!(schema.is_valid(&json!({"kind": "DLTJSK", "records": [record]})), fits, "{service_type}");
    };
    check(json!({"code": "15", "label": "通所介護"}), true);
    check(json!({"code": "15", "label": null}), true);
    check(json!({"code": "15"}), true);
    check(json!("15"), true);
    check(json!({"code": "15", "label": "訪問介護"}), false);
    check(json!({"code": "99", "label": null}), false);
    check(json!({"label": "通所介護"}), false);
    check(json!({"code": "15", "name": "通所介護"}), false);
    check(json!("99"), false);
    check(json!(15), false);
    check(json!(null), false);
}
