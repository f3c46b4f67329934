//! The tables as `template.yaml` makes them on AWS, for endpoints that start empty. A test holds the two together.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType, ScalarAttributeType,
};

use crate::StoreError;
use crate::dynamo::Tables;
use crate::sdk::classify;

/// A table: its key and its indexes, every attribute a string.
#[derive(Debug, Clone, Copy)]
pub struct TableShape {
    /// Partition key, then sort key.
    pub key: &'static [&'static str],
    /// Name, partition and sort key, and what of the item is in it.
    pub indexes: &'static [(&'static str, [&'static str; 2], Held)],
}

/// What an index holds of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// Its keys.
    Keys,
    /// Its keys and one attribute.
    With(&'static str),
    /// All of it.
    Whole,
}

/// Offices: one item each.
pub const OFFICES: TableShape = TableShape { key: &["office"], indexes: &[("by_place", ["prefecture", "place"], Held::With("listed"))] };

/// The ledger.
pub const LEDGER: TableShape = TableShape {
    key: &["pk", "sk"],
    indexes: &[
        ("by_office", ["office_role", "at"], Held::Whole),
        ("by_month", ["month_shard", "at"], Held::Keys),
        ("by_due", ["due_shard", "due"], Held::Keys),
    ],
};

/// Makes the tables that don't exist yet.
pub(super) async fn create(client: &Client, tables: &Tables) -> Result<(), StoreError> {
    create_table(client, &tables.offices, OFFICES).await?;
    create_table(client, &tables.ledger, LEDGER).await
}

async fn create_table(client: &Client, name: &str, shape: TableShape) -> Result<(), StoreError> {
    const OPERATION: &str = "ledger.create_tables";
    let built = |error: aws_sdk_dynamodb::error::BuildError| StoreError::unreadable(OPERATION, error);
    let mut attributes: Vec<&str> = shape.key.to_vec();
    let mut request = client.create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
    request = request.set_key_schema(Some(key_schema(shape.key).map_err(built)?));
    for (index, key, held) in shape.indexes {
        attributes.extend(key.iter().filter(|name| !shape.key.contains(name)));
        let projection = match held {
            Held::Keys => Projection::builder().projection_type(ProjectionType::KeysOnly),
            Held::With(attribute) => Projection::builder().projection_type(ProjectionType::Include).non_key_attributes(*attribute),
            Held::Whole => Projection::builder().projection_type(ProjectionType::All),
        };
        request = request.global_secondary_indexes(
            GlobalSecondaryIndex::builder()
                .index_name(*index)
                .set_key_schema(Some(key_schema(key).map_err(built)?))
                .projection(projection.build())
                .build()
                .map_err(built)?,
        );
    }
    attributes.sort_unstable();
    attributes.dedup();
    for attribute in attributes {
        let definition = AttributeDefinition::builder().attribute_name(attribute).attribute_type(ScalarAttributeType::S).build();
        request = request.attribute_definitions(definition.map_err(built)?);
    }
    match request.send().await {
        Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_in_use_exception()) => Ok(()),
        answer => answer.map(drop).map_err(|error| classify(OPERATION, error)),
    }
}

fn key_schema(names: &[&str]) -> Result<Vec<KeySchemaElement>, aws_sdk_dynamodb::error::BuildError> {
    let kinds = [KeyType::Hash, KeyType::Range];
    names.iter().zip(kinds).map(|(name, kind)| KeySchemaElement::builder().attribute_name(*name).key_type(kind).build()).collect()
}
