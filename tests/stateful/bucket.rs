//! What ledger and bucket must show.

use exchange::{DeliveryStatus, Outcome, TransmissionStatus, keys};
use store::Entry;

use super::Exchange;
use super::contract::Row;

impl Exchange {
    /// Whether the ledger's entry is this row.
    pub(super) fn shows(&self, transmission: usize, entry: Option<&Entry>, row: Option<&Row>) -> bool {
        let (Some(entry), Some(row)) = (entry, row) else { return entry.is_none() && row.is_none() };
        let mut versions: Vec<&str> = row.joined.values().map(|(place, _)| self.stored[*place].version.as_str()).collect();
        let mut held: Vec<&str> = entry.transmission.files.values().map(|file| file.version.as_str()).collect();
        versions.sort_unstable();
        held.sort_unstable();
        let of = |recipient: &crate::world::office::Party| {
            let found = entry.deliveries.iter().find(|delivery| delivery.address.office == recipient.office.number);
            found.map(|delivery| (delivery.status, delivery.outcome))
        };
        let deliveries: Vec<(DeliveryStatus, Option<Outcome>)> = self.sets[transmission].recipients.iter().filter_map(of).collect();
        let reasons: Vec<_> = entry.transmission.reasons.iter().map(|reason| reason.code).collect();
        (entry.transmission.status, held, reasons, deliveries) == (row.status, versions, row.reasons.clone(), row.deliveries.clone())
    }

    pub(super) async fn status(&self, transmission: usize) -> Option<TransmissionStatus> {
        self.world.entry(&self.sets[transmission].id).await.map(|entry| entry.transmission.status)
    }

    /// What broke off is completed by the tick that looks for what was left behind.
    pub(super) async fn forget_what_was_looked_through(&mut self) {
        for transmission in self.open.clone() {
            let row = self.world.entry(&self.sets[transmission].id).await.map(|entry| entry.transmission);
            let ends = [TransmissionStatus::Rejected, TransmissionStatus::Cancelled];
            if row.is_none_or(|row| row.due_at.is_none() || !ends.contains(&row.status)) {
                self.open.remove(&transmission);
            }
        }
    }

    /// Of what nobody has left open there lies what the ledger says, exactly; of the rest nothing that counts for more than the ledger says, and nothing
    /// that `upkeep` would not find.
    pub(super) async fn bucket_holds(&self) {
        let (mut inbox, mut returns) = (self.world.keys("inbox/").await, self.world.keys("returns/").await);
        for (transmission, set) in self.sets.iter().enumerate() {
            let id = set.id.to_string();
            let take = |keys: &mut Vec<String>| keys.extract_if(.., |key| key.contains(&id)).collect::<Vec<_>>();
            let (lies, told) = (take(&mut inbox), take(&mut returns));
            let Some(Entry { transmission: row, deliveries }) = self.world.entry(&set.id).await else {
                assert!(lies.is_empty() && told.is_empty(), "the ledger knows of it first");
                continue;
            };
            let (mut files, mut documents) = (Vec::new(), Vec::new());
            for address in &row.addresses {
                files.extend(row.delivered_to(address).into_iter().map(|file| file.key));
                documents.push(keys::inbox_delivery(&address.office, &set.id));
            }
            assert!(lies.iter().all(|key| files.contains(key) || documents.contains(key)), "nothing besides: {lies:?}");
            assert!(row.status == TransmissionStatus::Delivered || lies.is_empty() || row.due_at.is_some(), "upkeep finds it");
            let counts = lies.iter().any(|key| documents.contains(key));
            assert!(
                !counts || matches!(row.status, TransmissionStatus::Delivered | TransmissionStatus::Cancelled),
                "no delivery before its time"
            );
            if row.status == TransmissionStatus::Delivered {
                assert!(files.iter().all(|file| lies.contains(file)), "whole");
                assert_eq!(deliveries.len(), row.addresses.len());
            }
            let report = keys::return_report(set.id.sender(), &set.id);
            let rejected = row.status == TransmissionStatus::Rejected;
            assert!(told.is_empty() || (rejected && told == [report]), "told once");
            if self.is_open(transmission) {
                continue;
            }
            let mut wanted = if row.status == TransmissionStatus::Delivered { [files, documents].concat() } else { Vec::new() };
            wanted.sort();
            assert_eq!(lies, wanted, "whole or not at all, and once");
            assert_eq!(told.len(), usize::from(rejected), "told");
            for file in row.files.values().filter(|_| row.status == TransmissionStatus::Delivered) {
                let sent = self.world.body(&file.key).await;
                for delivered in row.addresses.iter().flat_map(|address| row.delivered_to(address)) {
                    assert!(delivered.name != file.entry.name || self.world.body(&delivered.key).await == sent, "byte for byte");
                }
            }
        }
        assert!(inbox.is_empty(), "nothing of nobody: {inbox:?}");
        let report = |place: &usize| {
            let office = self.stored[*place].key.split('/').nth(1).unwrap().parse().unwrap();
            keys::return_object(&office, &self.stored[*place].digest())
        };
        for (place, key) in self.told.keys().map(|place| (place, report(place))) {
            let found = returns.iter().position(|told| *told == key).map(|found| returns.remove(found));
            assert!(found.is_some() || self.open_events.contains(place), "who is refused alone is told");
        }
        assert!(returns.is_empty(), "each is told once: {returns:?}");
    }

    /// Whether something about it broke off and did not come again.
    fn is_open(&self, transmission: usize) -> bool {
        let set = &self.sets[transmission];
        let of_this = |place: &usize| self.stored[*place].key.starts_with(&format!("outbox/{}/", set.sender.number()));
        self.open.contains(&transmission) || self.open_events.iter().any(of_this)
    }
}
