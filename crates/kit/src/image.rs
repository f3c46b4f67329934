//! The picture of a family chart: eight by eight grey pixels, a JPEG as small as one can be.

/// Marker and content of each segment, but for the length, which is counted.
const SEGMENTS: [(u8, &[u8]); 6] = [
    (0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
    // one quantization table of ones
    (0xdb, &{
        let mut table = [1; 65];
        let [number, ..] = &mut table;
        *number = 0;
        table
    }),
    // baseline, 8 bits, 8 by 8, one component
    (0xc0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
    // Huffman tables of one code: DC and AC
    (0xc4, &[0x00, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    (0xc4, &[0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    (0xda, &[1, 1, 0, 0, 63, 0]),
];
const START: [u8; 2] = [0xff, 0xd8];
/// The one block, and the end.
const PICTURE: [u8; 3] = [0x3f, 0xff, 0xd9];

/// The picture's bytes.
pub(crate) fn family_chart() -> Vec<u8> {
    let mut bytes = START.to_vec();
    for (marker, content) in SEGMENTS {
        let length = u16::try_from(content.len() + 2).unwrap_or(u16::MAX);
        bytes.extend([0xff, marker]);
        bytes.extend(length.to_be_bytes());
        bytes.extend(content);
    }
    bytes.extend(PICTURE);
    bytes
}
