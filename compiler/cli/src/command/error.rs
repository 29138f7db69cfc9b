//! `quo error`: what a code means, why it is refused, and how to mend it.

use quo_source::codes;
use serde_json::json;

use crate::failure::Failure;
use crate::output::Output;
use crate::pages::PAGES;

/// Prints the page of a code, or the list of all codes.
pub fn run(code: Option<&str>, out: &mut Output) -> Result<bool, Failure> {
    let Some(code) = code else {
        let all: Vec<_> = codes::ALL
            .iter()
            .map(|code| json!({ "code": code.id(), "title": code.title() }))
            .collect();
        out.json(&all);
        for code in codes::ALL {
            out.text(&format!("{code}  {}", code.title()));
        }
        return Ok(true);
    };
    let wanted = code.to_ascii_uppercase();
    let page = PAGES.iter().find(|(id, _)| *id == wanted);
    match (page, codes::find(&wanted)) {
        (Some((id, page)), Some(found)) => {
            out.json(&json!({ "code": id, "title": found.title(), "page": page }));
            out.text(page);
            Ok(true)
        }
        _ => Err(Failure::NoSuchCode(code.to_owned())),
    }
}
