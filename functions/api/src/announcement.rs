//! What is known of a transmission before its bytes: the checks of `deliver`, in its order, on what the manifests say.

use std::time::Duration;

use exchange::{
    Contents, FileEntry, Inspection, Judgement, MAX_AGE, MAX_PARTS, Manifest, RejectionCode, ReportReason, TransmissionId,
    UnverifiedManifest, counted_earlier, japanese_day, keys, set_digest,
};
use jiff::Timestamp;
use store::{FileRecord, LookUp, Part, Standing, TransmissionRecord, Upload};

use crate::problem::{Problem, SHAPE};
use crate::{Api, Caller};

/// How long an upload can begin; never later than its manifest allows.
const UPLOAD_HOLDS: Duration = Duration::from_secs(15 * 60);

/// A transmission that may come.
pub(crate) struct Announced {
    pub(crate) id: TransmissionId,
    /// Its files, in the order of the manifests.
    pub(crate) letters: Vec<Letter>,
}

/// One of its files.
pub(crate) struct Letter {
    pub(crate) name: String,
    pub(crate) upload: Upload,
    pub(crate) holds: Duration,
}

/// Checks the manifests.
///
/// # Errors
/// Whatever the transmission would be rejected for, all together; of manifests that don't authenticate only that.
pub(crate) async fn check(api: &Api, caller: &Caller, tokens: &[String]) -> Result<Announced, Problem> {
    let now = api.clock.now();
    let too_many_or_few = || {
        SHAPE.because(
            format!("`manifests` holds 1 to {MAX_PARTS} manifests. Send one for each file of the transmission."),
            format!("manifests には 1～{MAX_PARTS} 件のマニフェストを入れてください。送信するファイルごとに 1 件です。"),
        )
    };
    if tokens.len() > usize::from(MAX_PARTS) {
        return Err(too_many_or_few());
    }
    let manifests = authenticate(caller, tokens, now)?;
    let first = manifests.first().ok_or_else(too_many_or_few)?;
    let id = first.transmission();
    let mut offices = vec![first.iss];
    offices.extend(first.aud.iter().map(|address| address.office).filter(|office| *office != first.iss));
    let LookUp { offices, transmission } = api.ledger.look_up(&offices, Some(&id)).await?;
    let broken = broken(&manifests, transmission.as_ref(), now);
    let mut files: Vec<Contents> = manifests
        .iter()
        .map(|manifest| Inspection::new(&manifest.name, &manifest.iss, &manifest.aud, &[]).announced(manifest.size))
        .collect();
    let day = japanese_day(now);
    let whole = broken.is_empty();
    let judgement = Judgement { sender: &first.iss, recipients: &first.aud, offices: &offices, day, broken, whole, exceeds_quota: false };
    let mut reasons = judgement.of(&mut files);
    // counted only where nothing else is wrong; on the day of its first part, if that has come
    let day = transmission.map_or(day, |row| japanese_day(row.stored_at));
    let signed_at = manifests.iter().map(|manifest| manifest.iat).min().unwrap_or(now);
    if reasons.is_empty() && !api.ledger.count(&id, day, counted_earlier(day, signed_at), api.quota).await? {
        reasons.push(ReportReason::new(RejectionCode::QuotaExceeded, None));
    }
    if reasons.is_empty() { Ok(Announced { letters: letters(&id, &manifests, tokens, now), id }) } else { Err(Problem::refused(reasons)) }
}

/// Every manifest's form, sender, key, signature and age; of each the first failure.
fn authenticate(caller: &Caller, tokens: &[String], now: Timestamp) -> Result<Vec<Manifest>, Problem> {
    let (mut manifests, mut refused) = (Vec::with_capacity(tokens.len()), Vec::new());
    for (place, token) in (1..).zip(tokens) {
        let told =
            |reason: ReportReason| if tokens.len() > 1 { reason.because(format!("manifest {place} of {}", tokens.len())) } else { reason };
        match UnverifiedManifest::parse(token) {
            Err(malformed) => refused.push(told(ReportReason::new(malformed.code(), None).because(malformed))),
            Ok(unverified) => match unverified.verify(&caller.office.keys, &caller.office.number, now) {
                Err(code) => refused.push(told(ReportReason::new(code, None))),
                Ok(manifest) => manifests.push(manifest),
            },
        }
    }
    if refused.is_empty() { Ok(manifests) } else { Err(Problem::refused(refused)) }
}

/// What is wrong with the transmission as such, in the order of the codes.
fn broken(manifests: &[Manifest], row: Option<&TransmissionRecord>, now: Timestamp) -> Vec<RejectionCode> {
    use RejectionCode::{TransmissionIncomplete, TransmissionInconsistent};
    let mut codes: Vec<RejectionCode> = manifests.iter().filter_map(|manifest| against(row?, manifest, now)).collect();
    if let Some((first, others)) = manifests.split_first() {
        let agree =
            others.iter().all(|other| (other.jti, &other.aud, other.parts, other.set) == (first.jti, &first.aud, first.parts, first.set));
        let parts = usize::from(first.parts);
        let is_the_set =
            || first.set.is_none_or(|set| set == set_digest(manifests.iter().map(|file| (file.sha256, file.size, file.name.as_str()))));
        if !agree || manifests.len() > parts || (manifests.len() == parts && !is_the_set()) {
            codes.push(TransmissionInconsistent);
        } else if manifests.len() < parts {
            codes.push(TransmissionIncomplete);
        }
    }
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// What the row of this id says against the file.
fn against(row: &TransmissionRecord, manifest: &Manifest, now: Timestamp) -> Option<RejectionCode> {
    if row.status.has_ended() {
        return Some(RejectionCode::TransmissionReused);
    }
    match row.standing(&part(manifest, now)) {
        // the same file again will be a duplicate
        Standing::New | Standing::Ours | Standing::Duplicate => None,
        Standing::Taken => Some(RejectionCode::TransmissionReused),
        Standing::Disagrees => Some(RejectionCode::TransmissionInconsistent),
    }
}

fn part(manifest: &Manifest, now: Timestamp) -> Part {
    let Manifest { aud, name, size, sha256, parts, set, .. } = manifest;
    let entry = FileEntry { name: name.as_str().to_owned(), kind: None, size: *size, sha256: *sha256, errors: 0, warnings: 0 };
    let file = FileRecord { entry, key: String::new(), version: String::new(), stored_at: now };
    Part { id: manifest.transmission(), addresses: aud.clone(), parts: *parts, set: *set, file, told_at: now }
}

/// Where each file is uploaded: its place follows from its name, so that the same call gives the same keys.
fn letters(id: &TransmissionId, manifests: &[Manifest], tokens: &[String], now: Timestamp) -> Vec<Letter> {
    let mut names: Vec<&str> = manifests.iter().map(|manifest| manifest.name.as_str()).collect();
    names.sort_unstable();
    let letter = |(manifest, token): (&Manifest, &String)| {
        let name = manifest.name.as_str();
        let place = names.iter().position(|other| *other == name).unwrap_or_default();
        let left = MAX_AGE.saturating_sub(now.duration_since(manifest.iat));
        let left = Duration::try_from(left).unwrap_or_default().max(Duration::from_secs(1));
        let upload = Upload {
            key: keys::outbox_file(id, place.saturating_add(1)),
            manifest: token.clone(),
            sha256: manifest.sha256,
            size_bytes: manifest.size,
        };
        Letter { name: name.to_owned(), upload, holds: UPLOAD_HOLDS.min(left) }
    };
    manifests.iter().zip(tokens).map(letter).collect()
}
