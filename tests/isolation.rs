//! Nobody sees another's, and the logs see nobody.

use std::io;
use std::sync::{Arc, Mutex};

use exchange::sign::SigningKey;
use exchange::{TransmissionId, keys};
use tracing_subscriber::fmt::MakeWriter;

use crate::journeys::Running;
use crate::world::corpus::valid;
use crate::world::office::Party;
use crate::world::parcel::{Parcel, attachment};
use crate::world::{World, s3};

#[tokio::test]
async fn what_was_delivered_is_read_by_its_recipient_only() {
    let running = Running::with(valid("seed-1", "UPJSK"), SigningKey::generate_es256().unwrap()).await;
    let draft = running.draft();
    let upload = running.upload(&draft, &running.fixture.bytes).await;
    let id = TransmissionId::new(draft.iss.clone(), draft.jti);
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
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(lines.clone()).finish();
    // all of it runs on this thread
    let _logged = tracing::subscriber::set_default(subscriber);

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

    let output = lines.text();
    for id in &ids {
        assert!(output.contains(&id.to_string()), "{id} is in the log: {output}");
    }
    names_nobody(&output, &fixture.bytes, &["山田", "花子", "診断書", "佐藤", "つばめ", "PDF"]);

    // nor do the keys that the exchange writes, which end in other logs
    for prefix in [keys::INBOX, keys::RETURNS] {
        names_nobody(&world.keys(prefix).await.join("\n"), &[], &["山田", "花子", "診断書", "佐藤"]);
    }
}

/// No cell of the file is in the log, in either encoding, but what its name and key say anyway.
pub(crate) fn names_nobody(output: &str, file: &[u8], words: &[&str]) {
    for word in words {
        assert!(!output.contains(word), "{word} is in the log: {output}");
    }
    let open = |cell: &&[u8]| cell.len() >= 7 && cell.iter().any(|byte| !byte.is_ascii_digit());
    let insured = |cell: &&[u8]| cell.len() == 10 && cell.iter().all(u8::is_ascii_alphanumeric);
    let cells = file.split(|byte| b",\r\n".contains(byte)).map(|cell| cell.trim_ascii()).map(|cell| cell.strip_prefix(b"\"").unwrap_or(cell));
    let cells = cells.map(|cell| cell.strip_suffix(b"\"").unwrap_or(cell)).filter(|cell| open(cell) || insured(cell));
    for cell in cells {
        let Ok(text) = std::str::from_utf8(cell) else {
            assert!(!output.as_bytes().windows(cell.len()).any(|window| window == cell), "a cell is in the log");
            continue;
        };
        // office numbers are no personal data
        let line = output.lines().find(|line| line.contains(text));
        let is_office = line.is_some_and(|line| line.contains(&format!("/{text}/")) || line.contains(&format!("{text}-")));
        assert!(line.is_none() || is_office, "{text} is in the log: {line:?}");
    }
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
