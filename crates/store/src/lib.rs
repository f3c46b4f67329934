//! Where files, offices and the ledger are kept.
//!
//! Two ports say what the exchange needs: [`Files`] (S3) and [`Ledger`] (DynamoDB; offices too). Their methods are few and promise rather than
//! describe: create-only copies, conditional rows, one call each. A part of the ledger is the [`Directory`]: offices as partners, licences' bills, campaigns.
//! [`steps`] are what several functions do with them. The adapters [`S3Files`] and
//! [`DynamoLedger`] run unchanged on AWS and against any endpoint of the same protocol. With the feature `testing` come an in-memory twin, the
//! conformance suite that twin and adapters pass, and a wrapper that makes any call fail.
//!
//! **This is the only crate that sees the AWS service SDKs.** Key design and access patterns: [`dynamo`].

mod clock;
mod connect;
mod credentials;
mod directory;
pub mod dynamo;
mod error;
mod files;
mod joining;
mod ledger;
mod marking;
pub mod records;
mod s3;
mod sdk;
pub mod steps;
#[cfg(feature = "testing")]
pub mod testing;

pub use clock::Clock;
pub use connect::{Endpoints, MissingSetting, SECRET_VARIABLE, Settings, Stores, secret_from_env};
pub use credentials::{OfficeRole, SessionKeys};
pub use directory::{AT_ONCE, Bill, Directory, Exchanged};
pub use dynamo::{DynamoLedger, Tables};
pub use error::StoreError;
pub use files::{CopyOrder, Files, Object, Opened, Written};
pub use joining::{LOOK_AGAIN_AFTER, Part, Standing, TOLD_LATE};
pub use ledger::{Answer, Entered, Entry, Filter, Joined, Ledger, Listing, LookUp, Marked, Page, Revision, Saved};
pub use records::{DeliveryRecord, FileRecord, LoneRejection, TransmissionRecord, file_key};
pub use s3::S3Files;
