//! Notices that are due to be sent.

use exchange::{About, Notice, NoticeKind};
use jiff::{SignedDuration, Timestamp};

use super::examples::{at, id, number};
use crate::{Notices, Outgoing, Page, Progress};

const SENDER: &str = "9770000908";
const OFFICES: [&str; 3] = ["9870000907", "9870000915", "9870000923"];

fn moment(millis: i64) -> Timestamp {
    at("2026-05-10T00:00:00.250Z") + SignedDuration::from_millis(millis)
}

fn notice(office: &str, n: u64, at: Timestamp) -> Notice {
    let about = About::Delivery { transmission: id(SENDER, n), recipient: number(OFFICES[0]) };
    Notice { office: number(office), kind: NoticeKind::NotCollected, at, about }
}

/// Those of these offices that are due then, in the order in which they come.
async fn due(port: &dyn Notices, now: Timestamp) -> Vec<Outgoing> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let listing = port.due_notices(Page { limit: 2, cursor, now }).await.unwrap();
        assert!(listing.items.len() <= 2);
        found.extend(listing.items.into_iter().filter(|due| OFFICES.contains(&due.notice.office.as_str())));
        match listing.next_cursor {
            Some(next) => cursor = Some(next),
            None => return found,
        }
    }
}

pub(super) async fn a_notice_is_due_to_be_sent_until_that_is_said_to_be_over(port: &dyn Notices) {
    let [first, second] = [OFFICES[0], OFFICES[1]].map(|office| notice(office, 1, moment(0)));
    let both = [first.clone(), second.clone()];
    port.notify(&both).await.unwrap();
    assert_eq!(due(port, moment(-1)).await, [], "not before it came about");
    let as_written = |notice: &Notice| Outgoing { notice: notice.clone(), due_at: moment(0), progress: Progress::default() };
    let mut found = due(port, moment(0)).await;
    found.sort_by_key(|due| due.notice.office);
    assert_eq!(found, both.each_ref().map(as_written));

    let progress = Progress { tries: 3, published: true, posted: false };
    let seen = as_written(&first);
    // what is due is kept to the millisecond
    port.set_notice_due(&seen, Some((moment(60_000) + SignedDuration::from_nanos(999), progress))).await.unwrap();
    // what is due otherwise than was seen is left as it is
    port.set_notice_due(&seen, None).await.unwrap();
    port.set_notice_due(&seen, Some((moment(1), Progress::default()))).await.unwrap();
    assert_eq!(due(port, moment(59_999)).await, [as_written(&second)]);
    let again = Outgoing { due_at: moment(60_000), progress, ..as_written(&first) };
    let mut found = due(port, moment(60_000)).await;
    found.sort_by_key(|due| due.notice.office);
    assert_eq!(found, [again, as_written(&second)]);
    for seen in &found {
        for _ in 0..2 {
            port.set_notice_due(seen, None).await.unwrap();
        }
    }
    assert_eq!(due(port, moment(9_999_999)).await, []);
    // told once more it is the same notice, which was sent
    port.notify(&both).await.unwrap();
    assert_eq!(due(port, moment(9_999_999)).await, []);
    let listed = port.notices(&first.office, Page { limit: 9, cursor: None, now: moment(0) }).await.unwrap();
    assert_eq!(listed.items, [first], "it is listed as before");
}

pub(super) async fn an_offices_notices_come_in_the_order_they_became_due(port: &dyn Notices) {
    let notices: Vec<Notice> = [4, 2, 5, 1, 3].map(|n| notice(OFFICES[2], 10 + n, moment(i64::try_from(n).unwrap()))).into();
    port.notify(&notices).await.unwrap();
    let found = due(port, moment(100)).await;
    assert_eq!(found.iter().map(|due| due.due_at).collect::<Vec<_>>(), [1, 2, 3, 4, 5].map(moment));
    for seen in &found {
        port.set_notice_due(seen, None).await.unwrap();
    }
    assert_eq!(due(port, moment(100)).await, []);
}
