use std::time::{Duration, Instant};

use embedded::queue::Queue;
use embedded::{Exchange, Options};
use store::{Clock, Queue as _, SqsQueue};
use tempfile::TempDir;

use crate::place::open;

const HOUR: Duration = Duration::from_secs(3600);

async fn bodies(queue: &Queue, visibility: Duration) -> Vec<(String, u32)> {
    queue.receive(10, visibility).await.unwrap().into_iter().map(|message| (message.body, message.receive_count)).collect()
}

#[tokio::test]
async fn a_message_comes_again_until_it_is_deleted() {
    let folder = TempDir::new().unwrap();
    let queue = open(folder.path()).queue();
    queue.send("a", Duration::ZERO).await.unwrap();
    queue.send("b", Duration::ZERO).await.unwrap();
    let first = queue.receive(1, HOUR).await.unwrap();
    assert_eq!(first[0].body, "a");
    assert_eq!(bodies(&queue, HOUR).await, [("b".to_owned(), 1)]);
    assert_eq!(bodies(&queue, HOUR).await, []);
    assert!(queue.release(&first[0].receipt, Duration::ZERO).await.unwrap());
    let second = queue.receive(10, HOUR).await.unwrap();
    assert_eq!((second[0].body.as_str(), second[0].receive_count, second[0].id), ("a", 2, first[0].id));
    assert!(!queue.delete(&first[0].receipt).await.unwrap());
    assert!(!queue.release(&first[0].receipt, Duration::ZERO).await.unwrap());
    assert!(queue.delete(&second[0].receipt).await.unwrap());
    assert!(!queue.delete(&second[0].receipt).await.unwrap());
    assert_eq!(queue.pending().await.unwrap(), 1);
}

#[tokio::test]
async fn visibility_and_delay_end() {
    let folder = TempDir::new().unwrap();
    let queue = open(folder.path()).queue();
    queue.send("late", Duration::from_millis(300)).await.unwrap();
    assert_eq!(bodies(&queue, HOUR).await, []);
    let begun = Instant::now();
    while bodies(&queue, Duration::from_millis(200)).await.is_empty() {
        queue.wait(HOUR).await.unwrap();
    }
    assert!(begun.elapsed() < Duration::from_secs(60));
    while bodies(&queue, HOUR).await != [("late".to_owned(), 2)] {
        queue.wait(HOUR).await.unwrap();
    }
}

#[tokio::test]
async fn a_waiting_receiver_is_woken_by_a_message() {
    let folder = TempDir::new().unwrap();
    let queue = open(folder.path()).queue();
    let waiting = tokio::spawn({
        let queue = queue.clone();
        async move {
            queue.wait(HOUR).await.unwrap();
            bodies(&queue, HOUR).await
        }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    queue.send("a", Duration::ZERO).await.unwrap();
    assert_eq!(tokio::time::timeout(Duration::from_secs(30), waiting).await.unwrap().unwrap(), [("a".to_owned(), 1)]);
}

#[tokio::test]
async fn what_was_received_too_often_is_dead_until_it_is_driven_again() {
    let folder = TempDir::new().unwrap();
    let queue = open(folder.path()).queue().with_max_receives(3);
    queue.send("bad", Duration::ZERO).await.unwrap();
    queue.send("good", Duration::ZERO).await.unwrap();
    for receive_count in 1..=3 {
        for message in queue.receive(10, HOUR).await.unwrap() {
            assert_eq!(message.receive_count, if message.body == "bad" { receive_count } else { 1 });
            match message.body.as_str() {
                "bad" => queue.release(&message.receipt, Duration::ZERO).await.unwrap(),
                _ => queue.delete(&message.receipt).await.unwrap(),
            };
        }
    }
    assert_eq!(bodies(&queue, HOUR).await, []);
    let dead = queue.dead_letters().await.unwrap();
    assert_eq!((dead.len(), dead[0].body.as_str(), dead[0].receive_count), (1, "bad", 3));
    assert_eq!(queue.redrive().await.unwrap(), 1);
    assert_eq!(bodies(&queue, HOUR).await, [("bad".to_owned(), 1)]);
    assert_eq!(queue.dead_letters().await.unwrap(), []);
}

#[tokio::test]
async fn after_a_restart_all_that_was_delayed_or_in_flight_is_due() {
    let folder = TempDir::new().unwrap();
    {
        let queue = open(folder.path()).queue();
        queue.send("in flight", Duration::ZERO).await.unwrap();
        assert_eq!(bodies(&queue, HOUR).await.len(), 1);
        queue.send("delayed", HOUR).await.unwrap();
        queue.send("done", Duration::ZERO).await.unwrap();
        let done = queue.receive(1, HOUR).await.unwrap();
        queue.delete(&done[0].receipt).await.unwrap();
    }
    let queue = open(folder.path()).queue();
    // what the restart cut off doesn't count as a try
    assert_eq!(bodies(&queue, HOUR).await, [("in flight".to_owned(), 1), ("delayed".to_owned(), 1)]);
}

#[tokio::test]
async fn a_dead_letter_survives_a_restart() {
    let folder = TempDir::new().unwrap();
    {
        let queue = open(folder.path()).queue().with_max_receives(1);
        queue.send("bad", Duration::ZERO).await.unwrap();
        let received = queue.receive(1, HOUR).await.unwrap();
        queue.release(&received[0].receipt, Duration::ZERO).await.unwrap();
        assert_eq!(bodies(&queue, HOUR).await, []);
    }
    let queue = open(folder.path()).queue();
    assert_eq!(bodies(&queue, HOUR).await, []);
    assert_eq!(queue.dead_letters().await.unwrap()[0].body, "bad");
    assert_eq!(queue.redrive().await.unwrap(), 1);
    assert_eq!(bodies(&queue, HOUR).await, [("bad".to_owned(), 1)]);
}

#[tokio::test]
async fn the_exchange_itself_asks_it_as_it_asks_sqs() {
    let folder = TempDir::new().unwrap();
    let options = Options { data: folder.path().to_owned(), port: 0, clock: Clock::system() };
    let exchange = Exchange::start_endpoints(options).await.unwrap();
    let (queue, dead_letters) = (exchange.operator.queue(), exchange.operator.dead_letters());
    assert_eq!(dead_letters.redrive().await.unwrap(), 0);
    queue.send("told again".to_owned()).await.unwrap();
    for count in 1..=embedded::queue::MAX_RECEIVES {
        assert_eq!(bodies(&exchange.queue, Duration::ZERO).await, [("told again".to_owned(), count)]);
    }
    assert_eq!(bodies(&exchange.queue, HOUR).await, []);
    assert_eq!(dead_letters.redrive().await.unwrap(), 1);
    assert_eq!(bodies(&exchange.queue, HOUR).await, [("told again".to_owned(), 1)]);

    // only the operator, and each queue for its own
    let foreign = store::Endpoints { secret_access_key: "guessed".to_owned(), ..exchange.operator.endpoints() };
    let url = format!("{}/000000000000/renkei-events", exchange.operator.dynamodb);
    SqsQueue::at(&foreign, &url).send("forged".to_owned()).await.unwrap_err();
    dead_letters.send("forged".to_owned()).await.unwrap_err();
    queue.redrive().await.unwrap_err();
    assert_eq!(exchange.queue.pending().await.unwrap(), 1);
}
