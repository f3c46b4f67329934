//! Step 2: is it from who it says? Nothing that fails here touches a transmission.

use exchange::{Manifest, Office, RejectionCode, ReportReason, TransmissionId, UnverifiedManifest};
use jiff::Timestamp;
use standard::OfficeNumber;
use store::{LookUp, StoreError, TransmissionRecord};

use crate::Deliver;
use crate::arrive::Arrival;

/// A file whose manifest's signature holds, with the offices it concerns.
pub struct Letter {
    /// What the sender signed.
    pub manifest: Manifest,
    /// The same as it travels.
    pub token: String,
    /// The sender.
    pub sender: Office,
    /// The sender and the recipients that are registered.
    pub offices: Vec<Office>,
    /// The transmission's row, where it was read with the offices.
    pub row: Option<TransmissionRecord>,
    /// When it was stored, as the first event said that was seen.
    pub stored_at: Timestamp,
    /// Whether the offices come from memory: good enough for a signature that holds, not for what may be delivered.
    pub cached: bool,
}

impl Deliver {
    /// The manifest's own form, then its sender, key, signature and age; the first failure counts.
    pub(crate) async fn verify(
        &self,
        arrival: &Arrival,
        prefix: &OfficeNumber,
        token: Option<&str>,
    ) -> Result<Result<Letter, ReportReason>, StoreError> {
        let refused = |code| ReportReason::new(code, None);
        let Some(token) = token else { return Ok(Err(refused(RejectionCode::ManifestMissing))) };
        let unverified = match UnverifiedManifest::parse(token) {
            Ok(unverified) => unverified,
            Err(malformed) => return Ok(Err(refused(malformed.code()).because(malformed))),
        };
        if let Err(code) = unverified.check_sender(prefix) {
            return Ok(Err(refused(code)));
        }
        let wanted = unverified.parties();
        if let Some(offices) = self.registry.fresh(&wanted, self.clock.now()) {
            let known = LookUp { offices, transmission: None };
            if let Ok(letter) = authenticate(unverified.clone(), known, prefix, arrival, true) {
                return Ok(Ok(letter));
            }
        }
        let found = self.look_up(&wanted, Some(&unverified.transmission())).await?;
        Ok(authenticate(unverified, found, prefix, arrival, false).map_err(refused))
    }

    /// Reads offices, and a transmission's row with them, and remembers the offices.
    pub(crate) async fn look_up(&self, offices: &[OfficeNumber], transmission: Option<&TransmissionId>) -> Result<LookUp, StoreError> {
        // an answer may be as old as the question
        let asked = self.clock.now();
        let found = self.ledger.look_up(offices, transmission).await?;
        self.registry.keep(found.offices.iter().map(|office| (office.number, office.clone())), asked);
        Ok(found)
    }
}

fn authenticate(
    unverified: UnverifiedManifest,
    known: LookUp,
    prefix: &OfficeNumber,
    arrival: &Arrival,
    cached: bool,
) -> Result<Letter, RejectionCode> {
    let sender = known.offices.iter().find(|office| office.number == *prefix).cloned().ok_or(RejectionCode::SenderUnknown)?;
    let token = unverified.token().to_owned();
    let stored_at = arrival.first_stored_at(known.transmission.as_ref());
    let manifest = unverified.verify(&sender.keys, prefix, stored_at)?;
    Ok(Letter { manifest, token, sender, offices: known.offices, row: known.transmission, stored_at, cached })
}
