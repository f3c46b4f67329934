//! What the splitter hands out: a record and its cells, as they lie in the bytes.

use crate::marks;

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

    /// Where it begins, with the quote before it if there is one.
    pub(crate) fn opening(&self) -> u32 {
        self.start - u32::from(self.marks & marks::QUOTED != 0)
    }

    /// Where the comma or line end behind it stands.
    pub(crate) fn behind(&self) -> u32 {
        self.end + u32::from(self.marks & marks::QUOTED != 0)
    }
}

/// Where in a file a record begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Bytes before it.
    pub offset: u64,
    /// Records before it, blank lines and a heading row too.
    pub records: u64,
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
    /// It doesn't end within [`MAX_RECORD`](crate::records::MAX_RECORD) bytes.
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
