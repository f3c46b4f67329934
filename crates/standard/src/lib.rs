//! The national care-plan data standard (ケアプランデータ連携標準仕様 4.1): names, layouts, codes, rules. Pure: no I/O, no clock, no async.
//!
//! A file of the standard is judged in one pass, from its name and a stream of its bytes:
//!
//! ```
//! use standard::{Checker, FileName};
//!
//! let (name, findings) = FileName::parse("DLT1KYO_99A0100016_43_0170101950_11_20260410090000.CSV");
//! assert!(findings.is_empty());
//! let mut checker = Checker::new(&name.unwrap());
//! checker.push(b"202407,435073,00000");
//! checker.push(b"00001,20260401\r\n202407,435073,0000000002,20260231\r\n");
//! let check = checker.finish();
//! let finding = check.findings.listed()[0];
//! assert_eq!((finding.rule.as_str(), finding.line, finding.record, finding.field), ("R-DATE", Some(2), Some(2), Some(4)));
//! ```
//!
//! # How it hangs together
//! What the standard says is data: the tables in `data/` become static Rust when the crate is built (`build/`), and a wrong table fails
//! the build. Code knows forms and rules, never a kind of file: which item has which form, and which items a rule compares, the tables
//! say. `layouts`, `codes`, `files`, `units` and `rules` copy the standard's facts; `kinds` (our names), `old_layouts` (the third
//! edition's records), `record_rules` and `file_rules` (the items each rule compares), `links` (which kind hangs on which), `remedies` (what to
//! do about each rule), `explanations` (what each means, with an example that tests judge) and `substitutions` (what may be written for
//! characters MS932 lacks) are our own.
//!
//! ```text
//! name  ─ FileName::parse ─────────────────────────────────────► findings of the name
//! bytes ─ Seeming, Utf8Probe ──────────────────────────────────► not of the standard at all: that, and nothing else
//!       └ Records (cells in place) ─ Rows ┬ item_rules, ms932 ─► findings of one value
//!                                         ├ record_rules ──────► findings of one record
//!                                         └ across ────────────► findings of all records together
//! files ─ group_units ─ check_unit ────────────────────────────► findings between the files of a set
//! ```
//!
//! | module | holds |
//! |---|---|
//! | `kind` `layout` `unit` `rule` `example` `version` | the tables: kinds of file, items and codes, transmission units, rules with their texts and examples |
//! | `identifiers` `check_digit` `calendar` | office, insurer and service-type numbers, addresses, months |
//! | `file_name` | names of version 4.1 and 3, and their rules |
//! | `checker` `rows` | the streaming check of a file |
//! | `records` `record` `marks` `shape` | the splitter: raw bytes to cells, with true lines; cells to items |
//! | `ms932` `utf8` `seeming` | strict reading of texts, and what a file is instead |
//! | `encode` [`convert`] | strict writing of texts; files as JSON and back, JSON Schemas |
//! | `item_rules` `record_rules` `across` `report` | the rules of one value, of one record, of all records of a file |
//! | `unit_groups` `unit_check` | which files are a set, and the rules between them |
//! | `finding` `message` `findings` | one broken rule, what it says; all of a file, the first hundred listed |
//! | `profile` | what one receiver's software is stricter about |
//! | `text_probe` | attachments that are text |
//! | `excerpts` | the cells that findings point at, for the file's owner |
//!
//! # What holds
//! - **A finding never holds a cell's content**: rule, place and numbers only.
//! - **All findings in one pass**, and any split of the input gives the same ones.
//! - **Memory is bounded**: 13 MiB whatever comes, and what [`FileCheck`] states for each distinct key; never by record.
//! - **What stands as it stood in the record before is neither split nor judged again**, where it was found right: in slips that is most.
//! - **Nothing is re-encoded**: values are judged as the bytes they are. Only [`convert`] writes files, and what it can't write it names.
//! - After a byte that is not MS932 the check goes on; after broken quoting it stops, since nothing behind it can be trusted.
//! - A check digit never rejects.
//! - Where a record could not be told apart, nothing is said to be missing: one fault, one finding.

mod across;
mod calendar;
mod check_digit;
mod checker;
pub mod convert;
mod encode;
mod example;
mod excerpts;
mod file_name;
mod finding;
mod findings;
mod identifiers;
mod item_rules;
mod kind;
mod layout;
mod likeness;
mod marks;
mod message;
mod ms932;
mod profile;
mod record;
mod record_rules;
mod records;
mod report;
mod rows;
mod rule;
mod seeming;
mod shape;
mod text_probe;
mod unit;
mod unit_check;
mod unit_groups;
mod utf8;
mod version;

pub use across::RecordKey;
pub use calendar::{NotAMonth, ServiceMonth};
pub use checker::{Checker, FileCheck};
pub use encode::{NotWritten, encode_ms932};
pub use example::{Example, ExampleForm};
pub use excerpts::Excerpts;
pub use file_name::{FileName, MonthInName, NameVersion};
pub use finding::{Demand, Detail, Finding, FindingView};
pub use findings::Findings;
pub use identifiers::{Address, IdentifierError, InsurerNumber, OfficeNumber, ServiceType};
pub use kind::{Kind, UnknownKind};
pub use layout::{Code, CodeTable, Field, Format, Layout, Required};
pub use ms932::{NotMs932, decode_ms932};
pub use profile::{Characters, MAX_PROFILE_BYTES, Profile, ProfileChecker, ProfileError, ProfileId};
pub use rule::{Rule, RuleId, RuleOutcome, Scope, Severity};
pub use seeming::Seeming;
pub use text_probe::{TextKind, TextProbe, is_ms932_text};
pub use unit::{Kinds, Unit};
pub use unit_check::{UnitCheck, UnitFile, check_unit, check_unit_files};
pub use unit_groups::group_units;
pub use version::{CsvVersion, VersionAge};
