//! Writes an invented directory in the form of the public one (24 columns, UTF-8 with BOM) to stdout: to measure an import.
//!
//! `cargo run -p renkei --example invented_directory -- 290000 > directory.csv`; docs/directory.md says how to go on.
//!
//! Three offices in four rows, offices spread over 47 prefectures of 40 municipalities. Every text in it is invented.

use std::io::{BufWriter, Write as _};

const HEADINGS: &str = "都道府県コード又は市町村コード,No,都道府県名,市区町村名,事業所名,事業所名カナ,サービスの種類,住所,方書（ビル名等）,緯度,経度,\
                        電話番号,FAX番号,法人番号,法人の名称,事業所番号,利用可能曜日,利用可能曜日特記事項,定員,URL,\
                        高齢者の方と障害者の方が同時一体的に利用できるサービス,介護保険の通常の指定基準を満たしている,\
                        障害福祉の通常の指定基準を満たしている,備考";

const SERVICES: [&str; 7] = ["訪問介護", "通所介護", "居宅介護支援", "訪問看護", "地域密着型通所介護", "福祉用具貸与", "短期入所生活介護"];

fn main() -> anyhow::Result<()> {
    let rows: usize = std::env::args().nth(1).unwrap_or_else(|| "290000".to_owned()).parse()?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    write!(out, "\u{feff}{HEADINGS}\r\n")?;
    for (row, service) in (0..rows).zip(SERVICES.iter().cycle()) {
        let office = row * 3 / 4;
        let (prefecture, in_prefecture) = (office % 47 + 1, office / 47);
        let municipality = 100 + in_prefecture % 40;
        let number = format!("{prefecture:02}{:08}", 70_000_000 + in_prefecture);
        write!(
            out,
            "{prefecture:02}{municipality:03}0,{row},見本県,見本市{municipality},見本事業所{office}号,ミホンジギョウショ{office}ゴウ,{service},\
             見本県見本市{municipality}見本町1-{office},,35.0,139.0,000-0000-0000,,,見本法人,{number},平日,,,,,,,\r\n"
        )?;
    }
    Ok(out.flush()?)
}
