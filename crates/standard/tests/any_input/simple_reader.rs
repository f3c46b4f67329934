//! A second reading of a file's records, to hold the splitter's against: as plain as can be, whole in memory, a byte at a time.

/// What is known of a record without looking at its values.
#[derive(Debug)]
pub struct SimpleRecord {
    /// Line feeds before it, and one.
    pub line: u64,
    /// It holds one empty item.
    pub is_blank: bool,
    /// It ends in CRLF.
    pub ends_in_crlf: bool,
}

/// The records of a file.
#[derive(Debug)]
pub struct SimpleFile {
    /// Those before the first broken quoting.
    pub records: Vec<SimpleRecord>,
    /// The line of the record whose quoting is broken: a quote never closed, or text behind a closing one.
    pub broken: Option<u64>,
}

/// Reads the records.
pub fn read(bytes: &[u8]) -> SimpleFile {
    let mut file = SimpleFile { records: Vec::new(), broken: None };
    let (mut rest, mut line) = (bytes, 1);
    while !rest.is_empty() {
        let record = rest;
        let mut is_blank = true;
        let end: &[u8] = loop {
            let Some((cell, after)) = cell(rest) else {
                file.broken = Some(line);
                return file;
            };
            let end = match after {
                [b'\r', b'\n', ..] => b"\r\n".as_slice(),
                [b'\r' | b'\n', ..] => b"\n",
                _ => b"",
            };
            rest = after.get(end.len()..).unwrap_or_default();
            is_blank &= cell.is_empty();
            match rest {
                [b',', after @ ..] if end.is_empty() => {
                    rest = after;
                    is_blank = false;
                }
                _ => break end,
            }
        };
        let read = record.len() - rest.len();
        file.records.push(SimpleRecord { line, is_blank, ends_in_crlf: end == b"\r\n" });
        line += record.iter().take(read).filter(|byte| **byte == b'\n').count() as u64;
    }
    file
}

/// The next cell and what follows it: a comma, a line end or nothing.
fn cell(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    if let [b'"', text @ ..] = bytes {
        let mut at = 0;
        loop {
            at += text.get(at..)?.iter().position(|byte| *byte == b'"')?;
            match text.get(at + 1) {
                Some(b'"') => at += 2,
                None | Some(b',' | b'\r' | b'\n') => return text.split_at_checked(at).map(|(cell, rest)| (cell, &rest[1..])),
                Some(_) => return None,
            }
        }
    }
    let end = bytes.iter().position(|byte| matches!(byte, b',' | b'\r' | b'\n')).unwrap_or(bytes.len());
    bytes.split_at_checked(end)
}
