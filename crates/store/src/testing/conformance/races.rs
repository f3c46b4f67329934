//! Several callers at once: one wins, the others learn who.

use exchange::{Office, TransmissionStatus};
use futures::future::{join, join_all};

use super::Outside;
use super::examples::{at, delivered, id, number, part, rejected, single};
use super::files::{bytes, opened, order};
use crate::{Entered, Files, Joined, Ledger, Saved, Standing, StoreError, Written};

const CALLERS: u64 = 16;

pub(super) async fn racing_copies_create_once(port: &dyn Files, outside: &dyn Outside) {
    let (key, destination) = ("outbox/9770000007/raced", "inbox/9870000006/raced");
    let mut orders = Vec::new();
    for n in 0..CALLERS {
        orders.push(order(key, &outside.upload(key, None, n.to_string().as_bytes()).await, destination));
    }
    let ended = join_all(orders.iter().map(|order| port.copy(order))).await;
    let winner = only_creation(&ended);
    assert_eq!(bytes(opened(port, destination, None).await).await, winner.to_string().as_bytes());
}

pub(super) async fn racing_creations_create_once(port: &dyn Files) {
    let key = "returns/9770000007/raced.json";
    let ended = join_all((0..CALLERS).map(|n| port.create(key, "application/json", n.to_string().into_bytes()))).await;
    let winner = only_creation(&ended);
    assert_eq!(bytes(opened(port, key, None).await).await, winner.to_string().as_bytes());
}

pub(super) async fn racing_saves_write_once(port: &dyn Ledger) {
    let named = |n: u64| Office::new(number("9770000320"), &n.to_string());
    for read in [None, Some(()), Some(())] {
        let revision = port.office(&number("9770000320")).await.unwrap().map(|(_, revision)| revision);
        assert_eq!(revision.is_some(), read.is_some());
        let offices: Vec<Office> = (0..CALLERS).map(named).collect();
        let ended = join_all(offices.iter().map(|office| port.save_office(office, revision))).await;
        let winners: Vec<u64> = (0..).zip(&ended).filter(|(_, ended)| matches!(ended, Ok(Saved::Written))).map(|(n, _)| n).collect();
        let [winner] = winners[..] else { unreachable!("one save wins: {ended:?}") };
        assert_eq!(port.office(&number("9770000320")).await.unwrap().unwrap().0, named(winner));
    }
}

pub(super) async fn racing_joins_open_one_row(port: &dyn Ledger) {
    let id = id("9770000304", 1);
    let parts: Vec<_> = (0..CALLERS).map(|n| single(&id, at("2026-04-10T00:00:00Z"), &["9870000303"], &n.to_string())).collect();
    let ended = join_all(parts.iter().map(|part| port.join(part))).await;
    let row = port.transmission(&id).await.unwrap().unwrap().transmission;
    let mut written = 0;
    for (part, joined) in parts.iter().zip(ended) {
        match joined.unwrap() {
            Joined::Written(joined) => {
                written += 1;
                assert_eq!((&row, &joined), (&part.opening(), &row));
            }
            Joined::Held(held) => assert_eq!(held, row),
        }
    }
    assert_eq!(written, 1);
}

pub(super) async fn racing_parts_make_one_set(port: &dyn Ledger) {
    let id = id("9770000304", 3);
    let named = |n: u8| part(&id, at("2026-04-10T00:00:00Z"), &["9870000303"], (16, &format!("{n}.pdf")), &n.to_string());
    let parts: Vec<_> = (0..16).map(named).collect();
    let ended = join_all(parts.iter().map(|part| port.join(part))).await;
    let rows: Vec<_> = ended.into_iter().map(|joined| joined.unwrap()).collect();
    let complete = rows.iter().filter(|joined| matches!(joined, Joined::Written(row) if row.is_complete())).count();
    assert_eq!(complete, 1, "one of them finds that it was the last");
    let row = port.transmission(&id).await.unwrap().unwrap().transmission;
    assert!(parts.iter().all(|part| row.standing(part) == Standing::Ours));
}

pub(super) async fn racing_commits_write_once(port: &dyn Ledger) {
    let part = single(&id("9770000304", 2), at("2026-04-10T00:00:00Z"), &["9870000303", "9870000402"], "file");
    let record = part.opening();
    port.join(&part).await.unwrap();
    let commits: Vec<_> = (0..CALLERS).map(|n| delivered(&record, at(&format!("2026-04-10T00:00:{n:02}Z")))).collect();
    let ended = join_all(commits.iter().map(|(record, deliveries)| port.commit(record, deliveries))).await;
    let entry = port.transmission(&record.id).await.unwrap().unwrap();
    let mut written = 0;
    for ((record, deliveries), entered) in commits.iter().zip(ended) {
        match entered {
            Ok(Entered::Written) => {
                written += 1;
                assert_eq!((&entry.transmission, &entry.deliveries), (record, deliveries));
            }
            Ok(Entered::Held(held)) => assert_eq!(held, entry.transmission),
            // two transactions on one row at the same time: the loser is told to come again
            Err(conflict) => assert!(conflict.is_passing(), "{conflict}"),
        }
    }
    assert_eq!(written, 1);
}

pub(super) async fn a_commit_and_a_rejection_never_both_win(port: &dyn Ledger) {
    for n in 10..20 {
        let part = single(&id("9770000304", n), at("2026-04-10T00:00:00Z"), &["9870000303"], "file");
        let record = part.opening();
        port.join(&part).await.unwrap();
        let ((ended, deliveries), refused) = (delivered(&record, record.stored_at), rejected(&record));
        let (commit, reject) = join(port.commit(&ended, &deliveries), port.reject(&refused, 1)).await;
        let won = |entered: &Result<Entered, StoreError>| matches!(entered, Ok(Entered::Written));
        assert!(!(won(&commit) && won(&reject)));
        let entry = port.transmission(&record.id).await.unwrap().unwrap();
        match entry.transmission.status {
            TransmissionStatus::Delivered => assert!(won(&commit) && entry.deliveries == deliveries),
            TransmissionStatus::Rejected => assert!(won(&reject) && entry.deliveries.is_empty()),
            status => assert!(!won(&commit) && !won(&reject), "{status:?}"),
        }
    }
}

/// Which of the calls created, the only one that did.
fn only_creation(ended: &[Result<Written, StoreError>]) -> usize {
    let winners: Vec<usize> = (0..).zip(ended).filter(|(_, ended)| matches!(ended, Ok(Written::Created))).map(|(n, _)| n).collect();
    let fits = |ended: &Result<Written, StoreError>| ended.as_ref().map_or_else(StoreError::is_passing, |_| true);
    assert!(ended.iter().all(fits), "{ended:?}");
    let [winner] = winners[..] else { unreachable!("one creates: {ended:?}") };
    winner
}
