//! Who a file is for: what its name must say, and what it is called in each inbox (contract §2, §3).

use standard::{Address, FileName, Finding, OfficeNumber};

/// R-SENDER when the name's sender is not `iss`; R-RECIPIENT when its destination is none of `aud`: the number, and the type where the
/// address gives one. A name of the third edition has no type that could differ.
pub fn addressed_by(name: &FileName, iss: &OfficeNumber, aud: &[Address]) -> Vec<Finding> {
    let fits = |address: &Address| {
        name.recipient == address.office.as_str()
            && match (address.service_type, &name.recipient_type) {
                (Some(service), Some(named)) => service.as_str() == named,
                _ => true,
            }
    };
    // where no address fits, none of the numbers may count as the expected one: an empty text equals no number
    let expected = aud.iter().find(|address| fits(address)).map_or("", |address| address.office.as_str());
    name.check_parties(Some(iss.as_str()), Some(expected))
}

/// What the files of a transmission are called in one recipient's inbox, in the order given: a standard file keeps its name, an attachment is
/// `a01.pdf`, `a02.xlsx`, … by its place among the attachments' names sorted bytewise, with the extension in lower case.
/// Where a transmission has several addresses (`several`), a standard name carries this recipient's number, and its type where the name has one.
pub fn inbox_names(names: &[&str], recipient: &Address, several: bool) -> Vec<String> {
    let mut attachments: Vec<&str> = names.iter().copied().filter(|name| !FileName::claims_standard(name)).collect();
    attachments.sort_unstable();
    let called = |name: &&str| match attachments.iter().position(|attachment| attachment == name) {
        Some(place) => match name.rsplit_once('.') {
            Some((_, extension)) => format!("a{:02}.{}", place + 1, extension.to_lowercase()),
            None => format!("a{:02}", place + 1),
        },
        None if several => readdressed(name, recipient),
        None => (*name).to_owned(),
    };
    names.iter().map(called).collect()
}

/// What a browser is told to do with a file in an inbox: to save it, under its real name (RFC 6266, RFC 8187). `called` is what the inbox calls it, for
/// browsers that don't know the other form.
pub fn content_disposition(name: &str, called: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte);
    let encoded: String =
        name.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect();
    let called: String = called.chars().filter(|letter| u8::try_from(*letter).is_ok_and(plain)).collect();
    format!("attachment; filename=\"{called}\"; filename*=UTF-8''{encoded}")
}

/// A standard name with another destination. Its parts stand between underscores (file layouts, file names): … sender, [type,] recipient, [type,] stamp.
fn readdressed(name: &str, recipient: &Address) -> String {
    let (Some(parsed), _) = FileName::parse(name) else { return name.to_owned() };
    let segments: Vec<&str> = name.split('_').collect();
    // counted from the end, as kinds hold underscores themselves; an office may send to itself, so the last equal segment is the recipient
    let Some(place) = segments.iter().rposition(|segment| segment.eq_ignore_ascii_case(&parsed.recipient)) else { return name.to_owned() };
    let mut segments: Vec<String> = segments.into_iter().map(str::to_owned).collect();
    if let Some(number) = segments.get_mut(place) {
        *number = recipient.office.to_string();
    }
    if let (Some(_), Some(service), Some(found)) = (&parsed.recipient_type, recipient.service_type, segments.get_mut(place + 1)) {
        *found = service.to_string();
    }
    segments.join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(text: &str) -> Vec<Address> {
        text.split(' ').map(|address| address.parse().unwrap()).collect()
    }

    #[test]
    fn a_name_must_say_who_sends_it_to_whom() {
        let check = |name: &str, aud: &str, rules: &[&str]| {
            let (parsed, _) = FileName::parse(name);
            let findings = addressed_by(&parsed.unwrap(), &"0370100018".parse().unwrap(), &addresses(aud));
            assert_eq!(findings.iter().map(|finding| finding.rule.as_str()).collect::<Vec<_>>(), rules, "{name} {aud}");
        };
        let name = "UPJSK_202604_0370100018_15_0370100026_43_20260501090000.CSV";
        check(name, "0370100026", &[]);
        check(name, "0370100026-43", &[]);
        check(name, "0370100034-43 0370100026-43", &[]);
        check(name, "0370100026-46", &["R-RECIPIENT"]);
        check(name, "0370100034", &["R-RECIPIENT"]);
        check(name, "0370100018-43", &["R-RECIPIENT"]);
        let v3 = "UPJSK_202604_0370100018_0370100026_20260501090000.CSV";
        check(v3, "0370100026", &[]);
        check(v3, "0370100026-43", &[]);
        check("UPJSK_202604_0370100042_15_0370100026_43_20260501090000.CSV", "0370100026", &["R-SENDER"]);
        check("UPJSK_202604_0370100042_15_0370100026_43_20260501090000.CSV", "0370100034", &["R-SENDER", "R-RECIPIENT"]);
    }

    #[test]
    fn attachments_are_numbered_by_name_and_standard_files_keep_theirs() {
        let recipient: Address = "0370100034-46".parse().unwrap();
        let plan = "UP1KYO_0370100018_43_0370100026_15_20260501090000.CSV";
        let check = |names: &[&str], several, called: &[&str]| assert_eq!(inbox_names(names, &recipient, several), called, "{names:?}");
        check(&["計画.PDF"], false, &["a01.pdf"]);
        check(&["b.pdf", "B.XLSX", plan, "a.txt"], false, &["a03.pdf", "a01.xlsx", plan, "a02.txt"]);
        check(&[plan], true, &["UP1KYO_0370100018_43_0370100034_46_20260501090000.CSV"]);
        check(
            &["UPKIHON_SUB1_0370100018_43_0370100018_15_20260501090000.CSV"],
            true,
            &["UPKIHON_SUB1_0370100018_43_0370100034_46_20260501090000.CSV"],
        );
        check(&["UPJSK_202604_0370100018_0370100026_20260501090000.CSV"], true, &["UPJSK_202604_0370100018_0370100034_20260501090000.CSV"]);
        check(
            &["UPKIHON_IMAGE_0370100018_43_0370100026_15_20260501090000_0001.jpg"],
            true,
            &["UPKIHON_IMAGE_0370100018_43_0370100034_46_20260501090000_0001.jpg"],
        );
    }

    #[test]
    fn a_file_is_saved_under_its_real_name_whatever_that_holds() {
        for (name, called, header) in [
            ("計画.pdf", "a01.pdf", "attachment; filename=\"a01.pdf\"; filename*=UTF-8''%E8%A8%88%E7%94%BB.pdf"),
            ("a\"; b=c.pdf", "a01.pdf", "attachment; filename=\"a01.pdf\"; filename*=UTF-8''a%22%3B%20b%3Dc.pdf"),
            ("a.pdf", "a\"\r\n01.pdf", "attachment; filename=\"a01.pdf\"; filename*=UTF-8''a.pdf"),
        ] {
            assert_eq!(content_disposition(name, called), header);
        }
    }
}
