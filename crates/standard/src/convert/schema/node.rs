//! JSON whose objects keep their order: schemas are read by people too.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

/// A JSON value, as far as schemas need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Null,
    True,
    False,
    Number(u64),
    Text(Cow<'static, str>),
    List(Vec<Node>),
    Map(Vec<(Cow<'static, str>, Node)>),
}

pub(super) fn text(value: impl Into<Cow<'static, str>>) -> Node {
    Node::Text(value.into())
}

pub(super) fn list(items: impl IntoIterator<Item = Node>) -> Node {
    Node::List(items.into_iter().collect())
}

pub(super) fn map(members: impl IntoIterator<Item = (&'static str, Node)>) -> Node {
    Node::Map(members.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect())
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Node::Null => serializer.serialize_none(),
            Node::True => serializer.serialize_bool(true),
            Node::False => serializer.serialize_bool(false),
            Node::Number(number) => serializer.serialize_u64(*number),
            Node::Text(text) => serializer.serialize_str(text),
            Node::List(items) => serializer.collect_seq(items),
            Node::Map(members) => serializer.collect_map(members.iter().map(|(name, value)| (name, value))),
        }
    }
}
