//! The lies.

use exchange::sign::{ManifestDraft, SigningKey};
use exchange::{RejectionCode::*, Sha256Digest};
use jiff::{SignedDuration, ToSpan};
use serde_json::{Value, json};

use super::Answer::{Alone, Ends, Nothing};
use super::{Lie, Truth};
use crate::world::parcel::Parcel;

pub(super) fn all() -> Vec<Lie> {
    let mut lies = Vec::new();
    let mut lie = |what, answer, tell| lies.push(Lie { what, answer, tell });

    // the manifest's form
    lie("no manifest", Alone(ManifestMissing), |truth| Parcel { manifest: None, ..truth.honest() });
    lie("a manifest that is no JWT", Alone(ManifestMalformed), |truth| truth.under("Bearer of good news"));
    lie("a manifest of two segments", Alone(ManifestMalformed), |truth| truth.under(cut(truth, 2).as_str()));
    lie("a manifest of five segments, as if encrypted", Alone(ManifestMalformed), |truth| {
        truth.under(&format!("{}.e30.e30", token(truth)))
    });
    lie("a manifest without its signature", Alone(ManifestMalformed), |truth| truth.under(&format!("{}.", cut(truth, 2))));
    lie("a manifest with padding", Alone(ManifestMalformed), |truth| truth.under(&token(truth).replace('.', "=.")));
    lie("a manifest with a line end behind it", Alone(ManifestMalformed), |truth| truth.under(&format!("{}.", token(truth))));
    lie("a manifest of more than 1,980 bytes", Alone(ManifestMalformed), |truth| truth.claiming("more", json!("x".repeat(1_500))));
    lie("a claim that stands twice", Alone(ManifestMalformed), |truth| truth.under(&twice(truth)));

    // its header
    lie("alg none", Alone(ManifestMalformed), |truth| truth.signed(|header, _| header["alg"] = json!("none")));
    lie("alg HS256, the public key as the secret", Alone(ManifestMalformed), |truth| {
        truth.signed(|header, _| header["alg"] = json!("HS256"))
    });
    lie("alg ES512", Alone(ManifestMalformed), |truth| truth.signed(|header, _| header["alg"] = json!("ES512")));
    lie("another alg than the key's", Alone(SignatureInvalid), |truth| truth.signed(|header, _| header["alg"] = json!("EdDSA")));
    lie("another typ", Alone(ManifestMalformed), |truth| truth.signed(|header, _| header["typ"] = json!("JWT")));
    lie("a token for the API as a manifest", Alone(ManifestMalformed), |truth| {
        truth.signed(|header, _| header["typ"] = json!("renkei-token+jwt"))
    });
    lie("no typ", Alone(ManifestMalformed), |truth| truth.signed(|header, _| remove(header, "typ")));
    lie("crit", Alone(ManifestMalformed), |truth| truth.signed(|header, _| header["crit"] = json!(["exp"])));
    lie("jku", Alone(ManifestMalformed), |truth| truth.signed(|header, _| header["jku"] = json!("https://example.jp/keys")));
    lie("x5u", Alone(ManifestMalformed), |truth| truth.signed(|header, _| header["x5u"] = json!("https://example.jp/key")));
    lie("a key of its own in the header", Alone(ManifestMalformed), |truth| truth.signed(|header, _| header["jwk"] = json!({"kty": "EC"})));
    lie("no kid", Alone(ManifestMalformed), |truth| truth.signed(|header, _| remove(header, "kid")));
    lie("a kid nobody registered", Alone(KeyUnknown), |truth| truth.signed(|header, _| header["kid"] = json!("no such key")));
    lie("a kid with a path", Alone(KeyUnknown), |truth| truth.signed(|header, _| header["kid"] = json!("../../9773840872/key")));

    // its signature
    lie("a stranger's signature under the key's id", Alone(SignatureInvalid), |truth| {
        truth.under(&truth.draft().sign_as(&SigningKey::generate_es256().unwrap(), &truth.set.sender.office.keys[0].kid).unwrap())
    });
    lie("a stranger's signature under its own key's id", Alone(KeyUnknown), |truth| {
        truth.under(&truth.draft().sign(&SigningKey::generate_es256().unwrap()).unwrap())
    });
    lie("another office's signature", Alone(KeyUnknown), |truth| truth.under(&truth.draft().sign(&truth.liar.key).unwrap()));
    lie("a recipient's signature", Alone(KeyUnknown), |truth| truth.under(&truth.draft().sign(&truth.set.recipients[0].key).unwrap()));
    lie("a signature of another manifest", Alone(SignatureInvalid), |truth| {
        let other = truth.set.drafts[0].sign(&truth.set.sender.key).unwrap();
        truth.under(&format!("{}.{}", cut(truth, 2), other.rsplit('.').next().unwrap()))
    });
    lie("claims that were changed after signing", Alone(SignatureInvalid), |truth| {
        let changed = truth.drafted(|draft| draft.name = "c.txt".to_owned()).manifest.unwrap();
        let parts: Vec<&str> = changed.split('.').collect();
        truth.under(&format!("{}.{}", parts[..2].join("."), token(truth).rsplit('.').next().unwrap()))
    });
    lie("a signature of zeros", Alone(SignatureInvalid), |truth| truth.under(&format!("{}.{}", cut(truth, 2), "A".repeat(86))));

    // its claims
    lie("another office as iss", Alone(SenderMismatch), |truth| truth.claiming("iss", json!("9773840872")));
    lie("iss in lower case with a space", Alone(ManifestMalformed), |truth| truth.claiming("iss", json!("9778773797 ")));
    for_each_missing(&mut lie);
    lie("aud that is a text", Alone(ManifestMalformed), |truth| truth.claiming("aud", json!("9779668095-15")));
    lie("nobody in aud", Alone(ManifestMalformed), |truth| truth.claiming("aud", json!([])));
    lie("an office twice in aud", Alone(ManifestMalformed), |truth| truth.claiming("aud", json!(["9779668095-15", "9779668095"])));
    lie("51 addresses", Alone(ManifestMalformed), |truth| {
        let many: Vec<String> = (0..51).map(|n| format!("98000{n:02}000")).collect();
        truth.claiming("aud", json!(many))
    });
    lie("jti that is no UUID", Alone(ManifestMalformed), |truth| truth.claiming("jti", json!("../../../inbox")));
    lie("jti in braces", Alone(ManifestMalformed), |truth| truth.claiming("jti", json!(format!("{{{}}}", truth.set.id.jti()))));
    lie("iat as a text", Alone(ManifestMalformed), |truth| truth.claiming("iat", json!("now")));
    lie("signed a day and a second ago", Alone(ManifestExpired), |truth| {
        truth.drafted(|draft| draft.iat -= SignedDuration::from_secs(86_401))
    });
    lie("signed in six minutes", Alone(ManifestExpired), |truth| truth.drafted(|draft| draft.iat += 6.minutes()));
    lie("a size of a byte more", Alone(DigestMismatch), |truth| truth.drafted(|draft| draft.size += 1));
    lie("a negative size", Alone(ManifestMalformed), |truth| truth.claiming("size", json!(-1)));
    lie("a size beyond all numbers", Alone(ManifestMalformed), |truth| truth.claiming("size", json!(1e300)));
    lie("another digest", Alone(DigestMismatch), |truth| truth.drafted(|draft| draft.sha256 = Sha256Digest::of(b"other")));
    lie("a digest in hexadecimal", Alone(ManifestMalformed), |truth| truth.claiming("sha256", json!(Sha256Digest::of(b"x").hex())));
    lie("no parts at all", Alone(ManifestMalformed), |truth| truth.claiming("parts", json!(0)));
    lie("21 parts", Alone(ManifestMalformed), |truth| truth.claiming("parts", json!(21)));
    lie("two parts and a half", Alone(ManifestMalformed), |truth| truth.claiming("parts", json!(2.5)));
    lie("two parts without a set", Alone(ManifestMalformed), |truth| truth.signed(|_, claims| remove(claims, "set")));
    lie("a set that is no digest", Alone(ManifestMalformed), |truth| truth.claiming("set", json!("all of them")));

    // its bytes
    lie("other bytes", Alone(DigestMismatch), |truth| Parcel { bytes: b"the sec0nd".to_vec(), ..truth.honest() });
    lie("fewer bytes", Alone(DigestMismatch), |truth| Parcel { bytes: b"the secon".to_vec(), ..truth.honest() });
    lie("no bytes", Alone(DigestMismatch), |truth| Parcel { bytes: Vec::new(), ..truth.honest() });
    lie("the other part's bytes", Alone(DigestMismatch), |truth| Parcel { bytes: truth.set.files[0].bytes.clone(), ..truth.honest() });

    // replay
    lie("the first part again, under another key", Nothing, |truth| truth.set.parcels().remove(0));
    lie("the first part's manifest over the second's bytes", Alone(DigestMismatch), |truth| Parcel {
        bytes: truth.bytes().to_vec(),
        ..truth.set.parcels().remove(0)
    });
    lie("the second part in another office's outbox", Alone(SenderMismatch), |truth| elsewhere(truth, truth.honest()));
    lie("the first part in another office's outbox", Alone(SenderMismatch), |truth| elsewhere(truth, truth.set.parcels().remove(0)));
    lie("the liar's own manifest in its own outbox, iss the victim", Alone(SenderMismatch), |truth| {
        Parcel::signed(&truth.liar, &truth.draft(), truth.bytes())
    });
    lie("the liar's own transmission under the victim's jti", Nothing, |truth| {
        Parcel::signed(&truth.liar, &ManifestDraft { iss: truth.liar.office.number, ..truth.draft() }, truth.bytes())
    });
    lie("another file under the first part's name", Alone(TransmissionReused), |truth| {
        truth.drafted(|draft| draft.name = truth.set.drafts[0].name.clone())
    });
    lie("the first part's file, readdressed", Alone(TransmissionReused), |truth| {
        let draft = ManifestDraft { aud: vec!["9773840872".parse().unwrap()], ..truth.set.drafts[0].clone() };
        Parcel::signed(&truth.set.sender, &draft, &truth.set.files[0].bytes)
    });

    // mixed parts, rightly signed: the sender contradicts itself
    let inconsistent = Ends(&[TransmissionInconsistent]);
    lie("a recipient more in the second part", inconsistent, |truth| truth.drafted(|draft| draft.aud.push("9773840872".parse().unwrap())));
    lie("a recipient fewer in the second part", inconsistent, |truth| truth.drafted(|draft| draft.aud.truncate(1)));
    lie("another recipient in the second part", inconsistent, |truth| {
        truth.drafted(|draft| draft.aud = vec!["9773840872".parse().unwrap()])
    });
    lie("a recipient of another type in the second part", inconsistent, |truth| {
        truth.drafted(|draft| draft.aud[0] = "9779668095-11".parse().unwrap())
    });
    lie("three parts in the second part", inconsistent, |truth| truth.drafted(|draft| draft.parts = 3));
    lie("one part in the second part", inconsistent, |truth| truth.drafted(|draft| (draft.parts, draft.set) = (1, None)));
    lie("another set in the second part", inconsistent, |truth| truth.drafted(|draft| draft.set = Some(Sha256Digest::of(b"set"))));
    lie("a third file instead of the second", inconsistent, |truth| truth.drafted(|draft| draft.name = "c.txt".to_owned()));

    // names with tricks
    for_each_name(&mut lie);
    lie("a key with two dots in it", Alone(ObjectUnreadable), |truth| {
        let honest = truth.honest();
        Parcel { key: format!("outbox/{}/../9773840872/x", honest.office), ..honest }
    });
    lie("a key that ends in a slash", Alone(ObjectUnreadable), |truth| {
        let honest = truth.honest();
        Parcel { key: format!("outbox/{}/x/", honest.office), ..honest }
    });
    lies
}

type Add<'a> = dyn FnMut(&'static str, super::Answer, fn(&Truth) -> Parcel) + 'a;

fn for_each_missing(lie: &mut Add<'_>) {
    lie("no iss", Alone(ManifestMalformed), |truth| truth.signed(|_, claims| remove(claims, "iss")));
    lie("no aud", Alone(ManifestMalformed), |truth| truth.signed(|_, claims| remove(claims, "aud")));
    lie("no jti", Alone(ManifestMalformed), |truth| truth.signed(|_, claims| remove(claims, "jti")));
    lie("no iat", Alone(ManifestMalformed), |truth| truth.signed(|_, claims| remove(claims, "iat")));
    lie("no name", Alone(ManifestMalformed), |truth| truth.signed(|_, claims| remove(claims, "name")));
    lie("no size", Alone(ManifestMalformed), |truth| truth.signed(|_, claims| remove(claims, "size")));
    lie("no sha256", Alone(ManifestMalformed), |truth| truth.signed(|_, claims| remove(claims, "sha256")));
}

fn for_each_name(lie: &mut Add<'_>) {
    let refused = Ends(&[FileName]);
    lie("a name that climbs", refused, |truth| truth.named("../../9773840872/x.txt"));
    lie("a name with a folder", refused, |truth| truth.named("inbox/x.txt"));
    lie("a name with a backslash", refused, |truth| truth.named("..\\x.txt"));
    lie("a name with a drive", refused, |truth| truth.named("C:x.txt"));
    lie("a name with NUL", refused, |truth| truth.named("x.exe\0.txt"));
    lie("a name with a line end", refused, |truth| truth.named("x\r\ny.txt"));
    lie("a name written backwards", refused, |truth| truth.named("x\u{202e}txt.exe"));
    lie("a name of dots", refused, |truth| truth.named(".."));
    lie("a name that is not composed", refused, |truth| truth.named("e\u{301}.txt"));
    lie("a standard name with a folder in it", refused, |truth| truth.named("UPJSK_202604_../x.CSV"));
    lie("delivery.json as an attachment", Ends(&[FileType]), |truth| truth.named("delivery.json"));
    lie("a page as an attachment", Ends(&[FileType]), |truth| truth.named("x.html"));
}

fn token(truth: &Truth) -> String {
    truth.honest().manifest.unwrap()
}

/// The first segments of the second part's manifest.
fn cut(truth: &Truth, segments: usize) -> String {
    token(truth).split('.').take(segments).collect::<Vec<_>>().join(".")
}

/// Claims with a member that stands twice: two readers may see two values.
fn twice(truth: &Truth) -> String {
    use base64::Engine as _;
    let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let claims = truth.draft().claims().to_string().replacen('{', r#"{"iss":"9773840872","#, 1);
    let token = token(truth);
    let parts: Vec<&str> = token.split('.').collect();
    format!("{}.{}.{}", parts[0], encode(&claims), parts[2])
}

/// A parcel as the liar stores it in its own outbox.
fn elsewhere(truth: &Truth, parcel: Parcel) -> Parcel {
    let office = truth.liar.number().to_owned();
    Parcel { key: parcel.key.replace(&parcel.office, &office), office, ..parcel }
}

fn remove(of: &mut Value, name: &str) {
    of.as_object_mut().unwrap().remove(name);
}
