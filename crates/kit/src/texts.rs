//! What stands in the kit's free text: every trap of MS932 and CSV that exporters and readers fall into, in sentences of nobody.
//!
//! No text begins with `=`, `+`, `-` or `@`: a spreadsheet would take it for a formula.

use crate::world::World;

/// Sentences: commas, quotes, a trail byte 5C before the closing quote, half-width kana, NEC and IBM characters, symbols with two readings.
const SENTENCES: [&str; 12] = [
    "自宅で暮らし続けたい,と本人は話す。",
    "医師は\"無理は禁物\"と述べた。",
    "持ち物は別紙の一覧表",
    "ﾍﾞｯﾄﾞは高さ42cm､手すり付き｡",
    "髙﨑氏(長女)が℡を受ける。",
    "①起床、②朝食、③服薬の順に行う。",
    "Ⅱ度の麻痺があり,㈱見本の車いすを使う。",
    "入浴～着替え－見守り∥休憩",
    "ソファーから立つ能力を保つ。十分に予防する。",
    "\"できる\"を増やす",
    "居室は約6㎡、廊下は狭い。№3の棚に薬がある。",
    "噂話を好み,構えず人と話す。",
];
const WORDS: [&str; 10] = [
    "安全に入浴できる",
    "予定表",
    "週2回,外出する",
    "\"自分でできる\"",
    "①歩行 ②入浴",
    "体の機能を保つ",
    "能ソ表",
    "三食とる",
    "ｶﾗｵｹを楽しむ",
    "転倒しない",
];
const NAMES: [&str; 4] = ["計画　表子", "包括　ソ太", "見本　髙枝", "例示　﨑夫"];
const OFFICES: [&str; 3] = ["仮想病院 表医師", "㈱見本ケア", "例示\"陽だまり\"の会"];
const RELATIONS: [&str; 4] = ["妻", "長男", "長女の夫", "姪"];
const PLACES: [&str; 3] = ["仮想県見本市表町1-2", "架空府十条噂町3番地", "\"同居\""];
const PERIODS: [&str; 3] = ["R8.4～R8.9", "6か月間", "令和8年4月～,1年"];
const TIMES: [&str; 4] = ["6:00", "7時半頃", "12:00～13:00", "就寝前"];
const TOOLS: [&str; 3] = ["車いす㈱ソ型", "特殊寝台Ⅱ表", "手すり\"表\",据置"];
const NUMBERS: [&str; 3] = ["№1", "A-12", "第3号"];

/// The list a short item is filled from, by the end of its name; the first that fits.
const SHORT_ITEMS: [(&str, &[&str]); 17] = [
    ("doctor_name", &OFFICES),
    ("disease_name", &["高血圧症", "変形性膝関節症(右Ⅱ度)", "骨粗鬆症"]),
    ("tool_name", &TOOLS),
    ("office_name", &OFFICES),
    ("center_name", &OFFICES),
    ("_name", &NAMES),
    ("_name_center", &NAMES),
    ("_name_manager", &NAMES),
    ("relation", &RELATIONS),
    ("address", &PLACES),
    ("address_1", &PLACES),
    ("address_2", &["コーポ表101号", "能ソ荘2階"]),
    ("period", &PERIODS),
    ("time_text", &TIMES),
    ("onset_text", &["H12年10月", "R2年4月頃", "20歳代"]),
    ("reference_no", &NUMBERS),
    ("_kana", &["ﾐﾎﾝ ｿﾉ"]),
];
/// Items written in sentences and lines; the rest get a few words.
const LONG_ITEMS: [&str; 16] = [
    "assessment_result",
    "board_opinion",
    "overall_policy",
    "service_content",
    "life_history",
    "daily_life",
    "family_note",
    "health_note",
    "proper_support_policy",
    "mobility_status",
    "home_life_status",
    "social_status",
    "health_status",
    "overall_issue",
    "treatment",
    "note",
];
/// Items of which a full file holds a page: readers with a fixed field length are found by it.
const PAGE_ITEMS: [&str; 2] = ["overall_policy", "life_history"];
const PAGE_SENTENCES: usize = 100;

/// A text for a free-text item.
pub(crate) fn text(world: &mut World, item: &str, full: bool) -> String {
    if let Some((_, list)) = SHORT_ITEMS.iter().find(|(end, _)| item.ends_with(end)) {
        return world.pick(list).to_owned();
    }
    if !LONG_ITEMS.iter().any(|long| item.ends_with(long)) {
        return world.pick(&WORDS).to_owned();
    }
    let sentences = if full && PAGE_ITEMS.contains(&item) { PAGE_SENTENCES } else { world.rng.usize(1..=4) };
    let mut text = world.turn("sentences", &SENTENCES).to_owned();
    for _ in 1..sentences {
        // lines in a cell may end in LF alone: what ends the record is another thing
        text.push_str(world.pick(&["\r\n", "\n", ""]));
        text.push_str(world.turn("sentences", &SENTENCES));
    }
    text
}

/// Tools lent, in turn.
pub(crate) fn tool(world: &mut World) -> &'static str {
    world.turn("tools", &TOOLS)
}
