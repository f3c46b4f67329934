//! The port for what offices are reminded of and told.

use async_trait::async_trait;
use exchange::{Notice, TransmissionId};
use jiff::{SignedDuration, Timestamp};
use standard::OfficeNumber;

use crate::ledger::{Listing, Marked, Page};
use crate::licence_end::LicenceEnd;
use crate::records::DeliveryRecord;
use crate::{Ledger, StoreError};

/// How long a notice is told: as long as what it is about can be fetched.
pub(crate) const TOLD_FOR: SignedDuration = SignedDuration::from_hours(93 * 24);

/// Notices, and the deliveries ([`DeliveryRecord::due_at`]) and licences that something is due for. Every method is one call to the database, and may be repeated.
#[async_trait]
pub trait Notices: Ledger {
    /// Writes these notices, at most 100, unless they are there: a notice is the same where office, kind, moment and what it is about are.
    async fn notify(&self, notices: &[Notice]) -> Result<(), StoreError>;

    /// What an office was told in the 93 days before the page's time, newest first, one page.
    async fn notices(&self, office: &OfficeNumber, page: Page) -> Result<Listing<Notice>, StoreError>;

    /// The deliveries that something is due for at the page's time, one page. A page may be short, or empty, and still not the last.
    async fn due_deliveries(&self, page: Page) -> Result<Listing<(TransmissionId, OfficeNumber)>, StoreError>;

    /// One delivery.
    async fn delivery(&self, id: &TransmissionId, recipient: &OfficeNumber) -> Result<Option<DeliveryRecord>, StoreError>;

    /// Makes the delivery due at another time or no more, if it stands as `delivery` has it.
    async fn set_delivery_due(&self, delivery: &DeliveryRecord, due_at: Option<Timestamp>) -> Result<(), StoreError>;

    /// Marks a delivery as expired. It stays due until [`Notices::set_delivery_due`] says otherwise: both offices are told first.
    async fn expire(&self, id: &TransmissionId, recipient: &OfficeNumber) -> Result<Marked, StoreError>;

    /// The licences whose end an office is to be reminded of at the page's time, one page; due since they were granted ([`LicenceEnd::of`]). A page may be
    /// short, or empty, and still not the last.
    async fn due_licences(&self, page: Page) -> Result<Listing<LicenceEnd>, StoreError>;

    /// Makes the licence due at another time or no more, if it is due as `end` has it.
    async fn set_licence_due(&self, end: &LicenceEnd, due_at: Option<Timestamp>) -> Result<(), StoreError>;
}
