//! How the functions log.
//!
//! JSON lines at the level that a function's logging settings say (`AWS_LAMBDA_LOG_LEVEL`), from our own crates. Libraries stay at warnings, for below
//! that they quote requests; and of a panic its place is told, for its words may quote what was worked on.

use tracing_subscriber::{filter::LevelFilter, filter::Targets, fmt::layer, prelude::*};

/// The variable that Lambda sets from the function's logging settings.
const VARIABLE: &str = "AWS_LAMBDA_LOG_LEVEL";

/// A level that is none: the start stops here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("AWS_LAMBDA_LOG_LEVEL is no level: set TRACE, DEBUG, INFO, WARN, ERROR or FATAL")]
pub struct NoLevel;

/// Starts the log of the function `own`, once for the process.
///
/// # Errors
/// The level in the environment is none.
pub fn start(own: &str) -> Result<(), NoLevel> {
    let level = level(std::env::var(VARIABLE).ok().as_deref())?;
    let targets = Targets::new().with_default(LevelFilter::WARN).with_targets([(own, level), ("store", level)]);
    tracing_subscriber::registry().with(layer().json().with_target(false).with_filter(targets)).init();
    std::panic::set_hook(Box::new(|panic| tracing::error!(place = panic.location().map(ToString::to_string), "panicked")));
    Ok(())
}

fn level(named: Option<&str>) -> Result<LevelFilter, NoLevel> {
    match named {
        None => Ok(LevelFilter::INFO),
        Some("FATAL" | "fatal") => Ok(LevelFilter::ERROR),
        Some(level) => level.parse().map_err(|_| NoLevel),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_levels_are_lambdas() {
        let check = |named, expected| assert_eq!(level(named), expected, "{named:?}");
        check(None, Ok(LevelFilter::INFO));
        check(Some("TRACE"), Ok(LevelFilter::TRACE));
        check(Some("debug"), Ok(LevelFilter::DEBUG));
        check(Some("WARN"), Ok(LevelFilter::WARN));
        check(Some("FATAL"), Ok(LevelFilter::ERROR));
        check(Some("loud"), Err(NoLevel));
    }
}
