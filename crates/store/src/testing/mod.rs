//! What tests need beside the ports.

mod calls;
pub mod conformance;
mod faults;
mod memory;

pub use calls::Calls;
pub use faults::{Faults, FaultyFiles, FaultyLedger, When};
pub use memory::{MemoryFiles, MemoryLedger};
