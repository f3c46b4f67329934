//! Where files, offices and the ledger are kept.
//!
//! Ports say what the exchange needs: [`Files`] (S3), [`Ledger`] (DynamoDB; offices too), [`Codes`] (one-time codes, beside the ledger), [`Queue`]
//! (SQS), [`EventBus`] (EventBridge), [`Links`] (signed URLs), [`Mail`] (an office's listings) and [`Credentials`] (an office's own, for S3). Their
//! methods are few and promise
//! rather than describe: create-only copies, conditional rows, one call each. A part of the ledger is the [`Directory`]: offices as partners, licences'
//! bills, campaigns. [`steps`] are what several functions do with them. The adapters [`S3Files`], [`DynamoLedger`] and [`SqsQueue`] run unchanged on AWS
//! and against any endpoint of the same protocol. With the feature `testing` come an in-memory twin, the
//! conformance suite that twin and adapters pass, and a wrapper that makes any call fail.
//!
//! **This is the only crate that sees the AWS service SDKs.** Key design and access patterns: [`dynamo`].

mod bus;
mod clock;
mod codes;
mod connect;
mod credentials;
mod directory;
pub mod dynamo;
mod error;
mod files;
mod joining;
mod kin;
mod ledger;
mod licence_end;
mod links;
mod mail;
mod marking;
mod notices;
mod outgoing;
mod queue;
pub mod records;
mod reminding;
mod s3;
mod sdk;
mod sqs;
pub mod steps;
mod sweep;
mod telling;
#[cfg(feature = "testing")]
pub mod testing;

pub use bus::{BusEvent, EVENTS_AT_ONCE, EventBridge, EventBus};
pub use clock::Clock;
pub use codes::{CodeRecord, Codes, Enrolled};
pub use connect::{
    Endpoints, MissingSetting, ORIGIN_VARIABLE, QUOTA_VARIABLE, SECRET_VARIABLE, Settings, Stores, origin_from_env, quota_from_env,
    secret_from_env,
};
pub use credentials::{Credentials, OfficeRole, SessionKeys};
pub use directory::{AT_ONCE, Bill, Directory, Exchanged};
pub use dynamo::{DynamoLedger, Tables};
pub use error::StoreError;
pub use files::{Body, CopyOrder, Files, ListedVersion, Object, Opened, VersionPage, VersionPlace, Written};
pub use joining::{DRIVE_AFTER, GIVE_UP_AFTER, LOOK_AGAIN_AFTER, Part, RING_AFTER, Standing, TOLD_LATE};
pub use kin::{Kin, Line, Relative};
pub use ledger::{Answer, Entered, Entry, Filter, Joined, Ledger, Listing, LookUp, Marked, Page, Revision, Saved};
pub use licence_end::LicenceEnd;
pub use links::{Link, Links, Upload};
pub use mail::{Delivered, Mail, Received, Sent};
pub use notices::Notices;
pub use outgoing::{LONGEST_WAIT, MOST_TRIES, Outgoing, Progress};
pub use queue::{Queue, event_of, event_of_version, event_time, form_encoded};
pub use records::{DeliveryRecord, FileRecord, LoneRejection, TransmissionRecord, file_key};
pub use reminding::DueStep;
pub use s3::S3Files;
pub use sqs::SqsQueue;
pub use sweep::{SWEEP_EVERY, Sweep, UNDER_WAY};
