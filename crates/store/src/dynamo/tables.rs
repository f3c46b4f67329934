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
    /// Name, partition and sort key, and what of the items is in it.
    pub indexes: &'static [(&'static str, [&'static str; 2], Projected)],
}

/// What of an item is in an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Projected {
    /// The whole.
    Whole,
    /// The keys.
    Keys,
    /// The keys and this attribute.
    With(&'static str),
}

/// Offices: one item each.
pub const OFFICES: TableShape = TableShape { key: &["office"], indexes: &[] };

/// The ledger.
pub const LEDGER: TableShape = TableShape {
    key: &["pk", "sk"],
    indexes: &[
        ("by_office", ["office_role", "at"], Projected::Whole),
        ("by_month", ["month_shard", "at"], Projected::Keys),
        ("by_due", ["due_shard", "due"], Projected::Keys),
        ("by_lineage", ["lineage_of", "at"], Projected::With("lineage")),
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
    for (index, key, projected) in shape.indexes {
        attributes.extend(key.iter().filter(|name| !shape.key.contains(name)));
        request = request.global_secondary_indexes(
            GlobalSecondaryIndex::builder()
                .index_name(*index)
                .set_key_schema(Some(key_schema(key).map_err(built)?))
                .projection(projected.projection())
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

impl Projected {
    fn projection(self) -> Projection {
        let projection = Projection::builder();
        match self {
            Self::Whole => projection.projection_type(ProjectionType::All),
            Self::Keys => projection.projection_type(ProjectionType::KeysOnly),
            Self::With(attribute) => projection.projection_type(ProjectionType::Include).non_key_attributes(attribute),
        }
        .build()
    }
}

fn key_schema(names: &[&str]) -> Result<Vec<KeySchemaElement>, aws_sdk_dynamodb::error::BuildError> {
    let kinds = [KeyType::Hash, KeyType::Range];
    names.iter().zip(kinds).map(|(name, kind)| KeySchemaElement::builder().attribute_name(*name).key_type(kind).build()).collect()
}
