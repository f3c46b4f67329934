//! A delivery's records from any place on, a span of them at a time.

use std::fmt;
use std::ops::ControlFlow;
use std::str::FromStr;

use exchange::DeliveredFile;
use futures::TryStreamExt as _;
use standard::Layout;
use standard::convert::{CsvReader, DecodedRecord, Place};
use store::StoreError;

use crate::Api;
use crate::inbox::GONE;
use crate::problem::Problem;

/// Bytes that are read for one page, at most; more only for a record that is longer itself.
pub(super) const SPAN_BYTES: u64 = 4 * 1024 * 1024;

/// A file that has records.
pub(super) struct Sheet {
    pub(super) file: DeliveredFile,
    layout: &'static Layout,
}

impl Sheet {
    pub(super) fn of(file: DeliveredFile) -> Option<Sheet> {
        let layout = file.kind?.layout()?;
        Some(Sheet { file, layout })
    }
}

/// Where a record begins: which sheet, and where in it. As text `sheet:offset:records`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Mark {
    sheet: usize,
    place: Place,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mark { sheet, place: Place { offset, records } } = self;
        write!(f, "{sheet}:{offset}:{records}")
    }
}

/// Not a mark.
#[derive(Debug)]
pub(super) struct NoMark;

impl FromStr for Mark {
    type Err = NoMark;

    fn from_str(text: &str) -> Result<Mark, NoMark> {
        let mut numbers = text.splitn(3, ':').map(str::parse::<u64>);
        let mut next = || numbers.next().and_then(Result::ok).ok_or(NoMark);
        let sheet = usize::try_from(next()?).map_err(|_| NoMark)?;
        Ok(Mark { sheet, place: Place { offset: next()?, records: next()? } })
    }
}

/// Hands out the records from a mark on until `take` breaks off or the span is read. Gives where to go on: with the record that was refused, or with the
/// first that wasn't read; none after the last.
pub(super) async fn read(
    api: &Api,
    sheets: &[Sheet],
    from: Mark,
    mut take: impl FnMut(&Sheet, &DecodedRecord) -> ControlFlow<()> + Send,
) -> Result<Option<Mark>, Problem> {
    let mut left = SPAN_BYTES;
    for (number, sheet) in sheets.iter().enumerate().skip(from.sheet) {
        let begun = if number == from.sheet { from.place } else { Place::default() };
        let size = sheet.file.size;
        if begun.offset >= size {
            continue;
        }
        let mut length = left;
        let (place, refused) = loop {
            let end = begun.offset.saturating_add(length).min(size);
            let (place, refused) = read_part(api, sheet, begun, end, |record| take(sheet, record)).await?;
            // a record that is longer than a whole span is read whole
            if refused || place != begun || left < SPAN_BYTES {
                break (place, refused);
            }
            length = length.saturating_mul(2);
        };
        if refused || place.offset < size {
            return Ok(Some(Mark { sheet: number, place }));
        }
        left = left.saturating_sub(size.saturating_sub(begun.offset));
        if left == 0 {
            let next = number.saturating_add(1);
            return Ok((next < sheets.len()).then_some(Mark { sheet: next, place: Place::default() }));
        }
    }
    Ok(None)
}

/// The records that lie whole between a place and `end`; gives where the next one begins, and whether it was refused.
async fn read_part(
    api: &Api,
    sheet: &Sheet,
    begun: Place,
    end: u64,
    mut take: impl FnMut(&DecodedRecord) -> ControlFlow<()> + Send,
) -> Result<(Place, bool), Problem> {
    let Some(mut body) = api.files.open_range(&sheet.file.key, begun.offset..end).await? else { return Err(Problem::from(&GONE)) };
    let mut reader = CsvReader::part(sheet.layout, begun);
    loop {
        let chunk = body.try_next().await?;
        match &chunk {
            Some(chunk) => reader.push(chunk),
            None if end >= sheet.file.size => reader.end(),
            None => {}
        }
        loop {
            let place = reader.place();
            match reader.next_record().map(&mut take) {
                Some(ControlFlow::Break(())) => return Ok((place, true)),
                Some(ControlFlow::Continue(())) => {}
                None => break,
            }
        }
        if chunk.is_none() {
            break;
        }
    }
    let place = if end >= sheet.file.size { Place { offset: sheet.file.size, ..begun } } else { reader.place() };
    match reader.finish() {
        Ok(_) => Ok((place, false)),
        Err(finding) => Err(StoreError::unreadable("files.open", format!("a delivered file breaks {}", finding.rule.as_str())).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_reads_as_it_is_written() {
        for text in ["0:0:0", "19:52428800:320000"] {
            assert_eq!(text.parse::<Mark>().unwrap().to_string(), text);
        }
        for wrong in ["", "1", "1:2", "1:2:", "1:2:3:4", "a:2:3", "1:-2:3"] {
            assert!(wrong.parse::<Mark>().is_err(), "{wrong}");
        }
    }
}
