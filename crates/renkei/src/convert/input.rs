//! The file that is converted, read from its beginning as often as needed: nothing is written before all of it was seen to be right.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek as _, SeekFrom};
use std::path::Path;
use std::rc::Rc;

use anyhow::Context as _;
use serde_json::Deserializer;
use standard::convert::{CsvReader, DecodedRecord, Head, JsonReader, Listed, Problem, Quoting};
use standard::{Finding, Findings, Layout};

use super::plan::Form;

/// How much is read at once.
const CHUNK_BYTES: usize = 64 * 1024;
/// No record is longer than 8 MiB, and no byte of it takes more than six in JSON.
const MOST_JSON_BYTES: u64 = 64 * 1024 * 1024;

/// An open file.
pub(super) struct Input {
    file: File,
    form: Form,
}

/// What reading all records showed.
#[derive(Default)]
pub(super) struct Reading {
    /// Which cells are quoted, where the file says it.
    pub(super) quoting: Option<Quoting>,
    /// Of CSV: what was read and can't be written back.
    pub(super) doubts: Findings,
    /// Of CSV: what stopped the reading.
    pub(super) stopped: Option<Finding>,
    /// Of JSON: what doesn't fit.
    pub(super) problems: Listed<Problem>,
}

impl Input {
    pub(super) fn open(path: &Path, form: Form) -> anyhow::Result<Input> {
        let open = || -> io::Result<File> {
            let file = File::open(path)?;
            if file.metadata()?.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(file) }
        };
        let mut file = open().with_context(|| format!("{} can't be read / 読み込めません", path.display()))?;
        file.rewind()
            .with_context(|| format!("{} must be a file, since it is read more than once / ファイルを指定してください", path.display()))?;
        Ok(Input { file, form })
    }

    /// What a document says of itself, and of JSON Lines the kind that the first says.
    pub(super) fn head(&mut self) -> anyhow::Result<Head> {
        match self.form {
            Form::Csv => Ok(Head::default()),
            Form::Json => {
                let (text, left) = self.json()?;
                // the records are skipped here, however many they are
                left.set(u64::MAX);
                let mut json = Deserializer::from_reader(text);
                Head::read(&mut json).and_then(|head| json.end().map(|()| head)).map_err(not_json)
            }
            Form::Jsonl => {
                let (mut text, left) = self.json()?;
                let mut head = Head::default();
                if let Some((_, line)) = next_line(&mut text, &left, 0)? {
                    head.kind = Head::kind_of_line(&mut Deserializer::from_slice(&line)).map_err(|error| not_json_line(1, &error))?;
                }
                Ok(head)
            }
        }
    }

    /// Reads all records.
    pub(super) fn read(&mut self, layout: &'static Layout, sink: &mut impl FnMut(&DecodedRecord)) -> anyhow::Result<Reading> {
        match self.form {
            Form::Csv => self.read_csv(layout, sink),
            Form::Json => {
                let (text, left) = self.json()?;
                let mut reader = JsonReader::new(layout);
                reader
                    .document(&mut Deserializer::from_reader(text), &mut |record| {
                        left.set(MOST_JSON_BYTES);
                        sink(record);
                    })
                    .map_err(not_json)?;
                Ok(Reading { problems: reader.problems().clone(), ..Reading::default() })
            }
            Form::Jsonl => {
                let (mut text, left) = self.json()?;
                let mut reader = JsonReader::new(layout);
                let mut number = 0;
                while let Some((at, line)) = next_line(&mut text, &left, number)? {
                    (number + 1..at).for_each(|_| reader.blank_line());
                    number = at;
                    let mut json = Deserializer::from_slice(&line);
                    reader.line(&mut json, sink).and_then(|()| json.end()).map_err(|error| not_json_line(at, &error))?;
                }
                Ok(Reading { problems: reader.problems().clone(), ..Reading::default() })
            }
        }
    }

    fn read_csv(&mut self, layout: &'static Layout, sink: &mut impl FnMut(&DecodedRecord)) -> anyhow::Result<Reading> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut reader = CsvReader::new(layout);
        let mut buffer = vec![0; CHUNK_BYTES];
        loop {
            match self.file.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => reader.push(buffer.get(..read).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            }
            while let Some(record) = reader.next_record() {
                sink(record);
            }
        }
        reader.end();
        while let Some(record) = reader.next_record() {
            sink(record);
        }
        Ok(match reader.finish() {
            Ok(summary) => Reading { quoting: Some(summary.quoting), doubts: summary.doubts, ..Reading::default() },
            Err(finding) => Reading { stopped: Some(finding), ..Reading::default() },
        })
    }

    /// The text from its beginning, behind a byte order mark; it ends in an error when more is read than is left.
    fn json(&mut self) -> io::Result<(Text<'_>, Rc<Cell<u64>>)> {
        self.file.seek(SeekFrom::Start(0))?;
        let left = Rc::new(Cell::new(MOST_JSON_BYTES));
        let mut text = BufReader::with_capacity(CHUNK_BYTES, Bounded { inner: &self.file, left: Rc::clone(&left) });
        if text.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            text.consume(3);
        }
        Ok((text, left))
    }
}

/// The next line that isn't blank, and its number; the one before it had the number `before`.
fn next_line(text: &mut impl BufRead, left: &Cell<u64>, before: u64) -> anyhow::Result<Option<(u64, Vec<u8>)>> {
    let (mut number, mut line) = (before, Vec::new());
    loop {
        left.set(MOST_JSON_BYTES);
        line.clear();
        if text.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        number += 1;
        if !line.trim_ascii().is_empty() {
            return Ok(Some((number, line)));
        }
    }
}

type Text<'a> = BufReader<Bounded<&'a File>>;

/// A reader that gives no more than is left, so that a text without end fills no memory.
struct Bounded<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.get().checked_sub(read as u64) {
            Some(left) => self.left.set(left),
            None => return Err(io::Error::other("a record is longer than 64 MiB / 1件が64 MiBを超えています")),
        }
        Ok(read)
    }
}

fn not_json(error: serde_json::Error) -> anyhow::Error {
    if error.is_io() {
        return io::Error::from(error).into();
    }
    anyhow::anyhow!("not JSON: {error}; write it with a JSON library, as UTF-8 / JSONとして読めません（{}行目）", error.line())
}

fn not_json_line(number: u64, error: &serde_json::Error) -> anyhow::Error {
    anyhow::anyhow!(
        "line {number} is not JSON (column {}, {:?}); write one record a line, as UTF-8 / {number}行目がJSONとして読めません",
        error.column(),
        error.classify()
    )
}
