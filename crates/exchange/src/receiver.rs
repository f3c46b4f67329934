//! What the recipients' software will refuse though the standard allows it, told to the sender before the delivery (docs: receiver profiles).

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use standard::{OfficeNumber, Profile, ProfileId};

use crate::inspection::Contents;
use crate::{ReportedFinding, TransmissionId, time};

/// Recipients that read files with the same software.
#[derive(Debug, Clone)]
pub struct Receiver {
    /// The offices.
    pub offices: Vec<OfficeNumber>,
    /// What their software is stricter about.
    pub profile: Arc<Profile>,
}

/// `returns/{sender}/{T}.warnings.json`: there only where some receiver's software will refuse a file. The delivery goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiverWarnings {
    /// The transmission id.
    pub transmission: TransmissionId,
    /// Who sent it.
    pub sender: OfficeNumber,
    /// When it was found.
    #[serde(with = "time::serde_time")]
    pub at: Timestamp,
    /// Each software that will refuse something.
    pub receivers: Vec<RefusingReceiver>,
}

/// A software that will refuse something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusingReceiver {
    /// The recipients that use it.
    pub recipients: Vec<OfficeNumber>,
    /// Its profile's name.
    pub profile: ProfileId,
    /// What offices call it.
    pub software: String,
    /// The files it will refuse.
    pub files: Vec<RefusedFile>,
}

/// A file that a software will refuse, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedFile {
    /// Its name.
    pub file: String,
    /// How many findings there are; the first 100 are listed.
    pub findings_total: u64,
    /// R-PROFILE, each.
    pub findings: Vec<ReportedFinding>,
}

impl ReceiverWarnings {
    /// What these receivers' software will refuse of the files, which were read with these receivers in mind; `None` where it is nothing.
    pub fn of<'a>(
        transmission: &TransmissionId,
        at: Timestamp,
        receivers: &[Receiver],
        files: impl Iterator<Item = &'a Contents> + Clone,
    ) -> Option<ReceiverWarnings> {
        let refusing = (0..).zip(receivers).filter_map(|(place, receiver)| {
            let files: Vec<RefusedFile> = files.clone().filter_map(|contents| refused(contents, place)).collect();
            let Profile { id, software, .. } = &*receiver.profile;
            (!files.is_empty()).then(|| RefusingReceiver {
                recipients: receiver.offices.clone(),
                profile: id.clone(),
                software: software.clone(),
                files,
            })
        });
        let receivers: Vec<RefusingReceiver> = refusing.collect();
        let sender = *transmission.sender();
        (!receivers.is_empty()).then(|| ReceiverWarnings { transmission: transmission.clone(), sender, at, receivers })
    }
}

fn refused(contents: &Contents, receiver: usize) -> Option<RefusedFile> {
    let findings = contents.of_receivers.get(receiver).filter(|findings| !findings.is_empty())?;
    let listed = findings.listed().iter().map(|finding| ReportedFinding::new(finding, contents.kind())).collect();
    Some(RefusedFile { file: contents.file.clone(), findings_total: findings.total(), findings: listed })
}
