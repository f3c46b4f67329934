use super::*;

type Seen = (u64, u64, Vec<(String, bool)>, bool);

/// The records of a text cut into chunks, and the place of broken quoting.
fn split(text: &[u8], size: usize) -> (Vec<Seen>, Option<(u64, u64, bool)>) {
    let (mut records, mut seen) = (Records::new(), Vec::new());
    let mut broken = None;
    let mut take = |records: &mut Records| {
        loop {
            match records.step() {
                Step::Record(record) => {
                    let cells = record
                        .cells
                        .iter()
                        .map(|cell| (String::from_utf8_lossy(cell.of(record.bytes)).into_owned(), cell.marks & marks::QUOTED != 0));
                    assert_eq!(record.items, record.cells.len() as u64);
                    seen.push((record.number, record.line, cells.collect(), record.ends_in_crlf));
                }
                Step::More => return,
                Step::Broken(at) => {
                    broken = Some((at.number, at.line, at.too_long));
                    return;
                }
            }
        }
    };
    for chunk in text.chunks(size) {
        records.push(chunk);
        take(&mut records);
    }
    records.finish();
    take(&mut records);
    (seen, broken)
}

fn check(text: &str, expected: &[(u64, &[&str], bool)], broken: Option<(u64, u64)>) {
    for size in 1..=text.len().max(1) {
        let (seen, found) = split(text.as_bytes(), size);
        let seen: Vec<(u64, Vec<&str>, bool)> =
            seen.iter().map(|(_, line, cells, crlf)| (*line, cells.iter().map(|(cell, _)| cell.as_str()).collect(), *crlf)).collect();
        let expected: Vec<(u64, Vec<&str>, bool)> = expected.iter().map(|(line, cells, crlf)| (*line, cells.to_vec(), *crlf)).collect();
        assert_eq!(seen, expected, "{text:?} by {size}");
        assert_eq!(found.map(|(number, line, _)| (number, line)), broken, "{text:?} by {size}");
    }
}

#[test]
fn records_end_in_any_line_end() {
    check("", &[], None);
    check("a,b\r\nc\r\n", &[(1, &["a", "b"], true), (2, &["c"], true)], None);
    check("a\nb", &[(1, &["a"], false), (2, &["b"], false)], None);
    check("a\rb\r", &[(1, &["a"], false), (1, &["b"], false)], None);
    check("a\r\n\r\nb\r\n", &[(1, &["a"], true), (2, &[""], true), (3, &["b"], true)], None);
    check("a,\r\n,", &[(1, &["a", ""], true), (2, &["", ""], false)], None);
    check("\"\"", &[(1, &[""], false)], None);
    check("\r\r\n\n", &[(1, &[""], false), (1, &[""], true), (2, &[""], false)], None);
}

#[test]
fn quoted_values_hold_commas_quotes_and_line_breaks() {
    check("\"a,b\",c\r\nd\r\n", &[(1, &["a,b", "c"], true), (2, &["d"], true)], None);
    check("\"a\r\nb\n\",c\r\nd\r\n", &[(1, &["a\r\nb\n", "c"], true), (4, &["d"], true)], None);
    check("\"a\"\"b\"\r\n", &[(1, &["a\"\"b"], true)], None);
    check("\"\"\"\"\r\n", &[(1, &["\"\""], true)], None);
    check("a\"b\r\n", &[(1, &["a\"b"], true)], None);
    check("\"a\"", &[(1, &["a"], false)], None);
}

#[test]
fn broken_quoting_is_placed_at_its_record() {
    check("a\r\n\"b", &[(1, &["a"], true)], Some((2, 2)));
    check("a\r\n\"b\"c\r\nd\r\n", &[(1, &["a"], true)], Some((2, 2)));
    check("\"a\nb\"\nc,\"", &[(1, &["a\nb"], false)], Some((2, 3)));
    check("\"", &[], Some((1, 1)));
}

#[test]
fn cells_beyond_every_layout_are_only_counted() {
    let mut records = Records::new();
    records.push(&[b','; 1000]);
    records.finish();
    let Step::Record(record) = records.step() else { panic!("a record") };
    assert_eq!((record.items, record.cells.len()), (1001, MAX_CELLS));
}

#[test]
fn a_record_without_end_is_given_up_at_its_limit() {
    for size in [PIECE, PIECE - 1] {
        let mut records = Records::new();
        records.push(b"a\r\n\"");
        assert!(matches!(records.step(), Step::Record(_)));
        assert!(matches!(records.step(), Step::More));
        let text = vec![b'x'; size];
        let mut pushed = 1;
        while pushed <= MAX_RECORD {
            assert!(matches!(records.step(), Step::More), "after {pushed}");
            records.push(&text);
            pushed += size;
        }
        let Step::Broken(at) = records.step() else { panic!("given up") };
        assert_eq!((at.number, at.line, at.too_long, at.bytes.len()), (2, 2, true, MAX_RECORD));
        assert!(records.buffer.capacity() <= MAX_RECORD + PIECE, "{}", records.buffer.capacity());
    }
}

#[test]
fn a_record_of_just_the_limit_is_read() {
    let longest = [vec![b'x'; MAX_RECORD - 2], b"\r\n".to_vec()].concat();
    for (text, fits) in [(longest.clone(), true), ([b"x".to_vec(), longest].concat(), false)] {
        let mut records = Records::new();
        let mut seen = false;
        for piece in text.chunks(PIECE) {
            records.push(piece);
            seen |= matches!(records.step(), Step::Record(_));
        }
        assert_eq!(seen, fits);
    }
}
