//! The schedules' ticks.

use std::time::Duration;

use upkeep::herald::TICK_AT_MOST;
use upkeep::webhook::REQUEST_AT_MOST;

use super::{number, resource, text};

#[test]
fn notices_are_sent_every_minute_by_a_tick_that_ends_before_the_next() {
    let function = &resource("Upkeep")["Properties"];
    let tick = |name: &str| {
        let tick = &function["Events"][name]["Properties"];
        (text(&tick["Schedule"]).to_owned(), tick["Input"].as_str().map(str::to_owned))
    };
    assert_eq!(tick("Tick"), ("rate(15 minutes)".to_owned(), None));
    assert_eq!(tick("Notices"), ("rate(1 minute)".to_owned(), Some(r#"{"task":"notices"}"#.to_owned())));
    // a failed tick that comes again would run beside the next one
    let again = &function["EventInvokeConfig"];
    assert_eq!((number(&again["MaximumRetryAttempts"]), number(&again["MaximumEventAgeInSeconds"])), (0, 60));
    assert!(TICK_AT_MOST + REQUEST_AT_MOST < Duration::from_secs(60));
}
