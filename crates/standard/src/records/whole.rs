//! The fast way through cells that lie whole in the buffer; and past those that come again: who, whose and which month stand in record after
//! record of a file, and need not be looked at twice.

use memchr::memchr_iter;

use super::Records;
use crate::marks::{self, class, run};
use crate::record::Cell;

/// The record before, as it lies in the buffer.
#[derive(Debug, Default)]
pub(super) struct Before {
    cells: Vec<Cell>,
    start: usize,
    end: usize,
}

impl Before {
    /// Keeps a record's cells; `cells` gets a list to be filled anew.
    pub(super) fn keep(&mut self, cells: &mut Vec<Cell>, start: usize, end: usize) {
        std::mem::swap(&mut self.cells, cells);
        (self.start, self.end) = (start, end);
        cells.clear();
    }

    /// The buffer moves on: the record is there no more.
    pub(super) fn forget(&mut self) {
        self.cells.clear();
    }
}

impl Records {
    /// Reads the cells that lie whole in the buffer, without keeping a state between them, and gives the record's end. It stops before a
    /// cell that goes on in the next piece, or whose quotes are doubled or broken: the states know these.
    pub(super) fn scan_whole_cells(&mut self) -> Option<u8> {
        loop {
            if let Some(line_end) = self.take_cells_again() {
                return Some(line_end);
            }
            let rest = self.buffer.get(self.at..).unwrap_or_default();
            let (start, length, seen, stop) = match rest {
                [b'"', content @ ..] => {
                    let (length, seen) = run(content, marks::QUOTE);
                    (1, length, seen | marks::QUOTED, content.get(length + 1))
                }
                _ => {
                    let (length, seen) = run(rest, marks::STOP);
                    (0, length, seen, rest.get(length))
                }
            };
            let stop = stop.copied().filter(|stop| class(*stop) & marks::STOP != 0)?;
            self.cell = Cell { start: (self.at + start - self.start) as u32, end: 0, marks: seen };
            self.close(self.at + start + length);
            self.at += 2 * start + length + 1;
            if stop != b',' {
                return Some(stop);
            }
        }
    }

    /// Takes the cells that stand here as they stood in the record before, up to the first that doesn't; they are marked as such. `Some` is the line
    /// end behind them, where they are the record's last.
    fn take_cells_again(&mut self) -> Option<u8> {
        let known = self.before.cells.get(self.cells.len()..).filter(|_| self.items == self.cells.len() as u64)?;
        let opening = known.first()?.opening();
        let old = self.buffer.get(self.before.start + opening as usize..self.before.end)?;
        let new = self.buffer.get(self.at..)?;
        let same = common_prefix(old, new);
        let here = (self.at - self.start) as u32;
        let (mut read, mut last_stop) = (0, b',');
        for cell in known {
            let behind = (cell.behind() - opening) as usize;
            let Some(&stop) = old.get(..same).and_then(|same| same.get(behind)) else { break };
            if cell.marks & marks::LINE_FEED != 0 {
                let content = self.buffer.get(self.before.start..).map(|record| cell.of(record)).unwrap_or_default();
                self.line_feeds += memchr_iter(b'\n', content).count() as u64;
            }
            let moved = |place: u32| place - opening + here;
            self.cells.push(Cell { start: moved(cell.start), end: moved(cell.end), marks: cell.marks | marks::AGAIN });
            self.items += 1;
            (read, last_stop) = (behind + 1, stop);
        }
        self.at += read;
        (last_stop != b',').then_some(last_stop)
    }
}

/// How many bytes two texts begin with in common.
fn common_prefix(one: &[u8], other: &[u8]) -> usize {
    let ((ones, one_rest), (others, _)) = (one.as_chunks::<8>(), other.as_chunks::<8>());
    let mut length = 0;
    for (left, right) in ones.iter().zip(others) {
        let differing = u64::from_le_bytes(*left) ^ u64::from_le_bytes(*right);
        if differing != 0 {
            return length + differing.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    let one_rest = if ones.len() <= others.len() { one_rest } else { one.get(length..).unwrap_or_default() };
    length + one_rest.iter().zip(other.get(length..).unwrap_or_default()).take_while(|(left, right)| left == right).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_prefix_is_counted_whatever_its_length() {
        let text: Vec<u8> = (0..40).collect();
        for length in 0..=text.len() {
            for other in 0..=text.len() {
                assert_eq!(common_prefix(&text[..length], &text[..other]), length.min(other));
            }
            let mut changed = text.clone();
            changed.iter_mut().skip(length).take(1).for_each(|byte| *byte = 99);
            assert_eq!(common_prefix(&text, &changed), length);
        }
    }
}
