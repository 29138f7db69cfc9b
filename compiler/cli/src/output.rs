//! What is printed, and where: results on standard output, everything else on standard error; colours in a terminal only.

use std::io::Write;

use anstream::{AutoStream, ColorChoice};
use quo_source::{Diagnostic, Sources, render};
use serde::Serialize;

use crate::failure::Failure;

/// The two streams and the form of what goes there.
pub struct Output {
    json: bool,
}

impl Output {
    /// Text for people, or JSON for machines.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether machines read it.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Whether standard output shows colours.
    pub fn color(&self) -> bool {
        AutoStream::choice(&std::io::stdout()) != ColorChoice::Never
    }

    /// A result for people.
    pub fn text(&mut self, text: &str) {
        if !self.json {
            // Whoever closed the pipe has read enough.
            let _ = writeln!(anstream::stdout(), "{}", text.trim_end_matches('\n'));
        }
    }

    /// A result for machines.
    pub fn json(&mut self, value: &impl Serialize) {
        if self.json {
            let text = serde_json::to_string_pretty(value)
                .unwrap_or_else(|error| format!("{{\"error\": \"{error}\"}}"));
            let _ = writeln!(anstream::stdout(), "{text}");
        }
    }

    /// Diagnostics, for people on standard error; machines get them in the result.
    pub fn diagnostics(&mut self, sources: &Sources, diagnostics: &[Diagnostic]) {
        if !self.json && !diagnostics.is_empty() {
            let color = AutoStream::choice(&std::io::stderr()) != ColorChoice::Never;
            let _ = write!(
                anstream::stderr(),
                "{}",
                render::terminal(sources, diagnostics, color)
            );
        }
    }

    /// Why a command could not do its work.
    pub fn failure(&mut self, failure: &Failure) {
        if self.json {
            let problems = match failure {
                Failure::Evaluate(quo_engine::EvaluateError::Refused(refused)) => {
                    serde_json::to_value(&refused.problems).unwrap_or_default()
                }
                _ => serde_json::Value::Array(Vec::new()),
            };
            self.json(&serde_json::json!({ "error": failure.to_string(), "problems": problems }));
            return;
        }
        let red = anstyle::Style::new()
            .bold()
            .fg_color(Some(anstyle::AnsiColor::Red.into()));
        let mut stream = anstream::stderr();
        if let Failure::Evaluate(quo_engine::EvaluateError::Refused(refused)) = failure {
            let _ = writeln!(stream, "{red}refused{red:#}: the request cannot be read");
            for problem in &refused.problems {
                let _ = writeln!(stream, "  {problem}");
            }
            return;
        }
        let _ = writeln!(stream, "{red}error{red:#}: {failure}");
    }
}

/// Diagnostics and whether the ruleset may be used, for machines.
#[derive(Serialize)]
pub struct Checked {
    /// Whether there is no error.
    pub ok: bool,
    /// What was found.
    pub diagnostics: Vec<render::JsonDiagnostic>,
}

impl Checked {
    /// The diagnostics of a run.
    pub fn new(sources: &Sources, diagnostics: &[Diagnostic]) -> Self {
        Self {
            ok: !diagnostics.iter().any(Diagnostic::is_error),
            diagnostics: render::json(sources, diagnostics),
        }
    }
}
