//! Beside the steps: what the recipients' software will refuse, told to the sender before the delivery.

use std::collections::BTreeMap;
use std::sync::Arc;

use exchange::{Receiver, ReceiverWarnings, keys};
use standard::{OfficeNumber, Profile, ProfileId};
use store::StoreError;
use store::steps::{JSON, document};
use tracing::warn;

use crate::Deliver;
use crate::judge::Judged;
use crate::verify::Letter;

impl Deliver {
    /// The recipients whose software is known, by its profile. One call, unless the profiles are in memory.
    pub(crate) async fn receivers(&self, letter: &Letter) -> Result<Vec<Receiver>, StoreError> {
        let mut offices: BTreeMap<ProfileId, Vec<OfficeNumber>> = BTreeMap::new();
        for office in letter.offices.iter().filter(|office| letter.manifest.aud.iter().any(|address| address.office == office.number)) {
            if let Some(profile) = &office.profile {
                offices.entry(profile.clone()).or_default().push(office.number);
            }
        }
        let ids: Vec<ProfileId> = offices.keys().cloned().collect();
        let profiles = self.read_profiles(&ids).await?;
        let known = offices.into_values().zip(profiles);
        Ok(known.filter_map(|(offices, profile)| Some(Receiver { offices, profile: profile? })).collect())
    }

    /// The profiles of these names, in their order; none where there is no readable one.
    async fn read_profiles(&self, ids: &[ProfileId]) -> Result<Vec<Option<Arc<Profile>>>, StoreError> {
        if let Some(profiles) = self.profiles.fresh(ids, self.clock.now()) {
            return Ok(profiles);
        }
        let asked = self.clock.now();
        let texts: BTreeMap<ProfileId, String> = self.ledger.profiles(ids).await?.into_iter().collect();
        let read = |id: &ProfileId| {
            let profile = texts.get(id).and_then(|text| Profile::parse(text).ok()).map(Arc::new);
            if profile.is_none() {
                warn!(profile = %id, "an office names a receiver profile that isn't there or can't be read: it is passed over");
            }
            profile
        };
        let profiles: Vec<Option<Arc<Profile>>> = ids.iter().map(read).collect();
        self.profiles.keep(ids.iter().cloned().zip(profiles.iter().cloned()), asked);
        Ok(profiles)
    }

    /// Tells the sender what the receivers' software will refuse, if it is anything.
    pub(crate) async fn warn(&self, judged: &Judged, receivers: &[Receiver]) -> Result<(), StoreError> {
        let contents = judged.sheets.iter().map(|sheet| &sheet.contents);
        if let Some(warnings) = ReceiverWarnings::of(&judged.row.id, self.clock.now(), receivers, contents) {
            let key = keys::return_warnings(&warnings.sender, &warnings.transmission);
            self.files.create(&key, JSON, document(&warnings)?).await?;
        }
        Ok(())
    }
}
