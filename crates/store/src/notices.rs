//! The port for what offices are reminded of and told, and for what else the schedule needs.

use async_trait::async_trait;
use exchange::{Notice, TransmissionId};
use jiff::{SignedDuration, Timestamp};
use standard::OfficeNumber;

use crate::ledger::{Listing, Marked, Page, Revision, Saved};
use crate::licence_end::LicenceEnd;
use crate::outgoing::{Outgoing, Progress};
use crate::records::DeliveryRecord;
use crate::sweep::Sweep;
use crate::{Ledger, StoreError};

/// How long a notice is told: as long as what it is about can be fetched.
pub(crate) const TOLD_FOR: SignedDuration = SignedDuration::from_hours(93 * 24);

/// Notices, how far the schedule has come, and the deliveries ([`DeliveryRecord::due_at`]) and licences that something is due for. Every method may be
/// repeated, and is one call to the database; [`Notices::due_notices`] two.
#[async_trait]
pub trait Notices: Ledger {
    /// Writes these notices, at most 100, unless they are there: a notice is the same where office, kind, moment and what it is about are. Those that
    /// are written together are written together every time. Each is due to be sent from its moment on: the notice itself is the outbox, so that none is
    /// written and forgotten.
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

    /// The notices that are due to be sent at the page's time, one page. A page may be short, or empty, and still not the last. An office's come in the
    /// order in which they became due.
    async fn due_notices(&self, page: Page) -> Result<Listing<Outgoing>, StoreError>;

    /// Makes the notice due at another time, with how far it came, or no more, if it is due as it was `seen`. It stays listed either way.
    async fn set_notice_due(&self, seen: &Outgoing, next: Option<(Timestamp, Progress)>) -> Result<(), StoreError>;

    /// How far the search for uploads that no event told of has come.
    async fn sweep(&self) -> Result<Option<(Sweep, Revision)>, StoreError>;

    /// Writes that, if it still has the revision that was read (`None`: if there is none yet).
    async fn save_sweep(&self, sweep: &Sweep, read: Option<Revision>) -> Result<Saved, StoreError>;
}
