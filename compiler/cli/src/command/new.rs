//! `quo new`: a small ruleset.

use std::path::Path;

use quo_driver::scaffold;

use crate::failure::Failure;
use crate::output::Output;

/// Makes a ruleset.
pub fn run(name: &Path, out: &mut Output) -> Result<bool, Failure> {
    let made = scaffold(name)?;
    let files: Vec<String> = made.iter().map(|path| path.display().to_string()).collect();
    out.json(&serde_json::json!({ "ok": true, "files": files }));
    let at = name.display();
    out.text(&format!(
        "{}\n\nnext:\n  quo check {at}\n  quo test {at}\n  quo explain {at} --request {at}/requests/first.json",
        files.join("\n")
    ));
    Ok(true)
}
