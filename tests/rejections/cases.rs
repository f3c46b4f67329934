//! The table of refusals, in the order of the contract's codes.

use exchange::RejectionCode::{self, *};
use exchange::sign::SigningKey;
use exchange::{Sha256Digest, set_digest};
use jiff::ToSpan;

use super::Case;
use super::scene::{Scene, Signed};
use crate::world::at;
use crate::world::corpus::file;
use crate::world::office::licence;

const STRANGER: &str = "9700000002";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n0000";

pub(super) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |what: &'static str, codes: &'static [RejectionCode], change: fn(&mut Scene)| cases.push(Case { what, codes, change });

    case("a valid file", &[], |_| {});
    case("a version that is gone", &[ObjectUnreadable], |scene| scene.destroyed = true);
    case("no manifest", &[ManifestMissing], |scene| scene.signed = Signed::Missing);
    case("a manifest that is none", &[ManifestMalformed], |scene| scene.signed = Signed::Text("a.b.c"));
    case("an unsigned manifest", &[ManifestMalformed], |scene| scene.signed = Signed::Text("eyJhbGciOiJub25lIn0.e30."));
    case("another office's manifest", &[SenderMismatch], |scene| scene.draft.iss = STRANGER.parse().unwrap());
    case("another office's outbox", &[SenderMismatch], |scene| scene.outbox = Some("9700000010"));
    case("an office nobody knows", &[SenderUnknown], |scene| {
        scene.draft.iss = STRANGER.parse().unwrap();
        scene.outbox = Some(STRANGER);
    });
    case("a key nobody knows", &[KeyUnknown], |scene| {
        scene.signed = Signed::By { stranger: SigningKey::generate_es256().unwrap(), own_id: false }
    });
    case("the recipient's key", &[KeyUnknown], |scene| {
        let der = scene.recipient.key.to_pkcs8_der().unwrap();
        scene.signed = Signed::By { stranger: SigningKey::from_pkcs8_der(&der).unwrap(), own_id: false };
    });

    case("a key revoked 59 s ago", &[], |scene| revoked(scene, 59_999));
    case("a key revoked 60 s ago", &[KeyRevoked], |scene| revoked(scene, 60_000));
    case("a key that is revoked later", &[], |scene| revoked(scene, -1_000));
    case("a key in its first second", &[], |scene| scene.sender.office.keys[0].not_before = Some(scene.stored_at));
    case("a key a second before its first", &[KeyExpired], |scene| {
        scene.sender.office.keys[0].not_before = Some(scene.stored_at + 1.second())
    });
    case("a key in its last second", &[], |scene| {
        scene.sender.office.keys[0].not_after = Some(scene.stored_at);
        scene.stored_at += 999.milliseconds();
    });
    case("a key a second after its last", &[KeyExpired], |scene| {
        scene.sender.office.keys[0].not_after = Some(scene.stored_at - 1.second())
    });

    case("another signature under the key's id", &[SignatureInvalid], |scene| {
        scene.signed = Signed::By { stranger: SigningKey::generate_es256().unwrap(), own_id: true };
    });
    case("another algorithm under the key's id", &[SignatureInvalid], |scene| {
        scene.signed = Signed::By { stranger: SigningKey::generate_ed25519().unwrap(), own_id: true };
    });
    case("signed 24 h ago", &[], |scene| scene.stored_after(24 * 3600));
    case("signed 24 h and 1 s ago", &[ManifestExpired], |scene| scene.stored_after(24 * 3600 + 1));
    case("signed 5 min ahead", &[], |scene| scene.stored_after(-300));
    case("signed 5 min and 1 s ahead", &[ManifestExpired], |scene| scene.stored_after(-301));
    case("one byte that is another", &[DigestMismatch], |scene| scene.bytes[0] ^= 1);
    case("one byte too many", &[DigestMismatch], |scene| scene.bytes.push(b'\n'));
    case("another size", &[DigestMismatch], |scene| scene.draft.size += 1);
    case("another digest", &[DigestMismatch], |scene| scene.draft.sha256 = Sha256Digest::of(b"other"));

    case("the set of its only file", &[], |scene| {
        scene.draft.set = Some(set_digest([(scene.draft.sha256, scene.draft.size, scene.draft.name.as_str())].into_iter()));
    });
    case("a set that its only file doesn't make up", &[TransmissionInconsistent], |scene| scene.draft.set = Some(Sha256Digest::of(b"set")));
    case("two addresses, of which one is nobody's", &[RecipientUnknown], |scene| {
        scene.draft.aud.push(format!("{STRANGER}-15").parse().unwrap());
    });

    case("two addresses, of which one has no type", &[ManifestMalformed], |scene| scene.draft.aud.push(STRANGER.parse().unwrap()));

    case("no licence to send", &[SenderUnlicensed], |scene| scene.sender.office.licences.clear());
    case("the first moment of the sender's licence", &[], |scene| {
        scene.at("2026-04-09T15:00:00Z");
        scene.sender.office.licences = vec![licence("2026-04-10", "2027-04-09")];
    });
    case("the moment before the sender's licence", &[SenderUnlicensed], |scene| {
        scene.at("2026-04-09T14:59:59.999Z");
        scene.sender.office.licences = vec![licence("2026-04-10", "2027-04-09")];
    });
    case("the last moment of the sender's licence", &[], |scene| {
        scene.at("2026-04-10T14:59:59.999Z");
        scene.sender.office.licences = vec![licence("2025-04-11", "2026-04-10")];
    });
    case("the moment after the sender's licence", &[SenderUnlicensed], |scene| {
        scene.at("2026-04-10T15:00:00Z");
        scene.sender.office.licences = vec![licence("2025-04-11", "2026-04-10"), licence("2026-04-12", "2027-04-11")];
    });
    case("a recipient nobody knows", &[RecipientUnknown], |scene| {
        scene.attach("scan.png", PNG);
        scene.draft.aud = vec![STRANGER.parse().unwrap()];
    });
    case("the last moment of the recipient's licence", &[], |scene| {
        scene.at("2026-04-10T14:59:59.999Z");
        scene.recipient.office.licences = vec![licence("2025-04-11", "2026-04-10")];
    });
    case("the moment after the recipient's licence", &[RecipientUnlicensed], |scene| {
        scene.at("2026-04-10T15:00:00Z");
        scene.recipient.office.licences = vec![licence("2025-04-11", "2026-04-10")];
    });
    case("a recipient that wants nothing from it", &[SenderBlocked], |scene| {
        scene.recipient.office.blocked_senders = vec![scene.sender.office.number];
    });
    case("a recipient that wants nothing from another", &[], |scene| {
        scene.recipient.office.blocked_senders = vec![STRANGER.parse().unwrap()]
    });

    case("a name without an extension", &[FileName], |scene| scene.attach("scan", PNG));
    case("a name with a separator", &[FileName], |scene| scene.attach("../scan.png", PNG));
    case("a name of 120 characters", &[], |scene| scene.attach(&format!("{}.png", "字".repeat(116)), PNG));
    case("a name of 121 characters", &[FileName], |scene| scene.attach(&format!("{}.png", "字".repeat(117)), PNG));
    case("a name that only begins as the standard's", &[FileName], |scene| scene.attach("UPJSK_of_april.csv", b"1"));
    // the actuals' own office number is held against the name
    case("a name with another sender", &[FileName, FileInvalid], |scene| {
        scene.draft.name = scene.draft.name.replace(scene.sender.number(), STRANGER)
    });
    case("a name with another recipient", &[FileName], |scene| {
        scene.draft.name = scene.draft.name.replace(scene.recipient.number(), STRANGER)
    });
    case("an address of another type than the name's", &[FileName], |scene| {
        scene.draft.aud = vec![format!("{}-11", scene.recipient.number()).parse().unwrap()];
    });
    case("an empty attachment", &[FileSize], |scene| scene.attach("scan.png", b""));
    case("an attachment of 20 MiB", &[], |scene| scene.attach("scan.png", &[PNG, &vec![0; (20 << 20) - PNG.len()]].concat()));
    case("an attachment of 20 MiB and a byte", &[FileSize], |scene| {
        scene.attach("scan.png", &[PNG, &vec![0; (20 << 20) + 1 - PNG.len()]].concat())
    });
    case("a program", &[FileType], |scene| scene.attach("setup.exe", b"MZ"));
    case("a picture that is none", &[FileType], |scene| scene.attach("scan.png", b"GIF89a"));
    case("a text with NUL", &[FileType], |scene| scene.attach("note.txt", b"a\0b"));
    case("a file of the standard under another name", &[FileType], |scene| {
        let bytes = scene.bytes.clone();
        scene.attach("april.csv", &bytes);
    });
    case("a date that no calendar has", &[FileInvalid], |scene| {
        scene.take(&file("seed-1/bad/R-DATE/UPJSK_202604_9972367701_11_9773840872_43_20260325091559.CSV"));
    });
    case("a plan without its other files", &[UnitInvalid], |scene| {
        scene.take(&file("seed-1/valid/0001_PLAN/UP1KYO_9873789219_43_9711650490_2A_20260325090000.CSV"));
    });

    case(
        "all that can be wrong with one file",
        &[TransmissionInconsistent, SenderUnlicensed, RecipientUnlicensed, SenderBlocked, FileName, FileInvalid],
        |scene| {
            scene.take(&file("seed-1/bad/R-DATE/UPJSK_202604_9972367701_11_9773840872_43_20260325091559.CSV"));
            scene.draft.name = scene.draft.name.replace(scene.recipient.number(), STRANGER);
            scene.draft.set = Some(Sha256Digest::of(b"set"));
            scene.sender.office.licences = vec![licence("2026-04-11", "2027-04-10")];
            scene.recipient.office.licences = vec![licence("2025-04-10", "2026-04-09")];
            scene.recipient.office.blocked_senders = vec![scene.sender.office.number];
        },
    );
    // authentication stops at its first failure, and nothing of the rest is told
    case("a wrong signature, too late, of an office without a licence", &[SignatureInvalid], |scene| {
        scene.signed = Signed::By { stranger: SigningKey::generate_es256().unwrap(), own_id: true };
        scene.stored_after(48 * 3600);
        scene.sender.office.licences.clear();
    });
    case("too late, and other bytes", &[ManifestExpired], |scene| {
        scene.stored_after(48 * 3600);
        scene.bytes.clear();
    });
    cases
}

/// The sender's key was revoked so long before the object was stored.
fn revoked(scene: &mut Scene, milliseconds: i64) {
    let revoked_at = at("2026-04-10T00:10:00Z");
    scene.stored_at = revoked_at + milliseconds.milliseconds();
    scene.draft.iat = scene.stored_at;
    scene.sender.office.keys[0].revoked_at = Some(revoked_at);
}
