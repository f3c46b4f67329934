//! A transmission unit under way: who sends it to whom, its files and their names.

use standard::Kind;

use crate::error::KitError;
use crate::record::{Record, Style};
use crate::world::Party;

/// A unit before it is written.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// `SLIP`.
    pub(crate) unit: &'static str,
    pub(crate) sender: Party,
    pub(crate) recipient: Party,
    /// `YYYYMMDDHHMMSS`.
    pub(crate) stamp: String,
    /// Named as in the third edition, without service types.
    pub(crate) v3: bool,
    pub(crate) style: Style,
    pub(crate) files: Vec<DraftFile>,
}

/// A file before it is written.
#[derive(Debug, Clone)]
pub(crate) struct DraftFile {
    pub(crate) kind: Kind,
    /// What stands in the month's place of the name.
    pub(crate) month: Option<String>,
    pub(crate) content: Content,
}

#[derive(Debug, Clone)]
pub(crate) enum Content {
    Records(Vec<Record>),
    Image { number: u16, bytes: Vec<u8> },
}

/// A file as it is written.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// The line each record begins in, from 1; behind them the line after the last one.
    pub(crate) lines: Vec<u64>,
}

impl Draft {
    pub(crate) fn add(&mut self, kind: Kind, month: Option<&str>, records: Vec<Record>) {
        self.files.push(DraftFile { kind, month: month.map(str::to_owned), content: Content::Records(records) });
    }

    /// The office numbers of sender and recipient.
    pub(crate) fn parties(&self) -> [String; 2] {
        [self.sender.number.to_string(), self.recipient.number.to_string()]
    }

    /// Another CSV version in all records.
    pub(crate) fn set_version(&mut self, version: &str) {
        for file in &mut self.files {
            if let Content::Records(records) = &mut file.content {
                records.iter_mut().for_each(|record| record.set("csv_version", version));
            }
        }
    }

    pub(crate) fn file_mut(&mut self, kind: Kind) -> Option<&mut DraftFile> {
        self.files.iter_mut().find(|file| file.kind == kind)
    }

    /// The records of a kind.
    pub(crate) fn records(&self, kind: Kind) -> &[Record] {
        let records = self.files.iter().find(|file| file.kind == kind).map(|file| &file.content);
        if let Some(Content::Records(records)) = records { records } else { &[] }
    }

    pub(crate) fn records_mut(&mut self, kind: Kind) -> Option<&mut Vec<Record>> {
        match &mut self.file_mut(kind)?.content {
            Content::Records(records) => Some(records),
            Content::Image { .. } => None,
        }
    }

    pub(crate) fn remove(&mut self, kind: Kind) {
        self.files.retain(|file| file.kind != kind);
    }

    /// The name of the image with that number.
    pub(crate) fn image_name(&self, number: u16) -> String {
        self.name(Kind::BasicInformationImage, None, Some(number))
    }

    fn name(&self, kind: Kind, month: Option<&str>, image: Option<u16>) -> String {
        let tail = if self.v3 {
            format!("{}_{}_{}", self.sender.number, self.recipient.number, self.stamp)
        } else {
            let (sender, recipient) = (&self.sender, &self.recipient);
            format!("{}_{}_{}_{}_{}", sender.number, sender.service_type, recipient.number, recipient.service_type, self.stamp)
        };
        match (image, month) {
            (Some(number), _) => format!("{kind}_{tail}_{number:04}.jpg"),
            (None, Some(month)) => format!("{kind}_{month}_{tail}.CSV"),
            (None, None) => format!("{kind}_{tail}.CSV"),
        }
    }

    /// The unit's files.
    pub(crate) fn write(&self) -> Result<Vec<Written>, KitError> {
        self.files.iter().map(|file| self.write_file(file)).collect()
    }

    fn write_file(&self, file: &DraftFile) -> Result<Written, KitError> {
        Ok(match &file.content {
            Content::Image { number, bytes } => {
                Written { kind: file.kind, name: self.image_name(*number), bytes: bytes.clone(), lines: Vec::new() }
            }
            Content::Records(records) => {
                let (mut bytes, mut lines, mut line) = (Vec::new(), vec![1], 1);
                for record in records {
                    let written = record.write(self.style)?;
                    line += written.iter().filter(|byte| **byte == b'\n').count() as u64;
                    lines.push(line);
                    bytes.extend(written);
                }
                Written { kind: file.kind, name: self.name(file.kind, file.month.as_deref(), None), bytes, lines }
            }
        })
    }
}
