//! What tests need beside the ports.

mod calls;
pub mod conformance;
mod faults;
mod faulty_directory;
mod memory;
mod memory_directory;
mod memory_ledger;
mod memory_queue;

pub use calls::Calls;
pub use faults::{Fault, Faults, FaultyFiles, FaultyLedger, FaultyQueue, How, When};
pub use memory::MemoryFiles;
pub use memory_ledger::MemoryLedger;
pub use memory_queue::MemoryQueue;
