//! Nobody sees another's, and the logs see nobody.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;
use std::sync::Once;

use exchange::sign::SigningKey;
use exchange::{TransmissionId, TransmissionStatus, keys};
use jiff::SignedDuration;
use store::steps::cancel;

use crate::journeys::Running;
use crate::world::corpus::{Fixture, demo, valid};
use crate::world::office::Party;
use crate::world::parcel::{Parcel, attachment};
use crate::world::set::{Set, text};
use crate::world::{World, s3};

#[tokio::test]
async fn what_was_delivered_is_read_by_its_recipient_only() {
    let running = Running::with(valid("seed-1", "UPJSK"), SigningKey::generate_es256().unwrap()).await;
    let draft = running.draft();
    let upload = running.upload(&draft, &running.fixture.bytes).await;
    let id = TransmissionId::new(draft.iss, draft.jti);
    let inbox = format!("inbox/{}/", running.recipient);
    let document = format!("{inbox}{id}/delivery.json");
    running.wait_for(&running.recipient, &document).await;
    let bucket = running.bucket();
    for stranger in [running.sender.number(), "9700000002"] {
        let client = running.office(stranger);
        for key in [&document, &format!("{inbox}{id}/{}", draft.name), &upload] {
            assert_eq!(s3::answer(client.get_object().bucket(bucket).key(key).send().await), "AccessDenied", "{stranger} {key}");
        }
        assert_eq!(s3::answer(client.list_objects_v2().bucket(bucket).prefix(&inbox).send().await), "AccessDenied", "{stranger}");
        assert_eq!(s3::answer(client.list_objects_v2().bucket(bucket).send().await), "AccessDenied", "{stranger}");
        let copy = client.copy_object().bucket(bucket).key(format!("outbox/{stranger}/x")).copy_source(format!("{bucket}/{document}"));
        assert_eq!(s3::answer(copy.send().await), "AccessDenied", "{stranger}");
    }
    // nor may the recipient change what it was sent
    let client = running.office(&running.recipient);
    assert_eq!(s3::answer(client.delete_object().bucket(bucket).key(&document).send().await), "AccessDenied");
    assert_eq!(s3::answer(client.put_object().bucket(bucket).key(&document).send().await), "AccessDenied");
    assert_eq!(s3::answer(client.get_object().bucket(bucket).key(&document).send().await), "OK");
}

#[tokio::test]
async fn a_whole_journey_leaves_no_person_in_the_logs() {
    log_of_this_thread();
    let (world, fixture) = (World::in_memory(), valid("seed-1", "UPJSK"));
    let sender = Party::new(&fixture.sender);
    world.register(&sender.office).await;
    world.register(&Party::new(fixture.recipient.split('-').next().unwrap()).office).await;
    let scan = attachment("山田花子様 診断書.pdf", b"%PDF-1.7\n%%EOF\n");
    let mut defect = fixture.clone();
    defect.bytes.extend_from_slice(&fixture.bytes[..40]);
    let mut ids = Vec::new();
    for file in [&fixture, &scan, &defect] {
        let (mut parcel, id) = Parcel::of(&sender, file, world.now());
        parcel.key = format!("outbox/{}/山田花子様.pdf", sender.number());
        let stored = world.send(&parcel).await;
        assert!(world.handle(&[&stored.message]).await.is_empty());
        ids.push(id);
    }
    let forged = Parcel { key: format!("outbox/{}/佐藤 太郎様", sender.number()), ..Parcel::of(&sender, &scan, world.now()).0 };
    world.send(&Parcel { bytes: vec![0], ..forged }).await;
    assert_eq!(world.handle(&["{\"山田花子様\": 1}"]).await, [0]);
    let (parcel, _) = Parcel::of(&sender, &scan, world.now());
    let stored = world.upload(&parcel).await;
    world.faults.plan(2, store::testing::When::Before);
    assert_eq!(world.handle(&[&stored.message]).await, [0]);

    let output = log_of_this_thread();
    for id in &ids {
        assert!(output.contains(&id.to_string()), "{id} is in the log: {output}");
    }
    names_nobody(&output, &fixture, &["山田", "花子", "診断書", "佐藤", "つばめ", "PDF"]);

    // nor do the keys that the exchange writes, which end in other logs
    for prefix in [keys::INBOX, keys::RETURNS] {
        names_nobody(&world.keys(prefix).await.join("\n"), &fixture, &["山田", "花子", "診断書", "佐藤"]);
    }
}

/// What ends without an event is told of without a name too: parts that never came, what was left behind, what failed, what is stuck, a cancellation.
#[tokio::test]
async fn upkeep_and_a_cancellation_leave_no_person_in_the_logs() {
    log_of_this_thread();
    let world = World::in_memory();
    let files = [demo(&["UPPLAN", "UPSIKYU"]), vec![text("山田花子様 ご連絡.txt", "山田花子様の件"), text("佐藤様.exe", "MZ")]].concat();
    let (sender, to) = (&files[0].sender, [files[0].recipient.as_str()]);
    let new_set = async |files: &[Fixture]| Set::of(&world, sender, &to, files).await;
    let parcels = |set: &Set| {
        let key = |parcel: Parcel| Parcel { key: format!("outbox/{}/山田花子様/{}", set.sender.number(), parcel.key), ..parcel };
        set.parcels().into_iter().map(key).collect::<Vec<_>>()
    };

    // of one a part never comes
    let incomplete = new_set(&files).await;
    for parcel in &parcels(&incomplete)[1..] {
        world.send(parcel).await;
    }
    // of another all come, and the last one's run breaks off
    let stuck = new_set(&files).await;
    let mut waiting = parcels(&stuck);
    let last = waiting.remove(3);
    for parcel in &waiting {
        world.send(parcel).await;
    }
    let last = world.upload(&last).await;
    world.faults.plan(2, store::testing::When::After);
    assert_eq!(world.handle(&[&last.message]).await, [0]);
    world.faults.clear();
    // one is delivered and taken back, and something is found there later
    let taken_back = new_set(&files[2..3]).await;
    world.send(&parcels(&taken_back)[0]).await;
    let (cancelled_files, ledger) = world.ground.faulty(&world.faults);
    world.faults.plan(4, store::testing::When::Before);
    cancel(&*cancelled_files, &*ledger, &taken_back.id, world.now()).await.unwrap_err();
    world.faults.clear();

    world.set_now(world.now() + SignedDuration::from_hours(25));
    // a call fails at each of the three, in ticks of their own
    for call in 2..=12 {
        world.faults.plan(call, store::testing::When::Before);
        drop(world.try_upkeep().await);
        world.faults.clear();
    }
    world.upkeep().await;
    let status = async |set: &Set| world.entry(&set.id).await.unwrap().transmission.status;
    assert_eq!((status(&incomplete).await, status(&taken_back).await), (TransmissionStatus::Rejected, TransmissionStatus::Cancelled));
    assert!(world.keys("inbox/").await.is_empty());

    let output = log_of_this_thread();
    for (set, told) in [(&incomplete, "rejected: incomplete"), (&stuck, "all parts came"), (&taken_back, "left objects behind")] {
        let id = set.id.to_string();
        assert!(output.lines().any(|line| line.contains("upkeep") && line.contains(told) && line.contains(&id)), "{told}: {output}");
    }
    assert!(output.contains("stays due"), "{output}");
    for file in &files[..2] {
        names_nobody(&output, file, &["山田", "花子", "佐藤", "つばめ", "ご連絡", ".CSV", ".txt", ".exe"]);
    }
}

/// None of these words is in the log, nor a name or an insured person's number of the file. Office numbers are no personal data.
pub(crate) fn names_nobody(output: &str, file: &Fixture, words: &[&str]) {
    for word in words {
        assert!(!output.contains(word), "{word} is in the log: {output}");
    }
    let offices = [file.sender.as_bytes(), file.recipient.split('-').next().unwrap_or_default().as_bytes()];
    let telling = |cell: &[u8]| {
        let number = cell.len() == 10 && cell.iter().all(u8::is_ascii_alphanumeric);
        let text = cell.len() >= 7 && !cell.iter().all(u8::is_ascii_digit);
        (number || text) && !offices.contains(&cell)
    };
    let cells: BTreeSet<&[u8]> = file.bytes.split(|byte| b",\r\n\"".contains(byte)).filter(|cell| telling(cell)).collect();
    assert!(!cells.is_empty(), "the file has cells that tell of somebody");
    for cell in cells {
        assert!(!output.as_bytes().windows(cell.len()).any(|window| window == cell), "a cell as it was sent is in the log");
        let text = standard::decode_ms932(cell).unwrap();
        assert!(!output.contains(&*text), "{text} is in the log");
    }
}

thread_local! {
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// What this thread has logged since this was asked last; a test whose work runs on one thread sees its own lines only.
///
/// One subscriber for the whole process: of several, tracing may ask another thread's whether anybody listens.
fn log_of_this_thread() -> String {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        let filter = "deliver=trace,upkeep=trace,store=trace,exchange=trace,standard=trace,embedded=trace";
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(|| Log).init();
    });
    String::from_utf8(LOG.take()).unwrap()
}

struct Log;

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
