//! What is sent in the demo: invented by the project's generator of test files.

/// A file that travels.
pub(crate) struct Sample {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// The bytes of a file among the demo's own.
macro_rules! sample {
    ($name:literal) => {
        Sample { name: $name, bytes: include_bytes!(concat!("../../assets/demo/", $name)).to_vec() }
    };
}

/// An actuals file (UPJSK) as the standard wants it.
pub(crate) fn actuals() -> Sample {
    sample!("UPJSK_202604_9779668095_15_9871578812_43_20260325090434.CSV")
}

/// A plan set: tables 1 to 3 and the supplement, of two persons whom three offices serve.
pub(crate) fn plan() -> Vec<Sample> {
    vec![
        sample!("UP1KYO_9871578812_43_9779668095_15_20260325091100.CSV"),
        sample!("UP2KYO_9871578812_43_9779668095_15_20260325091100.CSV"),
        sample!("UP3KYO_9871578812_43_9779668095_15_20260325091100.CSV"),
        sample!("UPHOSOKU_000000_9871578812_43_9779668095_15_20260325091100.CSV"),
    ]
}

/// A slip set: slip, annex and supplement of April 2026, of three persons whom the same offices serve.
pub(crate) fn slip() -> Vec<Sample> {
    vec![
        sample!("UPHOSOKU_202604_9871578812_43_9779668095_15_20260325091000.CSV"),
        sample!("UPPLAN_202604_9871578812_43_9779668095_15_20260325091000.CSV"),
        sample!("UPSIKYU_202604_9871578812_43_9779668095_15_20260325091000.CSV"),
    ]
}

/// One like it, in which a date doesn't exist (line 3, item 10) and a number is too long (line 12, item 8).
pub(crate) fn malformed() -> Sample {
    sample!("UPJSK_202604_9779668095_15_9871578812_43_20260325090500.CSV")
}

/// What [`malformed`] breaks: rule, line, item.
pub(crate) const DEFECTS: [(&str, u64, u16); 2] = [("R-DATE", 3, 10), ("R-LENGTH", 12, 8)];

/// A letter: a PDF (ISO 32000-1) of one page.
pub(crate) fn letter() -> Sample {
    let text = "BT /F1 18 Tf 72 770 Td (An invented letter to go with the actuals of April 2026.) Tj ET";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut pdf = "%PDF-1.4\n".to_owned();
    let mut table = "0000000000 65535 f \n".to_owned();
    for (object, number) in objects.iter().zip(1..) {
        table.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let (start, count) = (pdf.len(), objects.len() + 1);
    pdf.push_str(&format!("xref\n0 {count}\n{table}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"));
    Sample { name: "ご連絡.pdf", bytes: pdf.into_bytes() }
}
