use super::*;

#[test]
fn office_numbers_are_parsed_by_their_form_alone() {
    let check = |text: &str, fits: bool| assert_eq!(text.parse::<OfficeNumber>().is_ok(), fits, "{text}");
    check("0370100018", true);
    check("99A0100016", true);
    check("0300000100", true);
    check("99I0100016", false);
    check("99O0100016", false);
    check("99Q0100016", false);
    check("99a0100016", false);
    check("037010001", false);
    check("03701000181", false);
    check("0A70100018", false);
    check("", false);
}

#[test]
fn check_digits_are_those_of_the_standards_examples() {
    let check = |text: &str, fits: bool| assert_eq!(text.parse::<OfficeNumber>().unwrap().check_digit_fits(), fits, "{text}");
    check("0170101950", true);
    check("99A0100016", true);
    check("0300000100", false);
    check("0300000106", true);
    check("0300000005", false);
    check("0300000007", true);
    assert!("435073".parse::<InsurerNumber>().unwrap().check_digit_fits());
    assert!(!"435074".parse::<InsurerNumber>().unwrap().check_digit_fits());
}

#[test]
fn service_types_know_their_place() {
    let check = |text: &str, scope, manager, known| {
        let it: ServiceType = text.parse().unwrap();
        assert_eq!((it.is_in_scope(), it.is_manager(), it.is_known()), (scope, manager, known), "{text}");
        assert_eq!(it.label_ja().is_some(), known);
    };
    check("11", true, false, true);
    check("2A", true, false, true);
    check("A6", true, false, true);
    check("43", false, true, true);
    check("AF", false, true, true);
    check("73", true, true, true);
    check("51", false, false, true);
    check("00", false, false, false);
    check("AE", false, false, false);
    assert!("43".parse::<ServiceType>().unwrap().only_manages());
    assert!(!"73".parse::<ServiceType>().unwrap().only_manages());
    for text in ["1", "111", "B1", "1G", "af"] {
        assert!(text.parse::<ServiceType>().is_err(), "{text}");
    }
}

#[test]
fn every_marked_service_type_has_a_label() {
    let hex = b"0123456789ABCDEF";
    for first in &hex[..11] {
        for second in hex {
            let it = ServiceType::from_bytes(&[*first, *second]).unwrap();
            assert_eq!(it.is_known(), it.label_ja().is_some(), "{it}");
        }
    }
}

#[test]
fn addresses_come_with_and_without_a_type() {
    for text in ["0370100018", "0370100018-43"] {
        assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
    }
    for text in ["0370100018-", "-43", "0370100018-4", "0370100018-430", "0370100018 43"] {
        assert!(text.parse::<Address>().is_err(), "{text}");
    }
}

#[test]
fn identifiers_are_strings_in_json() {
    let address: Address = serde_json::from_str("\"0370100018-43\"").unwrap();
    assert_eq!(serde_json::to_string(&address).unwrap(), "\"0370100018-43\"");
    assert!(serde_json::from_str::<OfficeNumber>("\"1\"").is_err());
    assert_eq!(format!("{:?}", address.office), "OfficeNumber(0370100018)");
}

#[test]
fn a_number_is_completed_by_its_check_digit() {
    assert_eq!(OfficeNumber::completed("99A010001").map(String::from), Ok("99A0100016".to_owned()));
    assert_eq!(InsurerNumber::completed("43507").map(String::from), Ok("435073".to_owned()));
    for wrong in ["99A01000", "99I010001", "", "99A0100016"] {
        assert_eq!(OfficeNumber::completed(wrong), Err(IdentifierError::Office), "{wrong}");
    }
    assert_eq!(InsurerNumber::completed("4350A"), Err(IdentifierError::Insurer));
}
