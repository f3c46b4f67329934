//! Webhooks that fail, and ticks that break off.

use std::time::{Duration, Instant};

use ::upkeep::Sent;
use store::testing::When;
use store::{Notices as _, Page};

use super::scene::{HOSTS, OFFICES, Scene};
use super::server::Reply;

#[tokio::test]
async fn what_fails_is_tried_again_for_a_day_and_then_given_up() {
    let scene = Scene::open().await;
    scene.server.reply(HOSTS[0], Reply::Status(500));
    let told = scene.notify(OFFICES[0], 1).await;
    let mut came = Vec::new();
    let (herald, mut sent) = (scene.herald(Some(|_| true)), Sent::default());
    for minute in 0..=2_000 {
        scene.set_minutes(minute);
        sent += herald.run().await.unwrap();
        let [ids, others @ ..] = scene.came();
        assert!(others.iter().all(Vec::is_empty) && ids.iter().all(|id| *id == told.id()));
        came.extend(ids.iter().map(|_| minute));
    }
    assert_eq!(came, [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 991, 1_471]);
    assert_eq!(sent, Sent { put_off: 11, given_up: 1, ..Sent::default() });
    let listed = scene.ledger.notices(&told.office, Page { limit: 9, cursor: None, now: scene.now() }).await.unwrap();
    assert_eq!((listed.items, scene.left().await), (vec![told], 0), "listed as before");
}

#[tokio::test]
async fn what_is_taken_at_last_is_sent_no_more() {
    let scene = Scene::open().await;
    scene.server.reply(HOSTS[0], Reply::Status(503));
    scene.notify(OFFICES[0], 1).await;
    for (minute, wanted) in [
        (0, Sent { put_off: 1, ..Sent::default() }),
        (1, Sent { put_off: 1, ..Sent::default() }),
        (3, Sent { posted: 1, ..Sent::default() }),
        (2_000, Sent::default()),
    ] {
        scene.set_minutes(minute);
        if minute == 3 {
            scene.server.reply(HOSTS[0], Reply::Status(202));
        }
        assert_eq!(scene.tick().await, wanted, "{minute}");
    }
    assert_eq!(scene.came()[0].len(), 3);
}

/// One office's webhook never answers; it costs a tick one request's time, and the others nothing.
#[tokio::test]
async fn a_webhook_that_hangs_keeps_no_other_office_from_its_notices() {
    let scene = Scene::open().await;
    scene.server.reply(HOSTS[0], Reply::Hang);
    for n in 1..=20 {
        for office in &OFFICES[..2] {
            scene.notify(office, n).await;
        }
    }
    scene.server.reply(HOSTS[2], Reply::Status(400));
    for n in 1..=3 {
        scene.notify(OFFICES[2], n).await;
    }
    let began = Instant::now();
    assert_eq!(scene.tick().await, Sent { posted: 20, put_off: 23, ..Sent::default() });
    assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
    let [hanging, well, refusing] = scene.came();
    assert_eq!((hanging.len(), well.len(), refusing.len()), (1, 20, 3), "what one notice is refused for may not hold for the next");
    // a minute later the same: all were put off
    assert_eq!(scene.tick().await, Sent::default());
    scene.server.reply(HOSTS[0], Reply::Status(200));
    scene.set_minutes(1);
    assert_eq!(scene.tick().await, Sent { posted: 20, put_off: 3, ..Sent::default() });
    let [came, ..] = scene.came();
    assert_eq!(came[0], hanging[0], "in their order");
}

/// A webhook that is busy for a day is asked for one notice at a time; the others lose no try by it, and come when it takes them.
#[tokio::test]
async fn what_waits_for_a_busy_webhook_loses_no_try() {
    let scene = Scene::open().await;
    scene.server.reply(HOSTS[0], Reply::Status(429));
    for n in 1..=5 {
        scene.notify(OFFICES[0], n).await;
    }
    let (herald, mut sent, mut asked) = (scene.herald(Some(|_| true)), Sent::default(), Vec::new());
    for minute in 0..=1_471 {
        scene.set_minutes(minute);
        sent += herald.run().await.unwrap();
        let [ids, ..] = scene.came();
        assert!(ids.len() <= 1, "{minute}: {ids:?}");
        asked.extend(ids);
    }
    assert_eq!((asked.len(), sent.given_up, sent.posted, scene.left().await), (12, 1, 0, 4), "twelve tries of one notice");
    assert!(asked.iter().all(|id| *id == asked[0]));
    scene.server.reply(HOSTS[0], Reply::Status(200));
    scene.set_minutes(1_472);
    assert_eq!(scene.tick().await, Sent { posted: 4, ..Sent::default() });
    assert!(scene.came()[0].iter().all(|id| *id != asked[0]));
}

/// A webhook that is never there again holds what is for it a week, and is asked a few times a day.
#[tokio::test]
async fn what_waits_for_a_webhook_longer_than_a_week_is_given_up() {
    let scene = Scene::open().await;
    scene.server.reply(HOSTS[0], Reply::Status(503));
    for n in 1..=20 {
        scene.notify(OFFICES[0], n).await;
    }
    let (herald, mut sent, mut asked) = (scene.herald(Some(|_| true)), Sent::default(), 0);
    for minute in (0..=8 * 24 * 60).step_by(10) {
        scene.set_minutes(minute);
        sent += herald.run().await.unwrap();
        asked += scene.came()[0].len();
        assert!(minute >= 7 * 24 * 60 - 8 * 60 || scene.left().await > 0, "{minute}");
    }
    assert_eq!((sent.given_up, sent.posted, scene.left().await), (20, 0, 0));
    assert!((48..=8 * 12).contains(&asked), "{asked}");
}

#[tokio::test]
async fn a_webhook_that_says_gone_is_not_sent_the_notice_again() {
    let scene = Scene::open().await;
    scene.server.reply(HOSTS[0], Reply::Status(410));
    scene.notify(OFFICES[0], 1).await;
    assert_eq!(scene.tick().await, Sent::default());
    assert_eq!((scene.came()[0].len(), scene.left().await), (1, 0));
}

/// Every call of a tick fails once, on either side: whatever was sent and not noted is sent again, as the same event.
#[tokio::test]
async fn a_tick_that_breaks_off_anywhere_is_completed_by_the_next_at_least_once() {
    let mut twice = 0;
    for n in 1..=4 {
        for when in [When::Before, When::After] {
            let scene = Scene::open().await;
            let told = [scene.notify(OFFICES[0], 1).await, scene.notify(OFFICES[1], 1).await];
            scene.faults.plan(n, when);
            let first = scene.herald(Some(|_| true)).run().await;
            assert!(first.is_err() || first.unwrap().or_ring().is_err(), "{n} {when:?}: it rings");
            scene.faults.clear();
            let second = scene.tick().await;
            assert_eq!((second.failed, scene.left().await), (0, 0), "{n} {when:?}");
            assert_eq!(scene.tick().await, Sent::default(), "{n} {when:?}");
            let [one, two, _] = scene.came();
            for (came, told) in [one, two].iter().zip(&told) {
                assert!(!came.is_empty() && came.iter().all(|id| *id == told.id()), "{n} {when:?}: {came:?}");
                twice += usize::from(came.len() > 1);
            }
        }
    }
    assert_eq!(twice, 2, "what was taken before the ledger failed");
}
