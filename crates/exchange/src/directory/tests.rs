use super::*;

/// The 24 headings as they are published.
const HEADINGS: [&str; 24] = [
    "\u{feff}都道府県コード又は市町村コード",
    "No",
    "都道府県名",
    "市区町村名",
    "事業所名",
    "事業所名カナ",
    "サービスの種類",
    "住所",
    "方書（ビル名等）",
    "緯度",
    "経度",
    "電話番号",
    "FAX番号",
    "法人番号",
    "法人の名称",
    "事業所番号",
    "利用可能曜日",
    "利用可能曜日特記事項",
    "定員",
    "URL",
    "高齢者の方と障害者の方が同時一体的に利用できるサービス",
    "介護保険の通常の指定基準を満たしている",
    "障害福祉の通常の指定基準を満たしている",
    "備考",
];

fn cells(number: &str, code: &str, name: &str, service: &str) -> Vec<String> {
    let mut cells = vec![String::new(); 24];
    for (place, text) in [
        (0, code),
        (3, "見本市"),
        (4, name),
        (5, "ヒナタ"),
        (6, service),
        (7, "見本県見本市見本町1-1"),
        (8, "見本ビル2F"),
        (11, "00-0000-0000"),
        (15, number),
    ] {
        cells[place] = text.to_owned();
    }
    cells
}

fn read(cells: &[String]) -> Result<DirectoryRow, Skipped> {
    Columns::find(HEADINGS).unwrap().row(|place| cells.get(place).map(String::as_str))
}

#[test]
fn a_row_gives_what_search_and_people_need() {
    let row = read(&cells("9870808848", "987024", " デイサービス ひなた ", "通所介護")).unwrap();
    let entry = DirectoryEntry {
        kana: Some("ヒナタ".to_owned()),
        municipality_name: Some("見本市".to_owned()),
        address: Some("見本県見本市見本町1-1 見本ビル2F".to_owned()),
        service: "15".parse().unwrap(),
    };
    assert_eq!((row.number.as_str(), row.name.as_str()), ("9870808848", "デイサービス ひなた"));
    assert_eq!((row.municipality.map(Municipality::five_digits).as_deref(), row.entry), (Some("98702"), entry));
}

#[test]
fn columns_are_found_wherever_and_however_they_are_written() {
    let columns = Columns::find(["ｻｰﾋﾞｽの種類", " 事業所 名 ", "方書(ﾋﾞﾙ名等)", "住所", "事業所番号　"]).unwrap();
    let cells = ["訪問介護", "ひなた", "2F", "見本町1", "９８７０８０８８４８"];
    let row = columns.row(|place| cells.get(place).copied()).unwrap();
    assert_eq!((row.number.as_str(), row.entry.address.as_deref(), row.entry.kana), ("9870808848", Some("見本町1 2F"), None));
    for (missing, kept) in [("事業所番号", [0, 1]), ("事業所名", [0, 4]), ("サービスの種類", [1, 4])] {
        let headings = ["サービスの種類", "事業所名", "", "", "事業所番号"];
        let kept = kept.map(|place: usize| headings[place]);
        assert_eq!(Columns::find(kept), Err(MissingColumn(missing)));
    }
}

#[test]
fn a_number_gets_its_leading_zero_back_where_everything_speaks_for_it() {
    // 0170101950: the check digit of the standard's example fits
    for (number, code, found) in [
        ("0170101950", "011011", Ok("0170101950")),
        ("170101950", "011011", Ok("0170101950")),
        ("170101950", "11011", Ok("0170101950")),
        ("170101950", "01", Ok("0170101950")),
        ("170101951", "011011", Err(Skipped::OfficeNumber)),
        ("170101950", "131130", Err(Skipped::OfficeNumber)),
        ("170101950", "", Err(Skipped::OfficeNumber)),
        ("70101950", "011011", Err(Skipped::OfficeNumber)),
        ("01701019500", "011011", Err(Skipped::OfficeNumber)),
        ("1.7E+08", "011011", Err(Skipped::OfficeNumber)),
        ("", "011011", Err(Skipped::OfficeNumber)),
    ] {
        let row = read(&cells(number, code, "ひなた", "訪問介護"));
        assert_eq!(row.as_ref().map(|row| row.number.as_str()).map_err(|skipped| *skipped), found, "{number} {code}");
    }
}

#[test]
fn a_row_that_says_nothing_is_skipped_with_the_reason() {
    for (number, name, service, skipped) in [
        ("987080884", "ひなた", "訪問介護", Skipped::OfficeNumber),
        ("9870808848", "", "訪問介護", Skipped::Name),
        ("9870808848", "ひな\u{1b}た", "訪問介護", Skipped::Name),
        ("9870808848", &"ひ".repeat(201), "訪問介護", Skipped::Name),
        ("9870808848", "ひなた", "宅配", Skipped::Service),
    ] {
        assert_eq!(read(&cells(number, "987024", name, service)), Err(skipped), "{name} {service}");
    }
    let prefecture = read(&cells("9870808848", "980005", "ひなた", "訪問介護")).unwrap();
    assert_eq!(prefecture.municipality, None);
}

#[test]
fn rows_of_one_office_make_the_same_entry_in_any_order() {
    let row = |service, name| read(&cells("9870808848", "987024", name, service)).unwrap();
    let rows = [row("通所介護", "昼"), row("訪問介護", "訪問"), row("居宅介護支援", "相談")];
    let made = |order: [usize; 3]| {
        let mut office = None;
        for place in order {
            office = Some(registered(office, &rows[place]));
        }
        let mut office = office.unwrap();
        office.services.sort();
        office
    };
    let first = made([0, 1, 2]);
    assert_eq!((first.name.as_str(), first.services.len()), ("訪問", 3));
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        assert_eq!(made(order), first, "{order:?}");
    }
    // and the same rows again change nothing
    let again = rows.iter().fold(first.clone(), |office, row| registered(Some(office), row));
    assert_eq!(again, first);
}

#[test]
fn an_import_leaves_keys_licences_and_settings_alone() {
    let mut office = Office::new("9870808848".parse().unwrap(), "古い名");
    office.blocked_senders = vec!["9770000007".parse().unwrap()];
    office.licences = vec![crate::Campaign::free_pass_2025().pass_from("2026-05-31".parse().unwrap()).unwrap()];
    office.services = vec!["43".parse().unwrap()];
    let row = read(&cells("9870808848", "987024", "新しい名", "訪問介護")).unwrap();
    let changed = registered(Some(office.clone()), &row);
    assert_eq!((changed.name.as_str(), changed.services.len()), ("新しい名", 2));
    assert_eq!((changed.blocked_senders, changed.licences, changed.keys), (office.blocked_senders, office.licences, office.keys));
}
