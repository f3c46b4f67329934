//! The file name a manifest claims (contract §3, `name`; broken: `file-name`).

use standard::FileName;
use unicode_normalization::is_nfc;

use crate::steers;

/// The longest name, in Unicode characters.
pub const MAX_NAME_CHARACTERS: usize = 120;

/// A name as the manifest has it: any text. It may hold personal data: not for logs or keys.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ManifestName(String);

/// A name that obeys, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileNameClaim<'a> {
    /// All before the last dot.
    pub stem: &'a str,
    /// All after the last dot.
    pub extension: &'a str,
    /// It begins with a kind of the standard and so must be one of its names; every other name is an attachment's.
    pub standard: bool,
}

/// How a name breaks the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameProblem {
    /// More than [`MAX_NAME_CHARACTERS`].
    #[error("the name is longer than 120 characters")]
    TooLong,
    /// Not in Unicode's composed form.
    #[error("the name is not in Unicode normalization form C")]
    NotNormal,
    /// Holds a separator of folders or drives, of lines, or a control character, also one that turns the direction of writing.
    #[error("the name holds a separator or a control character")]
    ForbiddenCharacter,
    /// Begins or ends with a space or a dot: some system would cut it off.
    #[error("the name begins or ends with a space or a dot")]
    Edge,
    /// No dot with something before and after it.
    #[error("the name is not a stem, a dot and an extension")]
    NoExtension,
    /// Another file of the transmission has it, or one that differs in case only.
    #[error("another file of the transmission has this name, or one that differs in case only")]
    NotUnique,
}

impl ManifestName {
    /// Any text as a name.
    pub fn new(name: &str) -> ManifestName {
        ManifestName(name.to_owned())
    }

    /// The name as sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Equal for names that differ only in case: what must be unique in a transmission.
    pub fn fold(&self) -> String {
        // through upper case first: letters with two lower-case forms (final sigma, long s) then meet in one
        self.0.to_uppercase().to_lowercase()
    }

    /// Judges the name.
    ///
    /// # Errors
    /// The first [`NameProblem`].
    pub fn check(&self) -> Result<FileNameClaim<'_>, NameProblem> {
        let name = self.as_str();
        if name.chars().count() > MAX_NAME_CHARACTERS {
            return Err(NameProblem::TooLong);
        }
        if !is_nfc(name) {
            return Err(NameProblem::NotNormal);
        }
        if name.chars().any(is_forbidden) {
            return Err(NameProblem::ForbiddenCharacter);
        }
        let (stem, extension) = match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() && !extension.is_empty() => (stem, extension),
            _ => return Err(NameProblem::NoExtension),
        };
        let edge = |character: char| character == '.' || character.is_whitespace();
        if name.starts_with(edge) || name.ends_with(edge) {
            return Err(NameProblem::Edge);
        }
        Ok(FileNameClaim { stem, extension, standard: FileName::claims_standard(name) })
    }
}

fn is_forbidden(character: char) -> bool {
    // folders and drives
    steers(character) || matches!(character, '/' | '\\' | ':')
}

impl std::fmt::Debug for ManifestName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ManifestName(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_normal_short_and_of_one_segment() {
        let long = |characters: usize| format!("{}.pdf", "計".repeat(characters - 4));
        for (name, problem) in [
            ("計画書.pdf", None),
            ("計画書 (1).第2版.xlsx", None),
            ("a.b", None),
            ("ガ.txt", None),
            ("報告／４月.pdf", None),
            (long(120).as_str(), None),
            ("UPJSK_202604_0370100018_15_0370100026_43_20260501090000.CSV", None),
            (long(121).as_str(), Some(NameProblem::TooLong)),
            ("カ\u{3099}.txt", Some(NameProblem::NotNormal)),
            ("ｶﾞ.txt", None),
            ("e\u{301}.txt", Some(NameProblem::NotNormal)),
            ("a/b.pdf", Some(NameProblem::ForbiddenCharacter)),
            ("a\\b.pdf", Some(NameProblem::ForbiddenCharacter)),
            ("C:b.pdf", Some(NameProblem::ForbiddenCharacter)),
            ("a\nb.pdf", Some(NameProblem::ForbiddenCharacter)),
            ("a\0.pdf", Some(NameProblem::ForbiddenCharacter)),
            ("a\u{7f}.pdf", Some(NameProblem::ForbiddenCharacter)),
            ("a\u{85}.pdf", Some(NameProblem::ForbiddenCharacter)),
            ("a\u{202e}fdp.exe", Some(NameProblem::ForbiddenCharacter)),
            ("a\u{2028}.pdf", Some(NameProblem::ForbiddenCharacter)),
            ("\u{feff}a.pdf", Some(NameProblem::ForbiddenCharacter)),
            ("", Some(NameProblem::NoExtension)),
            (".", Some(NameProblem::NoExtension)),
            ("..", Some(NameProblem::NoExtension)),
            ("計画書", Some(NameProblem::NoExtension)),
            (".pdf", Some(NameProblem::NoExtension)),
            ("a.", Some(NameProblem::NoExtension)),
            ("..pdf", Some(NameProblem::Edge)),
            (" a.pdf", Some(NameProblem::Edge)),
            ("a.pdf ", Some(NameProblem::Edge)),
            ("\u{3000}a.pdf", Some(NameProblem::Edge)),
        ] {
            assert_eq!(ManifestName::new(name).check().err(), problem, "{name:?}");
        }
    }

    #[test]
    fn a_name_is_taken_apart_at_its_last_dot() {
        let name = ManifestName::new("第2版.2026.PDF");
        assert_eq!(name.check(), Ok(FileNameClaim { stem: "第2版.2026", extension: "PDF", standard: false }));
        assert!(ManifestName::new("upjsk_202604_x.csv").check().unwrap().standard);
    }

    #[test]
    fn names_that_differ_in_case_fold_to_one() {
        for (one, other, same) in
            [("A.pdf", "a.PDF", true), ("ＡＢ.pdf", "ａｂ.pdf", true), ("ς.txt", "Σ.txt", true), ("a.pdf", "b.pdf", false)]
        {
            assert_eq!(ManifestName::new(one).fold() == ManifestName::new(other).fold(), same, "{one} {other}");
        }
    }

    #[test]
    fn a_name_is_not_shown_by_debug() {
        assert_eq!(format!("{:?}", ManifestName::new("山田花子.pdf")), "ManifestName(…)");
    }
}
