//! `CloudEvents` 1.0.2 in structured JSON: what leaves the house when an event is published.
//!
//! Attribute names are lower-case letters and digits and stand at the top level, extensions too.
//! [`validate`] is strict: it checks any envelope against the specification, ours among them, and
//! must not share code with [`envelope`], so that one can convict the other.

mod validate;

pub use validate::{Violation, validate};

use crate::event::NewEvent;
use crate::ids::{StreamId, TenantId};
use serde_json::{Value, json};

/// The `source` of every event of this service, a relative URI reference.
pub const SOURCE: &str = "/quo";

/// Prefix of the `dataschema` URI; the versioned type follows.
pub const SCHEMA_BASE: &str = "urn:quo:event-schema:";

/// The versioned type of an event: `quo.quote.accepted.v1`.
#[must_use]
pub fn versioned_type(event_type: &str, schema_version: u16) -> String {
    format!("{event_type}.v{schema_version}")
}

/// The envelope of an event, as it is published.
///
/// # Errors
/// The JSON error when the event's payload is not JSON.
pub fn envelope(
    tenant: &TenantId,
    stream: &StreamId,
    event: &NewEvent,
) -> Result<Value, serde_json::Error> {
    let data: Value = serde_json::from_slice(&event.payload)?;
    let versioned = versioned_type(&event.event_type, event.schema_version);
    Ok(json!({
        "specversion": "1.0",
        "type": versioned,
        "source": SOURCE,
        "id": event.id,
        "time": event.time,
        "subject": stream,
        "datacontenttype": "application/json",
        "dataschema": format!("{SCHEMA_BASE}{versioned}"),
        "correlationid": event.correlation,
        "causationid": event.causation,
        "tenantid": tenant,
        "actorid": event.actor.to_string(),
        "data": data,
    }))
}
