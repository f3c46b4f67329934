//! Files of the standard as JSON and back, record by record, in bounded memory.
//!
//! ```
//! use standard::Kind;
//! use standard::convert::{CsvReader, CsvWriter, JsonReader, Quoting};
//!
//! let layout = Kind::Actuals.layout().unwrap();
//! let csv = "202407,435073,0000000001,20260401,202604,9870808848,\"Keikaku\",387,,20260402,,0900,1000,1,111411,,,,,9870808848,,,0,,\r\n";
//! let mut reader = CsvReader::new(layout);
//! reader.push(csv.as_bytes());
//! reader.end();
//! let mut lines = Vec::new();
//! while let Some(record) = reader.next_record() {
//!     lines.push(serde_json::to_value(record.line()).unwrap());
//! }
//! assert_eq!(reader.finish().unwrap().records, 1);
//! assert_eq!(lines[0]["units"], "387");
//! assert_eq!(lines[0]["over_30_days"], serde_json::json!({"code": "0", "label": "非該当"}));
//! assert!(lines[0]["tool_name"].is_null());
//!
//! let (mut writer, mut bytes) = (CsvWriter::new(Quoting::Text), Vec::new());
//! JsonReader::new(layout).line(&lines[0], &mut |record| writer.write(record, &mut bytes)).unwrap();
//! assert_eq!(bytes, csv.as_bytes());
//! ```
//!
//! # The shape
//! - A record is an object. Its members are the layout's items, in their order, under their English names (`data/layouts.csv`).
//! - **Every value is text**, numbers and dates too: leading zeros, `-0` and `1.50` come back as they were. An empty item is `null`.
//! - A **coded** item is `{"code":"21","label":"要介護１"}`: the code is what counts, the label is the standard's, `null` for a code its
//!   table doesn't have. Coded are items with a table of codes, and service types. On the way back the bare code will do, a label that is not
//!   the code's is refused. The CSV version, dates with a special value and service codes are plain text.
//! - Free text is the text itself, unescaped; its line ends stay as they were. Spaces around other values are taken off.
//! - A record of the third edition's layout lacks the members its layout lacks. On the way back a missing member is an empty item, so vendors
//!   may leave them out; only a record of an old version that lacks exactly those is written in the old layout.
//! - A document is `{"kind":"UPJSK","file":"UPJSK_….CSV","quoting":"text","records":[…]}`; a line of JSON Lines is a record with `kind` before
//!   its items.
//!
//! Blank lines and a heading row are left out. Values are not judged: that is [`Checker`](crate::Checker)'s.
//!
//! # And back
//! [`CsvWriter`] writes canonical files: MS932, CRLF behind every record, quotes as [`Quoting`] says. So CSV → JSON → CSV gives the same bytes
//! for every file that is canonical itself; what isn't becomes so. A character that MS932 lacks is never replaced unasked
//! ([`Problem`], [`Substitution`]).

mod coded;
mod csv_reader;
mod csv_writer;
mod json_reader;
mod json_value;
mod listed;
mod problem;
mod quoting;
mod record;
mod schema;

pub use crate::encode::{Unwritable, substitutions};
pub use crate::record::Place;
pub use csv_reader::{CsvReader, Summary};
pub use csv_writer::CsvWriter;
pub use json_reader::{Head, JsonReader};
pub use listed::Listed;
pub use problem::{Problem, ProblemView, Substitution, Wrong};
pub use quoting::Quoting;
pub use record::{DecodedRecord, Line};
pub use schema::schema;
