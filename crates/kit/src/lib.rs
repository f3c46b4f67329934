//! The vendor kit. Pure.

mod draft;
mod error;
mod filler;
mod image;
mod pattern;
mod record;
mod texts;
mod units;
mod valid;
mod world;

pub use error::KitError;
pub use pattern::Pattern;

/// Dev.
pub fn dev(seed: u64) -> Result<Vec<(String, Vec<u8>)>, KitError> {
    let mut world = world::World::new(seed)?;
    let mut out = Vec::new();
    for (number, unit) in valid::VALID.iter().enumerate() {
        for file in units::make(&mut world, unit.order, number as u32)?.write()? {
            out.push((format!("valid/{}/{}", unit.name, file.name), file.bytes));
        }
    }
    Ok(out)
}
