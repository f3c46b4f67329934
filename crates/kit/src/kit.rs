//! The kit put together.

use serde::Serialize;
use standard::{FileName, RuleId, Severity};

use crate::defects::{self, Made};
use crate::error::KitError;
use crate::expected::ExpectedUnit;
use crate::filler::VERSION;
use crate::guide;
use crate::pattern::{Care, Pattern};
use crate::units;
use crate::valid::VALID;
use crate::world::World;

/// The edition of the standard.
pub(crate) const STANDARD: &str = "4.1";

/// A file of the kit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KitFile {
    /// Where it lies in the kit's folder, with `/` between folders.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A unit of the kit.
#[derive(Debug, Clone)]
pub struct KitUnit {
    /// Its folder: `valid/SLIP-2`, `bad/R-LENGTH`.
    pub folder: String,
    /// Its files, in the order of the standard.
    pub files: Vec<KitFile>,
    /// What a check must find in them.
    pub expected: ExpectedUnit,
    /// What a valid unit shows; for a defective one empty.
    pub shows: [&'static str; 2],
    /// The receiver profile it is judged by too, as TOML.
    pub profile: Option<&'static str>,
    /// The vendor-test pattern it belongs to.
    pub pattern: Option<Pattern>,
}

/// The kit: units to import, and units to refuse.
#[derive(Debug, Clone)]
pub struct Kit {
    /// What it was made from: the same seed, the same bytes.
    pub seed: u64,
    /// Its units, valid ones first.
    pub units: Vec<KitUnit>,
}

impl Kit {
    /// Makes the kit.
    ///
    /// # Errors
    /// When the kit's own material is at fault.
    pub fn generate(seed: u64) -> Result<Kit, KitError> {
        let mut world = World::new(seed)?;
        let mut units = Vec::new();
        for (number, unit) in (0..).zip(&VALID) {
            let draft = units::make(&mut world, unit.order, number)?;
            let made = Made::untouched(&draft)?;
            let expected = ExpectedUnit::valid(&made);
            units.push(KitUnit::new(format!("valid/{}", unit.name), made, expected, [unit.shows_en, unit.shows_ja]));
        }
        for defect in defects::all() {
            // each in a world of its own: what is changed in one moves nothing in another
            let mut world = World::new(seed)?;
            let made = defect.make(&mut world)?;
            let parties = defect.parties.map(|place| place.map(|place| world.office(place).map(|party| party.number.to_string())));
            let [sender, recipient] = parties;
            let expected = ExpectedUnit::defective(&made, defect.rule(), defect.note, [sender.transpose()?, recipient.transpose()?]);
            let mut unit = KitUnit::new(format!("bad/{}", defect.name), made, expected, ["", ""]);
            unit.profile = defect.profile;
            unit.expected.profile = unit.profile_path();
            units.push(unit);
        }
        Ok(Kit { seed, units })
    }

    /// Everything the kit's folder holds: the units, what they must give, the index, the guide.
    ///
    /// # Errors
    /// When a part can't be written.
    pub fn files(&self) -> Result<Vec<KitFile>, KitError> {
        let mut files = vec![
            KitFile { path: "README.md".to_owned(), bytes: guide::readme(self)?.into_bytes() },
            KitFile { path: "kit.json".to_owned(), bytes: json(&Index::of(self))? },
        ];
        for unit in &self.units {
            files.extend(unit.files.iter().cloned());
            if let (Some(path), Some(profile)) = (unit.profile_path(), unit.profile) {
                files.push(KitFile { path, bytes: profile.into() });
            }
            if let Some(path) = unit.expected_path() {
                files.push(KitFile { path, bytes: json(&unit.expected)? });
            }
        }
        Ok(files)
    }
}

impl KitUnit {
    fn new(folder: String, made: Made, expected: ExpectedUnit, shows: [&'static str; 2]) -> KitUnit {
        let names: Vec<FileName> = made.files.iter().filter_map(|file| FileName::parse(&file.name).0).collect();
        let pattern = Pattern::of(&names.iter().collect::<Vec<_>>(), Care::Unknown);
        let files = made.files.into_iter().map(|file| KitFile { path: format!("{folder}/{}", file.name), bytes: file.bytes });
        KitUnit { files: files.collect(), folder, expected, shows, profile: None, pattern }
    }

    /// Where its findings are written; a unit without findings needs no such file.
    pub fn expected_path(&self) -> Option<String> {
        (!self.expected.findings.is_empty()).then(|| format!("{}.expected.json", self.folder))
    }

    fn profile_path(&self) -> Option<String> {
        self.profile.map(|_| format!("{}.profile.toml", self.folder))
    }

    /// The files' names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.path.rsplit('/').next().unwrap_or_default())
    }
}

/// `kit.json`.
#[derive(Serialize)]
struct Index<'a> {
    standard: &'static str,
    csv_version: &'static str,
    seed: u64,
    valid: Vec<ValidEntry<'a>>,
    bad: Vec<BadEntry<'a>>,
}

#[derive(Serialize)]
struct ValidEntry<'a> {
    folder: &'a str,
    unit: &'static str,
    pattern: Option<Pattern>,
    shows: &'static str,
    shows_ja: &'static str,
    files: Vec<&'a str>,
    expected: Option<String>,
}

#[derive(Serialize)]
struct BadEntry<'a> {
    folder: &'a str,
    rule: RuleId,
    severity: Severity,
    unit: &'static str,
    files: Vec<&'a str>,
    expected: Option<String>,
}

impl<'a> Index<'a> {
    fn of(kit: &'a Kit) -> Index<'a> {
        let valid = kit.units.iter().filter(|unit| unit.expected.rule.is_none()).map(|unit| ValidEntry {
            folder: &unit.folder,
            unit: unit.expected.unit,
            pattern: unit.pattern,
            shows: unit.shows[0],
            shows_ja: unit.shows[1],
            files: unit.names().collect(),
            expected: unit.expected_path(),
        });
        let bad = kit.units.iter().filter_map(|unit| {
            let rule = unit.expected.rule?;
            let files = unit.names().collect();
            let expected = unit.expected_path();
            Some(BadEntry { folder: &unit.folder, rule, severity: rule.severity(), unit: unit.expected.unit, files, expected })
        });
        Index { standard: STANDARD, csv_version: VERSION, seed: kit.seed, valid: valid.collect(), bad: bad.collect() }
    }
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, KitError> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}
