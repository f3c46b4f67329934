//! The event queue: at-least-once, with delay, redelivery and dead letters, on the store's own database.
//!
//! A message that is received becomes invisible for a while and comes again unless it is deleted. One that was received
//! too often is set aside as a dead letter. Nothing is lost when the process is killed: at the next opening every
//! message that was waiting or in flight is due at once.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};
use uuid::Uuid;

pub use crate::database::StorageError;

use crate::database::Database;

/// A message is dead once it was received this often and not deleted; the deployed queue's `maxReceiveCount`.
pub const MAX_RECEIVES: u32 = 5;

/// A handle on the queue; clones share it.
#[derive(Clone)]
pub struct Queue {
    database: Arc<Database>,
    max_receives: u32,
}

/// A message in the hands of one receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The same at every receive.
    pub id: i64,
    /// Names this receive: what `delete` and `release` take. Void once the message was received again.
    pub receipt: String,
    /// As it was sent.
    pub body: String,
    /// How often it was received, this time included.
    pub receive_count: u32,
    /// When it was sent (wall clock).
    pub first_enqueued: Timestamp,
}

/// A message that was received too often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// As in [`Message`].
    pub id: i64,
    /// As it was sent.
    pub body: String,
    /// How often it was received.
    pub receive_count: u32,
    /// When it was sent (wall clock).
    pub first_enqueued: Timestamp,
}

impl Queue {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self { database, max_receives: MAX_RECEIVES }
    }

    /// The same queue with another limit of receives.
    #[must_use]
    pub fn with_max_receives(mut self, max_receives: u32) -> Self {
        self.max_receives = max_receives;
        self
    }

    /// Queues `body`, due after `delay`. Returns the message's id once it is on the disk.
    ///
    /// # Errors
    /// The database failed; nothing was queued.
    pub async fn send(&self, body: impl Into<String>, delay: Duration) -> Result<i64, StorageError> {
        let body = body.into();
        let visible_ms = self.in_ms(delay);
        let id = self.database.transaction(move |transaction| enqueue(transaction, &body, visible_ms, Timestamp::now())).await?;
        self.database.wake.notify_one();
        Ok(id)
    }

    /// Takes up to `max` due messages, oldest first, and hides them for `visibility`. Sets aside what is dead.
    ///
    /// # Errors
    /// The database failed; nothing was received.
    pub async fn receive(&self, max: usize, visibility: Duration) -> Result<Vec<Message>, StorageError> {
        let (now, until, max_receives) = (self.database.elapsed_ms(), self.in_ms(visibility), self.max_receives);
        let max = i64::try_from(max).unwrap_or(i64::MAX);
        self.database
            .transaction(move |transaction| {
                transaction.execute(
                    "UPDATE messages SET dead = 1, receipt = NULL WHERE dead = 0 AND visible_ms <= ?1 AND receive_count >= ?2",
                    params![now, max_receives],
                )?;
                let mut due = transaction.prepare_cached(
                    "SELECT id, body, receive_count, first_enqueued_ms FROM messages
                     WHERE dead = 0 AND visible_ms <= ?1 ORDER BY visible_ms, id LIMIT ?2",
                )?;
                let letters = due.query_map(params![now, max], letter)?.collect::<Result<Vec<_>, _>>()?;
                letters.into_iter().map(|letter| hand_out(transaction, letter, until)).collect()
            })
            .await
    }

    /// The message is done. False when the receipt is void: it was received again or is gone.
    ///
    /// # Errors
    /// The database failed; the message will come again.
    pub async fn delete(&self, receipt: &str) -> Result<bool, StorageError> {
        let receipt = receipt.to_owned();
        self.database
            .transaction(move |transaction| Ok(transaction.execute("DELETE FROM messages WHERE receipt = ?1", [&receipt])? > 0))
            .await
    }

    /// Hands a message back, due again after `delay`. False when the receipt is void.
    ///
    /// # Errors
    /// The database failed; the message comes again when its visibility ends.
    pub async fn release(&self, receipt: &str, delay: Duration) -> Result<bool, StorageError> {
        let (receipt, visible_ms) = (receipt.to_owned(), self.in_ms(delay));
        let released = self
            .database
            .transaction(move |transaction| {
                let sql = "UPDATE messages SET visible_ms = ?2, receipt = NULL WHERE receipt = ?1 AND dead = 0";
                Ok::<_, StorageError>(transaction.execute(sql, params![receipt, visible_ms])? > 0)
            })
            .await?;
        self.database.wake.notify_one();
        Ok(released)
    }

    /// What was received too often, oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn dead_letters(&self) -> Result<Vec<DeadLetter>, StorageError> {
        self.database
            .transaction(|transaction| {
                let mut dead = transaction
                    .prepare_cached("SELECT id, body, receive_count, first_enqueued_ms FROM messages WHERE dead = 1 ORDER BY id")?;
                Ok(dead.query_map([], letter)?.collect::<Result<Vec<_>, _>>()?)
            })
            .await
    }

    /// Queues the dead letters again, due at once and with a fresh count. Returns how many.
    ///
    /// # Errors
    /// The database failed; nothing was moved.
    pub async fn redrive(&self) -> Result<usize, StorageError> {
        let now = self.database.elapsed_ms();
        let moved = self
            .database
            .transaction(move |transaction| {
                let sql = "UPDATE messages SET dead = 0, receive_count = 0, visible_ms = ?1 WHERE dead = 1";
                Ok::<_, StorageError>(transaction.execute(sql, [now])?)
            })
            .await?;
        self.database.wake.notify_one();
        Ok(moved)
    }

    /// How many messages are neither deleted nor dead: waiting, delayed or in flight.
    ///
    /// # Errors
    /// The database failed.
    pub async fn pending(&self) -> Result<u64, StorageError> {
        self.database
            .transaction(|transaction| {
                Ok(transaction.query_row("SELECT count(*) FROM messages WHERE dead = 0", [], |row| row.get::<_, i64>(0))?.unsigned_abs())
            })
            .await
    }

    /// Waits until a message may be due: one was queued or released, or the next one's time has come.
    /// At most `at_most`, so that a caller may look at other things. For a single receiver.
    ///
    /// # Errors
    /// The database failed.
    pub async fn wait(&self, at_most: Duration) -> Result<(), StorageError> {
        let next: Option<i64> = self
            .database
            .transaction(|transaction| {
                let sql = "SELECT visible_ms FROM messages WHERE dead = 0 ORDER BY visible_ms LIMIT 1";
                Ok::<_, StorageError>(transaction.query_row(sql, [], |row| row.get(0)).optional()?)
            })
            .await?;
        let due = next.map(|ms| u64::try_from(ms.saturating_sub(self.database.elapsed_ms())).unwrap_or(0));
        let sleep = due.map_or(at_most, |ms| at_most.min(Duration::from_millis(ms)));
        tokio::select! {
            () = self.database.wake.notified() => {}
            () = tokio::time::sleep(sleep) => {}
        }
        Ok(())
    }

    fn in_ms(&self, delay: Duration) -> i64 {
        self.database.elapsed_ms().saturating_add(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Queues a message within a transaction that may hold more.
pub(crate) fn enqueue(transaction: &Transaction<'_>, body: &str, visible_ms: i64, now: Timestamp) -> Result<i64, StorageError> {
    transaction.prepare_cached("INSERT INTO messages (body, visible_ms, first_enqueued_ms) VALUES (?1, ?2, ?3)")?.execute(params![
        body,
        visible_ms,
        now.as_millisecond()
    ])?;
    Ok(transaction.last_insert_rowid())
}

/// Makes everything that waited or was in flight when the last process ended due now; a receive that was cut off doesn't count.
pub(crate) fn recover(transaction: &Transaction<'_>) -> Result<(), StorageError> {
    transaction.execute(
        "UPDATE messages SET visible_ms = 0, receive_count = receive_count - (receipt IS NOT NULL), receipt = NULL WHERE dead = 0",
        [],
    )?;
    Ok(())
}

fn hand_out(transaction: &Transaction<'_>, letter: DeadLetter, until: i64) -> Result<Message, StorageError> {
    let DeadLetter { id, body, receive_count, first_enqueued } = letter;
    let (receipt, receive_count) = (Uuid::new_v4().to_string(), receive_count.saturating_add(1));
    transaction.prepare_cached("UPDATE messages SET receipt = ?2, receive_count = ?3, visible_ms = ?4 WHERE id = ?1")?.execute(params![
        id,
        receipt,
        receive_count,
        until
    ])?;
    Ok(Message { id, receipt, body, receive_count, first_enqueued })
}

fn letter(row: &rusqlite::Row<'_>) -> rusqlite::Result<DeadLetter> {
    let first_enqueued = Timestamp::from_millisecond(row.get(3)?).unwrap_or(Timestamp::UNIX_EPOCH);
    Ok(DeadLetter { id: row.get(0)?, body: row.get(1)?, receive_count: row.get(2)?, first_enqueued })
}
