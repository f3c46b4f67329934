//! States that only move forward (contract §4).

use jiff::SignedDuration;

/// Gives an enum its names in the contract, for text, JSON and the API's description alike.
macro_rules! named {
    ($(#[$docs:meta])* $type:ident ($what:literal) { $($(#[$variant_docs:meta])* $variant:ident = $name:tt),+ $(,)? }) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $type { $($(#[$variant_docs])* #[serde(rename = $name)] $variant),+ }

        impl $type {
            /// Every one, in the contract's order.
            pub const ALL: &[$type] = &[$($type::$variant),+];

            /// Its name in the contract.
            pub fn as_str(self) -> &'static str {
                match self { $($type::$variant => $name),+ }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::UnknownName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text).ok_or($crate::UnknownName($what))
            }
        }
    };
}
pub(crate) use named;

/// How long a transmission waits for its parts, counted from the first (contract §4).
pub const WAIT_FOR_PARTS: SignedDuration = SignedDuration::from_hours(24);

/// A text that names no state, outcome or code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a {0}")]
pub struct UnknownName(pub(crate) &'static str);

named! {
    /// How a transmission stands.
    TransmissionStatus ("transmission's status") {
        /// Some of its files have not come yet.
        Waiting = "waiting",
        /// Copied whole to every recipient.
        Delivered = "delivered",
        /// Final: nothing was delivered.
        Rejected = "rejected",
        /// Taken back by its sender before anybody took it.
        Cancelled = "cancelled",
    }
}

named! {
    /// How one recipient's delivery stands.
    DeliveryStatus ("delivery's status") {
        /// In the inbox.
        Delivered = "delivered",
        /// Fetched through the API.
        Collected = "collected",
        /// The recipient said what became of it.
        Acknowledged = "acknowledged",
        /// Taken back by the sender.
        Cancelled = "cancelled",
        /// Deleted unacknowledged, 93 days after delivery.
        Expired = "expired",
    }
}

named! {
    /// What the recipient's software made of a delivery.
    Outcome ("delivery's outcome") {
        /// Taken in.
        Imported = "imported",
        /// Not taken in, so far.
        ImportFailed = "import-failed",
    }
}

impl TransmissionStatus {
    /// Whether this status may be followed by `next`. Cancelling needs besides that no delivery is collected or acknowledged.
    pub fn may_become(self, next: TransmissionStatus) -> bool {
        use TransmissionStatus::{Cancelled, Delivered, Rejected, Waiting};
        matches!((self, next), (Waiting, Delivered | Rejected) | (Delivered, Cancelled))
    }

    /// Whether nothing can follow but a cancellation.
    pub fn has_ended(self) -> bool {
        self != TransmissionStatus::Waiting
    }
}

impl DeliveryStatus {
    /// Whether this status may be followed by `next`. A reader by S3 alone goes straight to acknowledged.
    pub fn may_become(self, next: DeliveryStatus) -> bool {
        use DeliveryStatus::{Acknowledged, Cancelled, Collected, Delivered, Expired};
        matches!((self, next), (Delivered, Collected | Acknowledged | Cancelled | Expired) | (Collected, Acknowledged | Expired))
    }
}

impl Outcome {
    /// Whether this outcome may be corrected to `next`: only a failed import may, to an import.
    pub fn may_become(self, next: Outcome) -> bool {
        (self, next) == (Outcome::ImportFailed, Outcome::Imported)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All pairs: `rows[from]` has a mark for each status in the order of `ALL`, `>` where it may become that.
    fn check<T: Copy + std::fmt::Display>(all: &[T], rows: &[&str], may_become: fn(T, T) -> bool) {
        for (from, row) in all.iter().zip(rows) {
            for (next, mark) in all.iter().zip(row.chars()) {
                assert_eq!(may_become(*from, *next), mark == '>', "{from} → {next}");
            }
            assert_eq!(row.len(), all.len());
        }
        assert_eq!(rows.len(), all.len());
    }

    #[test]
    fn states_only_move_forward() {
        check(TransmissionStatus::ALL, &["->>-", "--->", "----", "----"], TransmissionStatus::may_become);
        check(DeliveryStatus::ALL, &["->>>>", "-->->", "-----", "-----", "-----"], DeliveryStatus::may_become);
        check(Outcome::ALL, &["--", ">-"], Outcome::may_become);
    }

    #[test]
    fn a_name_reads_as_it_is_written() {
        for status in TransmissionStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(*status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
        for status in DeliveryStatus::ALL {
            assert_eq!(serde_json::from_value::<DeliveryStatus>(status.as_str().into()).unwrap(), *status);
        }
        assert_eq!("import-failed".parse(), Ok(Outcome::ImportFailed));
        assert!("Imported".parse::<Outcome>().is_err());
        assert_eq!(TransmissionStatus::ALL.iter().map(|status| status.has_ended()).collect::<Vec<_>>(), [false, true, true, true]);
    }
}
