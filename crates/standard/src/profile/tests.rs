use std::sync::Arc;

use super::*;
use crate::checker::Checker;
use crate::file_name::FileName;

const HEAD: &str = "id = \"sample-care-5\"\nsoftware = \"見本ケア 5\"\n";

#[test]
fn a_profile_that_is_none_says_where() {
    let check = |text: &str, says: &str| {
        let told = Profile::parse(text).unwrap_err().to_string();
        assert!(told.contains(says) && !told.contains("secret"), "{told}");
    };
    assert!(Profile::parse(HEAD).is_ok());
    check("", "missing field `id`");
    check("id = ", "line 1");
    check("id = \"A\"\nsoftware = \"x\"", "id: lower-case");
    check("id = \"a\"\nsoftware = \"\"", "software: 1 to 80");
    check(&format!("{HEAD}requires = 1"), "unknown field `requires`");
    check(&format!("{HEAD}[file]\nline_ends = \"lf\""), "unknown variant `lf`");
    check(&format!("{HEAD}[file]\nrefuses = [\"R-LENGTH\"]"), "no warning about one file");
    check(&format!("{HEAD}[file]\nrefuses = [\"R-NO-SUCH\"]"), "no warning about one file");
    check(&format!("{HEAD}[file]\nrefuses = [\"R-NO-HOSOKU\"]"), "no warning about one file");
    check(&format!("{HEAD}[file]\ncsv_versions = []"), "file.csv_versions: an empty list");
    check(&format!("{HEAD}[[items]]\nnames = []\nrequired = true"), "items.names: an empty list");
    check("{\"user_name\": \"secret\"}", "not the TOML of a profile: line 1");
    check(&format!("{HEAD}[file]\ncsv_versions = [\"209901\"]"), "no CSV version");
    check(&format!("{HEAD}[[items]]\nfiles = [\"UPX\"]\nrequired = true"), "items 1: \"UPX\" is no kind");
    check(&format!("{HEAD}[[items]]\nfiles = [\"UPKIHON_IMAGE\"]\nrequired = true"), "items 1: \"UPKIHON_IMAGE\" is no kind");
    check(
        &format!("{HEAD}[[items]]\nfiles = [\"UPJSK\"]\nnames = [\"address\"]\nrequired = true"),
        "items 1: none of its files has an item",
    );
    check(&format!("{HEAD}[[items]]\nnames = [\"units\"]"), "items 1: nothing is demanded");
    check(&format!("{HEAD}[[items]]\nrefuses = [\"emoji\"]"), "unknown variant `emoji`");
    check(&format!("{HEAD}# {}", "x".repeat(MAX_PROFILE_BYTES)), "at most 65536 bytes");
}

#[test]
fn the_profile_of_the_docs_is_one() {
    let profile = Profile::parse(include_str!("../../../../docs/receiver-profile.toml")).unwrap();
    assert_eq!((profile.id.as_str(), profile.software.as_str(), profile.items.len()), ("sample-care-5", "見本ケア 5", 4));
}

/// What a profile with these demands says of a file: place and message.
fn check(demands: &str, name: &str, bytes: &[u8], expected: &[(Option<u64>, Option<u16>, &str)]) {
    let profile = Arc::new(Profile::parse(&format!("{HEAD}{demands}")).unwrap());
    let (name, of_name) = FileName::parse(name);
    let name = name.unwrap();
    for size in [1, 5, 1000] {
        let (mut checker, mut held) = (Checker::new(&name), ProfileChecker::new(Arc::clone(&profile), &name));
        for chunk in bytes.chunks(size) {
            checker.push(chunk);
            held.push(chunk);
        }
        let findings = held.finish(&of_name, &checker.finish());
        assert_eq!((findings.errors(), findings.listed().len()), (0, expected.len()), "{demands}: {:?}", findings.listed());
        for (finding, (record, field, says)) in findings.listed().iter().zip(expected) {
            let message = finding.message(Some(name.kind));
            assert_eq!((finding.rule, finding.record, finding.field), (RuleId::Profile, *record, *field), "{message}");
            assert!(message.contains(says), "{message}");
            assert!(finding.message_ja(Some(name.kind)).contains("受信側のソフトに取り込めません（"), "{message}");
        }
    }
}

const DELETION: &str = "DLT1KYO_99A0100016_43_0170101950_11_20260410090000.CSV";
const GOOD: &str = "202407,435073,0000000001,20260401\r\n";

#[test]
fn what_is_demanded_of_the_file_is_looked_for() {
    let check = |demands: &str, text: &str, expected: &[(Option<u64>, Option<u16>, &str)]| {
        check(&format!("[file]\n{demands}"), DELETION, text.as_bytes(), expected);
    };
    check("line_ends = \"crlf\"", GOOD, &[]);
    check("line_ends = \"crlf\"", &GOOD.replace("\r\n", "\n"), &[(None, None, "R-EOL is refused")]);
    check("csv_versions = [\"202407\"]", GOOD, &[]);
    check("csv_versions = [\"202407\"]", &GOOD.replace("202407", "202410"), &[(Some(1), Some(1), "the CSV version is not read")]);
    check("names = [\"v3\"]", GOOD, &[(None, None, "file names of this edition are not read")]);
    check("max_records = 1", GOOD, &[]);
    check("max_records = 1", &GOOD.repeat(2), &[(None, None, "2 records, at most 1 taken")]);
    check(
        "refuses = [\"R-DUP\", \"R-BLANK\"]",
        &(GOOD.repeat(2) + "\r\n"),
        &[(Some(3), None, "R-BLANK is refused"), (Some(2), None, "R-DUP is refused")],
    );
}

#[test]
fn what_is_demanded_of_items_is_looked_for_in_every_record() {
    let name = "DLTJSK_202604_0170101950_11_99A0100016_43_20260410090000.CSV";
    let record = "202407,435073,0000000001,202604,0170101950,11\r\n";
    let empty = record.replace("0170101950,11", "0170101950, ");
    check(
        "[[items]]\nnames = [\"service_type\"]\nrequired = true",
        name,
        (record.to_owned() + &empty).as_bytes(),
        &[(Some(2), Some(6), "it must be filled in")],
    );
    check("[[items]]\nfiles = [\"UPJSK\"]\nnames = [\"service_code\"]\nrequired = true", name, empty.as_bytes(), &[]);

    let plan = "UP1KYO_99A0100016_43_0170101950_11_20260410090000.CSV";
    let texts = [b"202407,435073,0000000001,20260401,,\"\x95\x5c\"\"\xb1\",\"a\r\nb\"".as_slice(), &[b','; 21], b"\r\n"].concat();
    check("[[items]]\nnames = [\"user_address_1\"]\nmax_characters = 3\nmax_bytes = 4", plan, &texts, &[]);
    check(
        "[[items]]\nnames = [\"user_address_1\"]\nmax_characters = 2\nmax_bytes = 3",
        plan,
        &texts,
        &[(Some(1), Some(6), "3 characters, at most 2 taken"), (Some(1), Some(6), "4 bytes in MS932, at most 3 taken")],
    );
    // every free text, where no item is named
    check(
        "[[items]]\nrefuses = [\"half-width-katakana\", \"line-breaks\"]",
        plan,
        &texts,
        &[(Some(1), Some(6), "no half-width katakana (first at offset 40)"), (Some(1), Some(7), "no line breaks (first at offset 45)")],
    );
}
