//! JSON as the reader meets it: text, null, objects, and the rest, which is nowhere right.
//!
//! Own visitors, because what serde derives quotes the value it didn't expect in its errors.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Json {
    Null,
    Text(String),
    /// An object, repeated members and all.
    Members(Vec<(String, Json)>),
    /// A number, a truth value or an array.
    Other,
}

/// The methods of a visitor that takes every scalar for the same.
macro_rules! scalars_are {
    ($value:expr) => {
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok($value(self))
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok($value(self))
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok($value(self))
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok($value(self))
        }
    };
}
pub(crate) use scalars_are;

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Json;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            scalars_are!(|_| Json::Other);

            fn visit_unit<E>(self) -> Result<Json, E> {
                Ok(Json::Null)
            }

            fn visit_str<E>(self, text: &str) -> Result<Json, E> {
                Ok(Json::Text(text.to_owned()))
            }

            fn visit_string<E>(self, text: String) -> Result<Json, E> {
                Ok(Json::Text(text))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Json::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Json::Members(members))
            }
        }

        deserializer.deserialize_any(Any)
    }
}
