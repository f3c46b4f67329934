//! What a receiver's software should do about a broken rule.

use standard::{RuleId, RuleOutcome, Severity};

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Advice {
    RefuseName,
    RefuseFile,
    RefuseUnit,
    Import,
    ImportAndTell,
    CheckNumber,
    SkipLine,
    TakeEmpty,
    Trim,
    TakeLiterally,
    KeepOne,
    NeverRun,
    OldEdition,
    OwnLimit,
}

/// The warnings that ask for more than to be told of; every other one is imported and told, every error refused.
const ASKING_MORE: [(RuleId, Advice); 20] = [
    (RuleId::NameOffice, Advice::CheckNumber),
    (RuleId::NameCd, Advice::CheckNumber),
    (RuleId::OfficeCd, Advice::CheckNumber),
    (RuleId::InsurerCd, Advice::CheckNumber),
    (RuleId::SameOffice, Advice::CheckNumber),
    (RuleId::Blank, Advice::SkipLine),
    (RuleId::Header, Advice::SkipLine),
    (RuleId::DateZero, Advice::TakeEmpty),
    (RuleId::Unused, Advice::TakeEmpty),
    (RuleId::SikyuNull, Advice::TakeEmpty),
    (RuleId::Detail, Advice::TakeEmpty),
    (RuleId::Space, Advice::Trim),
    (RuleId::QuoteBare, Advice::TakeLiterally),
    (RuleId::Unquoted, Advice::TakeLiterally),
    (RuleId::Dup, Advice::KeepOne),
    (RuleId::RowDup, Advice::KeepOne),
    (RuleId::Formula, Advice::NeverRun),
    (RuleId::OldLayout, Advice::OldEdition),
    (RuleId::NameV3, Advice::OldEdition),
    (RuleId::Profile, Advice::OwnLimit),
];

impl Advice {
    /// The advice for a rule.
    pub(crate) fn about(rule: RuleId) -> Advice {
        match (rule.severity(), rule.outcome()) {
            (Severity::Error, RuleOutcome::FileName) => Advice::RefuseName,
            (Severity::Error, RuleOutcome::UnitInvalid) => Advice::RefuseUnit,
            (Severity::Error, RuleOutcome::FileInvalid) => Advice::RefuseFile,
            (Severity::Warning, _) => {
                ASKING_MORE.iter().find(|(asking, _)| *asking == rule).map_or(Advice::ImportAndTell, |(_, advice)| *advice)
            }
        }
    }

    /// In English and Japanese.
    pub(crate) fn texts(self) -> [&'static str; 2] {
        match self {
            Advice::RefuseName => [
                "Import nothing of the unit; say which name is wrong, so that the sender exports or addresses it anew.",
                "送信単位全体を取り込まず、どのファイル名が誤りかを表示してください。送信元での再出力または宛先の訂正が必要です。",
            ],
            Advice::RefuseFile => [
                "Import nothing of the unit; show file, line and item, so that the sender can mend it.",
                "送信単位全体を取り込まず、ファイル・行・項目を表示してください。送信元での修正が必要です。",
            ],
            Advice::RefuseUnit => [
                "Import nothing of the unit; say which files don't fit together.",
                "送信単位全体を取り込まず、どのファイルの組み合わせが誤りかを表示してください。",
            ],
            Advice::Import => ["Import it.", "取り込んでください。"],
            Advice::ImportAndTell => {
                ["Import it, and tell the user what is unusual.", "取り込んだうえで、注意点を利用者に表示してください。"]
            }
            Advice::CheckNumber => [
                "Import it; ask the user to check the number. Never refuse for a check digit.",
                "取り込んだうえで、番号の確認を促してください。チェックデジットを理由に拒否しないでください。",
            ],
            Advice::SkipLine => ["Skip the line and import the rest.", "その行を読み飛ばし、残りを取り込んでください。"],
            Advice::TakeEmpty => ["Take the item as empty and import the rest.", "その項目を空として取り込んでください。"],
            Advice::Trim => ["Take the spaces off and import it.", "前後の空白を除いて取り込んでください。"],
            Advice::TakeLiterally => ["Take the characters as they stand and import it.", "文字をそのまま値として取り込んでください。"],
            Advice::KeepOne => {
                ["Import the record once, and tell the user that it came twice.", "1件だけ取り込み、重複していたことを表示してください。"]
            }
            Advice::NeverRun => [
                "Import it as text; never run it, nor hand it to a spreadsheet as it stands.",
                "文字列として取り込んでください。実行したり、そのまま表計算ソフトに渡したりしないでください。",
            ],
            Advice::OwnLimit => [
                "The standard allows it. Where your software can't import it, publish that in your receiver profile, so that senders are warned.",
                "標準仕様では正しい値です。取り込めない場合は、受信側ソフトの条件（プロファイル）として公開し、送信側で警告できるようにしてください。",
            ],
            Advice::OldEdition => [
                "Import it with the items of the third edition; write the current edition yourself.",
                "第3版の項目として取り込んでください。出力は現行版としてください。",
            ],
        }
    }
}
