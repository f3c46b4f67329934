//! The kit's README.

use askama::Template;

use crate::error::KitError;
use crate::kit::{Kit, KitUnit};
use crate::pattern::Pattern;

#[derive(Template)]
#[template(path = "README.md")]
struct Readme<'a> {
    seed: u64,
    valid: Vec<&'a KitUnit>,
    bad: Vec<&'a KitUnit>,
    patterns: [Pattern; 7],
}

/// What the kit holds and how to use it.
pub(crate) fn readme(kit: &Kit) -> Result<String, KitError> {
    let (valid, bad) = kit.units.iter().partition(|unit| unit.expected.rule.is_none());
    Ok(Readme { seed: kit.seed, valid, bad, patterns: Pattern::ALL }.render()?)
}
