//! Nobody sees another's, and the logs see nobody.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;
use std::sync::Once;

use exchange::sign::SigningKey;
use exchange::{TransmissionId, keys};

use crate::journeys::Running;
use crate::world::corpus::{Fixture, valid};
use crate::world::office::Party;
use crate::world::parcel::{Parcel, attachment};
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
        let filter = "deliver=trace,store=trace,exchange=trace,standard=trace,embedded=trace";
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
