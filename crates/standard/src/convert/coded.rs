//! Items that hold codes, and what the codes mean.

use crate::identifiers::ServiceType;
use crate::layout::{Field, Format};

/// True for items whose values are written with their labels: those with a table of codes, and service types.
pub(crate) fn is_coded(field: &Field) -> bool {
    field.format == Format::ServiceType || (field.format == Format::Code && field.codes.is_some())
}

/// The standard's label of a code.
pub(crate) fn label(field: &Field, code: &str) -> Option<&'static str> {
    match field.format {
        Format::ServiceType => ServiceType::from_bytes(code.as_bytes())?.label_ja(),
        _ => field.codes?.find(code.as_bytes()).map(|row| row.label_ja),
    }
}
