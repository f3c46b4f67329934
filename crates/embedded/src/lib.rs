//! The whole exchange on one machine.
//!
//! - [`objects`]: a versioned object store on the local disk, where a write and the event it causes are one transaction
//! - [`queue`]: the events, redelivered until they are deleted or dead; as much of SQS's protocol as the exchange speaks is answered for it
//! - [`s3`]: the S3 endpoint in front of the store, on loopback only
//! - [`credentials`]: what an office signs its S3 requests with
//! - [`operator`]: `operator.json`, what an operator on this machine needs
//! - [`disk`]: files that are their owner's alone, and that are there after a power cut
//! - [`runtime_api`]: Lambda's side of a bootstrap, to run a real one here
//! - [`Exchange`]: all of it in one process, with DynamoDB and the functions, which are called with the events and requests that AWS would call them with

mod api;
pub mod credentials;
mod database;
pub mod disk;
mod dynamodb;
mod exchange;
pub mod objects;
pub mod operator;
pub mod queue;
mod runner;
pub mod runtime_api;
pub mod s3;
mod signed;
mod sqs;

pub use crate::exchange::{Exchange, Options, StartError};
pub use crate::runner::{BATCH_SIZE, VISIBILITY};
