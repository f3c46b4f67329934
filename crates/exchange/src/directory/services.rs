//! What the public directory calls services, and their two-character codes.

use standard::ServiceType;

use super::fold;

/// Names as the directory's column サービスの種類 has them, folded; one for care and its preventive twin together.
///
/// Source: 厚生労働省, 介護サービス情報公表システム オープンデータ, one file for each of these.
const SERVICES: [(&str, &str); 33] = [
    ("訪問介護", "11"),
    ("訪問入浴介護", "12"),
    ("訪問看護", "13"),
    ("訪問リハビリテーション", "14"),
    ("通所介護", "15"),
    ("通所リハビリテーション", "16"),
    ("福祉用具貸与", "17"),
    ("短期入所生活介護", "21"),
    ("短期入所療養介護(介護老人保健施設)", "22"),
    ("短期入所療養介護(療養病床を有する病院等)", "23"),
    ("短期入所療養介護(介護療養型医療施設)", "23"),
    ("短期入所療養介護(介護医療院)", "2A"),
    ("居宅療養管理指導", "31"),
    ("認知症対応型共同生活介護", "32"),
    ("特定施設入居者生活介護", "33"),
    ("地域密着型特定施設入居者生活介護", "36"),
    ("特定福祉用具販売", "41"),
    ("居宅介護支援", "43"),
    ("介護予防支援", "46"),
    ("介護老人福祉施設", "51"),
    ("介護老人保健施設", "52"),
    ("介護療養型医療施設", "53"),
    ("地域密着型介護老人福祉施設入所者生活介護", "54"),
    ("介護医療院", "55"),
    ("夜間対応型訪問介護", "71"),
    ("認知症対応型通所介護", "72"),
    ("小規模多機能型居宅介護", "73"),
    ("定期巡回・随時対応型訪問介護看護", "76"),
    ("看護小規模多機能型居宅介護", "77"),
    ("地域密着型通所介護", "78"),
    // community-based by law since April 2016, whatever the file it stands in
    ("療養通所介護", "78"),
    ("指定療養通所介護", "78"),
    ("通所介護(療養通所介護)", "78"),
];

/// The code of a service by its name. What stands in brackets behind it, such as the kind of building, counts only where the table has it.
pub(super) fn service_type(name: &str) -> Option<ServiceType> {
    let name = fold(name);
    let find = |name: &str| SERVICES.iter().find(|(known, _)| *known == name).and_then(|(_, code)| code.parse().ok());
    find(&name).or_else(|| find(name.split_once('(')?.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_the_table_is_folded_and_has_a_code_of_the_standard() {
        for (name, code) in SERVICES {
            assert_eq!(fold(name), name);
            assert!(code.parse::<ServiceType>().unwrap().is_known(), "{name}");
        }
    }

    #[test]
    fn services_are_known_by_the_directorys_names() {
        for (name, code) in [
            ("訪問介護", Some("11")),
            (" 訪問介護　", Some("11")),
            ("定期巡回･随時対応型訪問介護看護", Some("76")),
            ("短期入所療養介護(療養病床を有する病院等）", Some("23")),
            ("短期入所療養介護（介護医療院）", Some("2A")),
            ("特定施設入居者生活介護（有料老人ホーム（サービス付き高齢者向け住宅））", Some("33")),
            ("地域密着型特定施設入居者生活介護（軽費老人ホーム）", Some("36")),
            ("看護小規模多機能型居宅介護（複合型サービス）", Some("77")),
            ("指定療養通所介護", Some("78")),
            ("短期入所療養介護", None),
            ("保育所", None),
            ("", None),
        ] {
            assert_eq!(service_type(name).map(|code| code.to_string()).as_deref(), code, "{name}");
        }
    }
}
