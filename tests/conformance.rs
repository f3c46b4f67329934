//! The twin and the adapters keep the same promises.

use store::testing::{MemoryLedger, conformance};

use crate::world::World;
use crate::world::ground::Ground;

#[tokio::test]
async fn files_in_memory_keep_their_promises() {
    let world = World::in_memory();
    conformance::files(&*world.ground.files(), &world.ground).await;
}

#[tokio::test]
async fn files_in_s3_keep_their_promises() {
    let world = World::embedded().await;
    conformance::files(&*world.ground.files(), &world.ground).await;
}

#[tokio::test]
async fn the_ledger_in_memory_keeps_its_promises() {
    conformance::ledger(&*World::in_memory().ledger).await;
}

#[tokio::test]
async fn the_ledger_in_dynamodb_keeps_its_promises() {
    conformance::ledger(&*World::embedded().await.ledger).await;
}

#[tokio::test]
async fn codes_in_memory_keep_their_promises() {
    conformance::codes(&MemoryLedger::default()).await;
}

#[tokio::test]
async fn codes_in_dynamodb_keep_their_promises() {
    let world = World::embedded().await;
    let Ground::Embedded { exchange, .. } = &world.ground else { panic!("it is embedded") };
    conformance::codes(&exchange.stores.ledger).await;
}

#[tokio::test]
async fn notices_in_memory_keep_their_promises() {
    conformance::notices(&MemoryLedger::default()).await;
}

#[tokio::test]
async fn notices_in_dynamodb_keep_their_promises() {
    let world = World::embedded().await;
    let Ground::Embedded { exchange, .. } = &world.ground else { panic!("it is embedded") };
    conformance::notices(&exchange.stores.ledger).await;
}

#[tokio::test]
async fn mail_in_memory_keeps_its_promises() {
    conformance::mail(&MemoryLedger::default()).await;
}

#[tokio::test]
async fn mail_in_dynamodb_keeps_its_promises() {
    let world = World::embedded().await;
    let Ground::Embedded { exchange, .. } = &world.ground else { panic!("it is embedded") };
    conformance::mail(&exchange.stores.ledger).await;
}
