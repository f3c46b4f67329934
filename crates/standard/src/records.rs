//! Splits a stream into records and cells on raw bytes.
//!
//! Own code, because csv-core can't tell a quoted value from a bare one, keeps no true lines and accepts text after a closing quote.
//! Raw bytes will do: no trail byte of MS932 is a comma, a quote or a line end, and a backslash is never an escape (`表"` is 95 5C 22).

use memchr::memchr_iter;

/// The longest record that is read, line end included. What is longer has lost a quote.
pub(crate) const MAX_RECORD: usize = 8 << 20;
/// Input is taken in pieces of this size, so that the buffer stays small whatever the caller hands in.
pub(crate) const PIECE: usize = 32 << 10;
/// Cells kept of a record, more than any layout has; the rest are counted.
const MAX_CELLS: usize = 80;

/// What a cell contains: a bit each.
pub(crate) mod marks {
    pub(crate) const NON_ASCII: u8 = 1;
    /// A control character other than tab and line ends.
    pub(crate) const CONTROL: u8 = 2;
    /// A quote: in a bare cell taken literally, in a quoted one always doubled.
    pub(crate) const QUOTE: u8 = 4;
    pub(crate) const SPACE: u8 = 8;
    pub(crate) const LINE_FEED: u8 = 16;
    /// The cell was quoted.
    pub(crate) const QUOTED: u8 = 32;
    /// A comma or a line end.
    pub(super) const STOP: u8 = 64;
}

static CLASS: [u8; 256] = classes();

/// One cell: where its content lies in the record (without the quotes around it), and what it contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Cell {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) marks: u8,
}

impl Cell {
    pub(crate) fn of<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        bytes.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// One record.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    /// From 1.
    pub(crate) number: u64,
    /// The line it starts in, from 1, counted in line feeds.
    pub(crate) line: u64,
    /// Where it starts in the file.
    pub(crate) offset: u64,
    pub(crate) bytes: &'a [u8],
    /// The first cells.
    pub(crate) cells: &'a [Cell],
    /// How many cells there are.
    pub(crate) items: u64,
    pub(crate) ends_in_crlf: bool,
}

/// The record whose quoting is broken.
#[derive(Debug)]
pub(crate) struct Broken<'a> {
    pub(crate) number: u64,
    pub(crate) line: u64,
    pub(crate) offset: u64,
    /// Its bytes as far as they were read.
    pub(crate) bytes: &'a [u8],
    /// It doesn't end within [`MAX_RECORD`] bytes.
    pub(crate) too_long: bool,
    /// The bytes go up to the file's end.
    pub(crate) to_end: bool,
}

/// What comes next in the stream.
#[derive(Debug)]
pub(crate) enum Step<'a> {
    Record(Record<'a>),
    /// Push more, or finish.
    More,
    /// Broken quoting: nothing after it can be trusted. Stays so.
    Broken(Broken<'a>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    CellStart,
    Bare,
    Quoted,
    /// Behind a quote in a quoted cell: it closed the cell or is doubled.
    AfterQuote,
    AfterCr,
    Broken { too_long: bool },
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
    /// The last record was handed out; its cells are dropped with the next step.
    handed_out: bool,
}

impl Records {
    pub(crate) fn new() -> Records {
        Records {
            buffer: Vec::with_capacity(2 * PIECE),
            offset: 0,
            start: 0,
            at: 0,
            state: State::CellStart,
            finished: false,
            cells: Vec::with_capacity(MAX_CELLS),
            cell: Cell::default(),
            items: 0,
            number: 1,
            line: 1,
            line_feeds: 0,
            handed_out: false,
        }
    }

    /// Takes the next piece; all records before it must have been taken out.
    pub(crate) fn push(&mut self, piece: &[u8]) {
        if matches!(self.state, State::Broken { .. }) {
            return;
        }
        self.begin_next();
        self.buffer.drain(..self.start);
        self.offset += self.start as u64;
        self.at -= self.start;
        self.start = 0;
        let needed = self.buffer.len() + piece.len();
        if needed > self.buffer.capacity() {
            // doubled, but never beyond the longest record: the bound on memory
            let capacity = (2 * self.buffer.capacity()).min(MAX_RECORD + PIECE).max(needed);
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
            self.start = self.at;
            self.cells.clear();
            self.items = 0;
            self.number += 1;
            self.line += self.line_feeds;
            self.line_feeds = 0;
        }
    }

    /// Reads on to the record's end and tells whether it is CRLF; `None` when the input ends first or the quoting is broken.
    fn scan(&mut self) -> Option<bool> {
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
                        return self.close_last();
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
                    None if self.finished => return self.close_last(),
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
                        self.close(self.at - 1);
                        self.state = State::CellStart;
                        return Some(false);
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
        let mut seen = 0;
        for (length, &byte) in rest.iter().enumerate() {
            let class = class(byte);
            if class & until != 0 {
                self.at += length;
                self.cell.marks |= seen;
                return Some(byte);
            }
            seen |= class;
        }
        self.at += rest.len();
        self.cell.marks |= seen;
        None
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

    /// The file ends in a bare cell.
    fn close_last(&mut self) -> Option<bool> {
        self.close(self.at);
        self.state = State::CellStart;
        Some(false)
    }

    /// `Some` at the record's end when it is already known which one it is.
    fn after_cell(&mut self, stop: u8) -> Option<bool> {
        match stop {
            b'\r' => {
                self.state = State::AfterCr;
                None
            }
            b'\n' => {
                self.line_feeds += 1;
                self.state = State::CellStart;
                Some(false)
            }
            _ => {
                self.state = State::CellStart;
                None
            }
        }
    }
}

fn class(byte: u8) -> u8 {
    CLASS.get(usize::from(byte)).copied().unwrap_or_default()
}

#[expect(clippy::indexing_slicing, reason = "computed at compile time, where a wrong index doesn't compile")]
const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'\n' => marks::STOP | marks::LINE_FEED,
            b'\r' | b',' => marks::STOP,
            b'"' => marks::QUOTE,
            b' ' => marks::SPACE,
            b'\t' => 0,
            0..=0x1f | 0x7f => marks::CONTROL,
            0x80.. => marks::NON_ASCII,
            _ => 0,
        };
        byte += 1;
    }
    table
}

#[cfg(test)]
mod tests;
