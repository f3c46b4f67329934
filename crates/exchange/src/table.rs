//! Tables for spreadsheets.

use std::borrow::Cow;

/// A text as the cell of a table that a spreadsheet opens: one that it would run as a formula begins with an apostrophe, and then it doesn't.
///
/// Source: OWASP, "CSV Injection".
pub fn spreadsheet_cell(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// A table for spreadsheets: UTF-8 with BOM, CRLF, quotes where they are needed (RFC 4180). Cells are taken as they are: [`spreadsheet_cell`].
///
/// # Errors
/// Rows of different lengths.
pub fn spreadsheet<R: AsRef<[C]>, C: AsRef<[u8]>>(rows: impl IntoIterator<Item = R>) -> Result<String, csv::Error> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    for row in rows {
        table.write_record(row.as_ref())?;
    }
    let bytes = table.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_runs_nothing() {
        for (text, cell) in
            [("", ""), ("つばめ", "つばめ"), ("a=1", "a=1"), ("=1", "'=1"), ("+1", "'+1"), ("-1", "'-1"), ("@A", "'@A"), ("\t=1", "'\t=1")]
        {
            assert_eq!(spreadsheet_cell(text), cell);
        }
    }

    #[test]
    fn a_table_has_a_mark_and_line_ends_that_spreadsheets_want() {
        let rows = [["名", "数"], ["つばめ\"1\",号", "1"]];
        assert_eq!(spreadsheet(rows).unwrap(), "\u{feff}名,数\r\n\"つばめ\"\"1\"\",号\",1\r\n");
        assert!(spreadsheet([vec!["a"], vec!["a", "b"]]).is_err());
    }
}
