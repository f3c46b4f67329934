//! What no check can do without.

use std::hint::black_box;

use crate::CHUNK;

/// Strict MS932 to UTF-8, and csv-core over the bytes. Both in pieces with buffers that are made once. Gives the number of records.
pub(crate) fn decode_and_split(bytes: &[u8]) -> u64 {
    let mut decoder = encoding_rs::SHIFT_JIS.new_decoder_without_bom_handling();
    let mut text = vec![0; 4 * CHUNK];
    let mut reader = csv_core::Reader::new();
    let (mut cells, mut ends) = (vec![0; 4 * CHUNK], vec![0; 128]);
    let (mut kept, mut ended, mut records) = (0, 0, 0);
    let mut chunks = bytes.chunks(CHUNK).peekable();
    while let Some(chunk) = chunks.next() {
        let (result, _, _) = decoder.decode_to_utf8_without_replacement(chunk, &mut text, chunks.peek().is_none());
        assert_eq!(result, encoding_rs::DecoderResult::InputEmpty);
        black_box(&text);
        let mut rest = chunk;
        // an empty input would mean the end of the file
        while !rest.is_empty() {
            let (result, read, written, fields) = reader.read_record(rest, cells.get_mut(kept..).unwrap(), ends.get_mut(ended..).unwrap());
            (rest, kept, ended) = (rest.get(read..).unwrap(), kept + written, ended + fields);
            match result {
                csv_core::ReadRecordResult::Record => {
                    black_box((&cells, &ends));
                    (kept, ended, records) = (0, 0, records + 1);
                }
                other => assert_eq!(other, csv_core::ReadRecordResult::InputEmpty),
            }
        }
    }
    records
}
