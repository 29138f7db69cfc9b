//! The strict validator: every rule of `CloudEvents` 1.0.2 that a structured JSON event can break.
//!
//! Stricter than the text in one place: names longer than 20 characters, which the specification
//! only advises against, are violations here.

use crate::time::Timestamp;
use serde_json::{Map, Value};
use std::str::FromStr;

/// Longest name of an attribute, in characters (specification, "Naming Conventions").
const NAME_LENGTH_MAX: usize = 20;

/// One way in which an envelope does not conform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// The envelope is not a JSON object.
    #[error("an event is a JSON object")]
    NotAnObject,
    /// A required attribute is missing.
    #[error("the attribute `{0}` is required")]
    Missing(&'static str),
    /// A name with other characters than lower-case letters and digits.
    #[error("the attribute name `{0}` has other characters than lower-case letters and digits")]
    Name(String),
    /// A name that is too long.
    #[error("the attribute name `{0}` is longer than {NAME_LENGTH_MAX} characters")]
    NameLength(String),
    /// A value that no attribute may have: an object, an array, a number that is no 32-bit integer,
    /// a null.
    #[error("the attribute `{0}` is neither a string, nor a boolean, nor a 32-bit integer")]
    Type(String),
    /// A specified attribute whose value is not a string.
    #[error("the attribute `{0}` must be a string")]
    NotAString(&'static str),
    /// A string that must not be empty.
    #[error("the attribute `{0}` must not be empty")]
    Empty(&'static str),
    /// Another version of the specification.
    #[error("the attribute `specversion` must be `1.0`, not `{0}`")]
    SpecVersion(String),
    /// Not an RFC 3339 instant.
    #[error("the attribute `time` must be an RFC 3339 time, not `{0}`")]
    Time(String),
    /// Not a URI reference, or not an absolute URI where one is asked for.
    #[error("the attribute `{0}` must be a URI, not `{1}`")]
    Uri(&'static str, String),
    /// Not a media type.
    #[error("the attribute `datacontenttype` must be a media type, not `{0}`")]
    MediaType(String),
    /// A character that no string attribute may have.
    #[error("the attribute `{0}` has a control character")]
    Control(String),
    /// Data twice.
    #[error("an event has `data` or `data_base64`, not both")]
    TwoData,
    /// Binary data that is not base64.
    #[error("`data_base64` must be base64")]
    Base64,
}

/// Checks a structured JSON event against `CloudEvents` 1.0.2.
///
/// # Errors
/// Every violation found, in the order of the attributes.
pub fn validate(event: &Value) -> Result<(), Vec<Violation>> {
    let Some(event) = event.as_object() else {
        return Err(vec![Violation::NotAnObject]);
    };
    let mut found = Vec::new();
    check_required(event, &mut found);
    check_optional(event, &mut found);
    check_names_and_types(event, &mut found);
    check_data(event, &mut found);
    if found.is_empty() { Ok(()) } else { Err(found) }
}

fn check_required(event: &Map<String, Value>, found: &mut Vec<Violation>) {
    for name in ["id", "source", "specversion", "type"] {
        if !event.contains_key(name) {
            found.push(Violation::Missing(name));
        }
    }
    let _ = text(event, "id", found);
    let _ = text(event, "type", found);
    if let Some(source) = text(event, "source", found)
        && !is_uri_reference(source)
    {
        found.push(Violation::Uri("source", source.to_owned()));
    }
    if let Some(version) = text(event, "specversion", found)
        && version != "1.0"
    {
        found.push(Violation::SpecVersion(version.to_owned()));
    }
}

fn check_optional(event: &Map<String, Value>, found: &mut Vec<Violation>) {
    let _ = text(event, "subject", found);
    if let Some(time) = text(event, "time", found)
        && !is_rfc_3339(time)
    {
        found.push(Violation::Time(time.to_owned()));
    }
    if let Some(schema) = text(event, "dataschema", found)
        && !is_absolute_uri(schema)
    {
        found.push(Violation::Uri("dataschema", schema.to_owned()));
    }
    if let Some(media_type) = text(event, "datacontenttype", found)
        && !is_media_type(media_type)
    {
        found.push(Violation::MediaType(media_type.to_owned()));
    }
}

/// The attribute as a non-empty string, if it is there and is one; else a violation.
fn text<'a>(
    event: &'a Map<String, Value>,
    name: &'static str,
    found: &mut Vec<Violation>,
) -> Option<&'a str> {
    let value = event.get(name)?;
    match value.as_str() {
        Some("") => found.push(Violation::Empty(name)),
        Some(text) => return Some(text),
        // Objects, arrays and the like are reported with all other attributes.
        None if value.is_boolean() || is_integer(value) => found.push(Violation::NotAString(name)),
        None => {}
    }
    None
}

fn check_names_and_types(event: &Map<String, Value>, found: &mut Vec<Violation>) {
    for (name, value) in event.iter().filter(|(name, _)| !is_data(name)) {
        if name.is_empty()
            || !name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        {
            found.push(Violation::Name(name.clone()));
        } else if name.len() > NAME_LENGTH_MAX {
            found.push(Violation::NameLength(name.clone()));
        }
        if !(value.is_string() || value.is_boolean() || is_integer(value)) {
            found.push(Violation::Type(name.clone()));
        }
        if value
            .as_str()
            .is_some_and(|text| text.chars().any(char::is_control))
        {
            found.push(Violation::Control(name.clone()));
        }
    }
}

fn check_data(event: &Map<String, Value>, found: &mut Vec<Violation>) {
    let Some(base64) = event.get("data_base64") else {
        return;
    };
    if event.contains_key("data") {
        found.push(Violation::TwoData);
    }
    if !base64.as_str().is_some_and(is_base64) {
        found.push(Violation::Base64);
    }
}

fn is_data(name: &str) -> bool {
    matches!(name, "data" | "data_base64")
}

fn is_integer(value: &Value) -> bool {
    value.as_i64().is_some_and(|n| i32::try_from(n).is_ok())
}

/// RFC 3339 proper: what the parser reads, with a full time and an offset or `Z`.
fn is_rfc_3339(text: &str) -> bool {
    let bytes = text.as_bytes();
    let separator = |at: usize, allowed: &[u8]| bytes.get(at).is_some_and(|b| allowed.contains(b));
    let offset = text.ends_with(['Z', 'z'])
        || text
            .len()
            .checked_sub(6)
            .is_some_and(|at| separator(at, b"+-"));
    let colons = separator(13, b":") && separator(16, b":");
    offset && colons && separator(10, b"Tt") && Timestamp::from_str(text).is_ok()
}

/// The characters of RFC 3986, with every `%` followed by two hexadecimal digits.
fn is_uri_reference(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fits = match byte {
            b'%' => {
                let hex = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_hexdigit());
                hex(bytes.next()) && hex(bytes.next())
            }
            b => b.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(&b),
        };
        if !fits {
            return false;
        }
    }
    true
}

fn is_absolute_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        && !rest.is_empty()
        && is_uri_reference(text)
}

/// `type/subtype` of RFC 2046, parameters unchecked.
fn is_media_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim_end();
    let is_token = |token: &str| {
        !token.is_empty()
            && token
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
    };
    essence
        .split_once('/')
        .is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

/// RFC 4648 base64 with padding.
fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+/".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn minimal() -> Value {
        json!({"specversion": "1.0", "type": "a.b.v1", "source": "/s", "id": "1"})
    }

    /// What the validator says of the minimal event with one member set to `value`.
    fn says(name: &str, value: Value) -> Vec<String> {
        let mut event = minimal();
        event
            .as_object_mut()
            .unwrap()
            .insert(name.to_owned(), value);
        let found = validate(&event).err().unwrap_or_default();
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_minimal_event_conforms_and_needs_each_attribute() {
        assert_eq!(validate(&minimal()), Ok(()));
        for name in ["specversion", "type", "source", "id"] {
            let mut event = minimal();
            event.as_object_mut().unwrap().remove(name);
            let found = validate(&event).unwrap_err();
            assert_eq!(found.len(), 1);
            assert_eq!(
                found[0].to_string(),
                format!("the attribute `{name}` is required")
            );
            assert_eq!(
                says(name, json!("")),
                [format!("the attribute `{name}` must not be empty")]
            );
            assert_eq!(
                says(name, json!(1)),
                [format!("the attribute `{name}` must be a string")]
            );
        }
        assert_eq!(validate(&json!([])), Err(vec![Violation::NotAnObject]));
    }

    #[test]
    fn the_specification_s_own_example_conforms() {
        let event = json!({
            "specversion": "1.0", "type": "com.github.pull_request.opened",
            "source": "https://github.com/cloudevents/spec/pull", "subject": "123",
            "id": "A234-1234-1234", "time": "2018-04-05T17:31:00Z",
            "comexampleextension1": "value", "comexampleothervalue": 5,
            "datacontenttype": "text/xml", "data": "<much wow=\"xml\"/>"
        });
        assert_eq!(validate(&event), Ok(()));
    }

    #[test]
    fn names_are_short_lower_case_letters_and_digits() {
        for good in ["a", "0", "correlationid", "abcdefghij0123456789"] {
            assert_eq!(says(good, json!("x")), Vec::<String>::new(), "{good}");
        }
        for bad in ["correlationId", "tenant_id", "trace-id", "ä", ""] {
            assert_eq!(
                says(bad, json!("x")),
                [format!(
                    "the attribute name `{bad}` has other characters than lower-case letters and digits"
                )]
            );
        }
        assert_eq!(
            says("abcdefghij01234567890", json!("x")),
            ["the attribute name `abcdefghij01234567890` is longer than 20 characters"]
        );
    }

    #[test]
    fn attributes_are_flat() {
        for bad in [
            json!({"a": 1}),
            json!([1]),
            json!(null),
            json!(1.5),
            json!(2_147_483_648_u64),
        ] {
            assert_eq!(
                says("extension", bad),
                [
                    "the attribute `extension` is neither a string, nor a boolean, nor a 32-bit integer"
                ]
            );
        }
        for good in [json!(true), json!(-2_147_483_648_i64), json!("")] {
            assert_eq!(says("extension", good), Vec::<String>::new());
        }
        // The blueprint's nested extensions.
        let nested = json!({"correlationId": "c"});
        assert_eq!(says("extensions", nested).len(), 1);
        assert_eq!(says("subject", json!({})).len(), 1);
    }

    #[test]
    fn values_have_their_forms() {
        for good in ["2018-04-05T17:31:00Z", "2018-04-05T17:31:00.123+02:00"] {
            assert_eq!(says("time", json!(good)), Vec::<String>::new(), "{good}");
        }
        for bad in [
            "2018-04-05",
            "2018-04-05T17:31:00",
            "2018-04-05 17:31Z",
            "20180405T173100Z",
        ] {
            let expected = format!("the attribute `time` must be an RFC 3339 time, not `{bad}`");
            assert_eq!(says("time", json!(bad)), [expected]);
        }
        assert_eq!(says("dataschema", json!("urn:x:y")), Vec::<String>::new());
        assert_eq!(says("dataschema", json!("/relative")).len(), 1);
        assert_eq!(says("source", json!("a b")).len(), 1);
        assert_eq!(says("source", json!("/a%2")).len(), 1);
        assert_eq!(says("specversion", json!("0.3")).len(), 1);
        assert_eq!(says("datacontenttype", json!("json")).len(), 1);
        assert_eq!(
            says("datacontenttype", json!("a/b; c=d")),
            Vec::<String>::new()
        );
        assert_eq!(says("extension", json!("a\u{7}")).len(), 1);
    }

    #[test]
    fn data_may_be_anything_but_not_twice() {
        assert_eq!(
            says("data", json!({"deeply": {"nested": null}})),
            Vec::<String>::new()
        );
        assert_eq!(says("data_base64", json!("AAEC")), Vec::<String>::new());
        assert_eq!(
            says("data_base64", json!("A")),
            ["`data_base64` must be base64"]
        );
        let mut both = minimal();
        both["data"] = json!(1);
        both["data_base64"] = json!("AA==");
        assert_eq!(validate(&both), Err(vec![Violation::TwoData]));
    }
}
