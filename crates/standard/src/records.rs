//! Splits a stream into records and cells on raw bytes.
//!
//! Own code, because csv-core can't tell a quoted value from a bare one, keeps no true lines and accepts text after a closing quote.
//! Raw bytes will do: no trail byte of MS932 is a comma, a quote or a line end, and a backslash is never an escape (`表"` is 95 5C 22).

mod whole;

use memchr::memchr_iter;

use self::whole::Before;
use crate::marks::{self, run};
use crate::record::{Broken, Cell, Place, Record, Step};

/// The longest record that is read, line end included. What is longer has lost a quote.
pub(crate) const MAX_RECORD: usize = 8 << 20;
/// Input is taken in pieces of this size, so that the buffer stays small whatever the caller hands in.
pub(crate) const PIECE: usize = 32 << 10;
/// Cells kept of a record, more than any layout has; the rest are counted.
const MAX_CELLS: usize = 80;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    CellStart,
    Bare,
    Quoted,
    /// Behind a quote in a quoted cell: it closed the cell or is doubled.
    AfterQuote,
    AfterCr,
    Broken {
        too_long: bool,
    },
}

/// The splitter. It holds the unfinished record: at most [`MAX_RECORD`] and a [`PIECE`].
#[derive(Debug)]
pub(crate) struct Records {
    buffer: Vec<u8>,
    /// Where the buffer starts in the file.
    offset: u64,
    /// Where the record starts in the buffer.
    start: usize,
    /// The next byte to look at.
    at: usize,
    state: State,
    finished: bool,
    cells: Vec<Cell>,
    cell: Cell,
    items: u64,
    number: u64,
    line: u64,
    line_feeds: u64,
    /// The last record was handed out; the next step begins another.
    handed_out: bool,
    before: Before,
}

impl Records {
    pub(crate) fn new() -> Records {
        Records::from(Place::default())
    }

    /// The records from there on; lines count from there too.
    pub(crate) fn from(place: Place) -> Records {
        Records {
            buffer: Vec::with_capacity(2 * PIECE),
            offset: place.offset,
            start: 0,
            at: 0,
            state: State::CellStart,
            finished: false,
            cells: Vec::with_capacity(MAX_CELLS),
            cell: Cell::default(),
            items: 0,
            number: place.records + 1,
            line: 1,
            line_feeds: 0,
            handed_out: false,
            before: Before::default(),
        }
    }

    /// Where the record begins that comes next, or that isn't complete.
    pub(crate) fn place(&self) -> Place {
        let (start, read) = if self.handed_out { (self.at, self.number) } else { (self.start, self.number - 1) };
        Place { offset: self.offset + start as u64, records: read }
    }

    /// Takes the next piece; all records before it must have been taken out.
    pub(crate) fn push(&mut self, piece: &[u8]) {
        if matches!(self.state, State::Broken { .. }) {
            return;
        }
        self.begin_next();
        self.before.forget();
        self.buffer.drain(..self.start);
        self.offset += self.start as u64;
        self.at -= self.start;
        self.start = 0;
        let needed = self.buffer.len() + piece.len();
        if needed > self.buffer.capacity() {
            // doubled, and from half of the longest record at once to all of it, for growing may hold both: the bound on memory
            let doubled = 2 * self.buffer.capacity();
            let capacity = if doubled < MAX_RECORD { doubled.max(needed) } else { (MAX_RECORD + PIECE).max(needed) };
            self.buffer.reserve_exact(capacity - self.buffer.len());
        }
        self.buffer.extend_from_slice(piece);
    }

    /// No more input: the next steps give what is left.
    pub(crate) fn finish(&mut self) {
        self.finished = true;
    }

    pub(crate) fn step(&mut self) -> Step<'_> {
        self.begin_next();
        match self.scan() {
            Some(ends_in_crlf) if self.at - self.start <= MAX_RECORD => {
                self.handed_out = true;
                Step::Record(Record {
                    number: self.number,
                    line: self.line,
                    offset: self.offset + self.start as u64,
                    bytes: self.buffer.get(self.start..self.at).unwrap_or_default(),
                    cells: &self.cells,
                    items: self.items,
                    ends_in_crlf,
                })
            }
            _ => {
                // the bytes looked at decide, so that the answer doesn't depend on how the input was cut
                if self.at - self.start > MAX_RECORD {
                    self.state = State::Broken { too_long: true };
                }
                match self.state {
                    State::Broken { too_long } => {
                        let read = self.buffer.get(self.start..self.at).unwrap_or_default();
                        Step::Broken(Broken {
                            number: self.number,
                            line: self.line,
                            offset: self.offset + self.start as u64,
                            bytes: read.get(..MAX_RECORD).unwrap_or(read),
                            too_long,
                            to_end: self.finished && !too_long && self.at == self.buffer.len(),
                        })
                    }
                    _ => Step::More,
                }
            }
        }
    }

    fn begin_next(&mut self) {
        if self.handed_out {
            self.handed_out = false;
            self.before.keep(&mut self.cells, self.start, self.at);
            self.start = self.at;
            self.items = 0;
            self.number += 1;
            self.line += self.line_feeds;
            self.line_feeds = 0;
        }
    }

    /// Reads on to the record's end and tells whether it is CRLF; `None` when the input ends first or the quoting is broken.
    fn scan(&mut self) -> Option<bool> {
        if self.state == State::CellStart
            && let Some(stop) = self.scan_whole_cells()
            && let Some(ends_in_crlf) = self.after_cell(stop)
        {
            return Some(ends_in_crlf);
        }
        loop {
            match self.state {
                State::CellStart => match self.buffer.get(self.at) {
                    Some(b'"') => {
                        self.at += 1;
                        self.open(State::Quoted, marks::QUOTED);
                    }
                    Some(_) => self.open(State::Bare, 0),
                    None if self.finished && self.items > 0 => {
                        self.open(State::Bare, 0);
                        return self.close_last(self.at);
                    }
                    None => return None,
                },
                State::Bare => match self.run(marks::STOP) {
                    Some(stop) => {
                        self.close(self.at);
                        self.at += 1;
                        if let Some(ends_in_crlf) = self.after_cell(stop) {
                            return Some(ends_in_crlf);
                        }
                    }
                    None if self.finished => return self.close_last(self.at),
                    None => return None,
                },
                State::Quoted => match self.run(marks::QUOTE) {
                    Some(_) => {
                        self.at += 1;
                        self.state = State::AfterQuote;
                    }
                    None => {
                        if self.finished {
                            self.state = State::Broken { too_long: false };
                        }
                        return None;
                    }
                },
                State::AfterQuote => match self.buffer.get(self.at).copied() {
                    Some(b'"') => {
                        self.at += 1;
                        self.cell.marks |= marks::QUOTE;
                        self.state = State::Quoted;
                    }
                    Some(stop @ (b',' | b'\r' | b'\n')) => {
                        self.close(self.at - 1);
                        self.at += 1;
                        if let Some(ends_in_crlf) = self.after_cell(stop) {
                            return Some(ends_in_crlf);
                        }
                    }
                    Some(_) => {
                        self.at += 1;
                        self.state = State::Broken { too_long: false };
                        return None;
                    }
                    None if self.finished => {
                        return self.close_last(self.at - 1);
                    }
                    None => return None,
                },
                State::AfterCr => {
                    let line_feed = match self.buffer.get(self.at) {
                        Some(next) => *next == b'\n',
                        None if self.finished => false,
                        None => return None,
                    };
                    self.at += usize::from(line_feed);
                    self.line_feeds += u64::from(line_feed);
                    self.state = State::CellStart;
                    return Some(line_feed);
                }
                State::Broken { .. } => return None,
            }
        }
    }

    fn open(&mut self, state: State, marks: u8) {
        self.state = state;
        // records are bounded, so cells fit 32 bits
        self.cell = Cell { start: (self.at - self.start) as u32, end: 0, marks };
    }

    /// Runs to the next byte of a class, collecting the marks of those before it.
    fn run(&mut self, until: u8) -> Option<u8> {
        let rest = self.buffer.get(self.at..).unwrap_or_default();
        let (length, seen) = run(rest, until);
        self.at += length;
        self.cell.marks |= seen;
        rest.get(length).copied()
    }

    fn close(&mut self, end: usize) {
        self.cell.end = (end - self.start) as u32;
        if self.cell.marks & marks::LINE_FEED != 0 {
            let content = self.buffer.get(self.start..).map(|record| self.cell.of(record)).unwrap_or_default();
            self.line_feeds += memchr_iter(b'\n', content).count() as u64;
        }
        if self.cells.len() < MAX_CELLS {
            self.cells.push(self.cell);
        }
        self.items += 1;
    }

    /// The file ends behind a cell.
    fn close_last(&mut self, end: usize) -> Option<bool> {
        self.close(end);
        self.state = State::CellStart;
        Some(false)
    }

    /// `Some` at the record's end when it is already known which one it is.
    fn after_cell(&mut self, stop: u8) -> Option<bool> {
        self.state = if stop == b'\r' { State::AfterCr } else { State::CellStart };
        self.line_feeds += u64::from(stop == b'\n');
        (stop == b'\n').then_some(false)
    }
}

#[cfg(test)]
mod tests;
