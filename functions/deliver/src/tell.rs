//! Step 8: every recipient gets its `delivery.json`, which makes its folder a delivery, and is told of it by a notice.

use exchange::{DeliveryDocument, DeliveryStatus, ReportedFinding, keys};
use futures::stream::{self, StreamExt, TryStreamExt};
use store::steps::{JSON, Sheet, clear, delivery_among, document, tell};
use store::{DeliveryRecord, Kin, StoreError, TransmissionRecord, Written};

use crate::{Deliver, Ended, Work};

/// How many documents are written at a time.
const AT_A_TIME: usize = 8;

impl Deliver {
    /// Writes the documents and, of all recipients together, the notices; then nothing is due any more. If the sender has cancelled meanwhile, the
    /// documents go again.
    pub(crate) async fn announce(
        &self,
        row: &TransmissionRecord,
        deliveries: &[DeliveryRecord],
        sheets: &[Sheet],
    ) -> Result<(), StoreError> {
        let kin = self.ledger.kin(&deliveries.iter().collect::<Vec<_>>()).await?;
        let mut documents = Vec::with_capacity(deliveries.len());
        for (delivery, kin) in deliveries.iter().zip(kin) {
            documents.push(self.write_document(delivery, delivery_document(row, delivery, kin, sheets)?));
        }
        let _: Vec<Written> = stream::iter(documents).buffer_unordered(AT_A_TIME).try_collect().await?;
        tell(&*self.ledger, row).await?;
        if !self.ledger.set_due(row, None).await? {
            clear(&*self.files, row).await?;
        }
        Ok(())
    }

    /// Writes and tells what an earlier run has not.
    pub(crate) async fn announce_again(&self, work: Work<'_>, row: TransmissionRecord) -> Result<Ended, StoreError> {
        let deliveries = self.ledger.transmission(&row.id).await?.map(|entry| entry.deliveries).unwrap_or_default();
        let lasting = |delivery: &DeliveryRecord| !matches!(delivery.status, DeliveryStatus::Cancelled | DeliveryStatus::Expired);
        let mut looks = Vec::with_capacity(deliveries.len());
        for delivery in deliveries.into_iter().filter(lasting) {
            looks.push(self.untold(delivery));
        }
        let looked: Vec<Option<DeliveryRecord>> = stream::iter(looks).buffered(AT_A_TIME).try_collect().await?;
        let untold: Vec<DeliveryRecord> = looked.into_iter().flatten().collect();
        if !untold.is_empty() || row.due_at.is_some() {
            let sheets = if untold.is_empty() { Vec::new() } else { self.judge(work, row.clone(), false, false).await?.sheets };
            self.announce(&row, &untold, &sheets).await?;
        }
        Ok(Ended::Delivered(row.id))
    }

    async fn write_document(&self, delivery: &DeliveryRecord, body: Vec<u8>) -> Result<Written, StoreError> {
        self.files.create(&keys::inbox_delivery(&delivery.address.office, &delivery.id), JSON, body).await
    }

    /// The delivery, if its document is not there.
    async fn untold(&self, delivery: DeliveryRecord) -> Result<Option<DeliveryRecord>, StoreError> {
        let found = self.files.digest(&keys::inbox_delivery(&delivery.address.office, &delivery.id)).await?;
        Ok(found.is_none().then_some(delivery))
    }
}

/// What it replaces stands in it; what replaces it later can't, the views tell.
fn delivery_document(row: &TransmissionRecord, delivery: &DeliveryRecord, kin: Kin, sheets: &[Sheet]) -> Result<Vec<u8>, StoreError> {
    // the day it was made on counts, whatever the recipient has done since
    let delivery = DeliveryRecord { status: DeliveryStatus::Delivered, outcome: None, note: String::new(), ..delivery.clone() };
    let mut view = delivery_among(&delivery, row, kin);
    for (file, sheet) in view.files.iter_mut().zip(sheets) {
        let findings = sheet.contents.findings.listed().iter();
        file.findings = Some(findings.map(|finding| ReportedFinding::new(finding, sheet.contents.kind())).collect());
    }
    document(&DeliveryDocument { delivery: view, manifests: sheets.iter().map(|sheet| sheet.manifest.clone()).collect() })
}
