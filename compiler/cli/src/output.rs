//! What is printed, and where: results on standard output, everything else on standard error; colours in a terminal only.
//!
//! For machines there is exactly one JSON document on standard output, whatever happens, and nothing else anywhere.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use indicatif::{ProgressBar, ProgressStyle};
use quo_source::{Diagnostic, Sources, render};
use serde::Serialize;
use serde_json::json;

use crate::failure::Failure;

/// The two streams and the form of what goes there.
pub struct Output {
    json: bool,
    progress: Option<ProgressBar>,
}

impl Output {
    /// Text for people, or JSON for machines.
    pub fn new(json: bool) -> Self {
        Self {
            json,
            progress: None,
        }
    }

    /// Whether standard output shows colours.
    pub fn color(&self) -> bool {
        AutoStream::choice(&std::io::stdout()) != ColorChoice::Never
    }

    /// Says what is being done, to people who watch: a line in the terminal that the next result replaces.
    pub fn stage(&mut self, doing: impl Into<String>) {
        if self.json || !std::io::stderr().is_terminal() {
            return;
        }
        let bar = self.progress.get_or_insert_with(|| {
            let bar = ProgressBar::new_spinner();
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        bar.set_message(doing.into());
    }

    /// A stage of so many pieces; what comes back is called after each of them, from any thread.
    pub fn count(&mut self, doing: String, pieces: usize) -> impl Fn() + Sync + use<> {
        self.stage(doing);
        let bar = self.progress.clone();
        if let Some(bar) = &bar {
            bar.set_length(u64::try_from(pieces).unwrap_or(u64::MAX));
            bar.set_style(
                ProgressStyle::with_template("{spinner} {msg}: {pos} of {len}")
                    .unwrap_or_else(|_| ProgressStyle::default_spinner()),
            );
        }
        move || {
            if let Some(bar) = &bar {
                bar.inc(1);
            }
        }
    }

    fn settled(&mut self) {
        if let Some(bar) = self.progress.take() {
            bar.finish_and_clear();
        }
    }

    /// A result for people.
    pub fn text(&mut self, text: &str) {
        if !self.json {
            self.settled();
            // Whoever closed the pipe has read enough.
            let _ = writeln!(anstream::stdout(), "{}", text.trim_end_matches('\n'));
        }
    }

    /// The result for machines, once in a run.
    pub fn json(&mut self, value: &impl Serialize) {
        if self.json {
            let text = serde_json::to_string_pretty(value)
                .unwrap_or_else(|error| json!({ "error": error.to_string() }).to_string());
            let _ = writeln!(anstream::stdout(), "{text}");
        }
    }

    /// Diagnostics, for people on standard error; machines get them in the result.
    pub fn diagnostics(&mut self, sources: &Sources, diagnostics: &[Diagnostic]) {
        if !self.json && !diagnostics.is_empty() {
            self.settled();
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
        self.settled();
        if self.json {
            return self.json(&failure_for_machines(failure));
        }
        let red = anstyle::Style::new()
            .bold()
            .fg_color(Some(anstyle::AnsiColor::Red.into()));
        let mut stream = anstream::stderr();
        if let Some(refused) = failure.refused() {
            let _ = writeln!(stream, "{red}refused{red:#}: the request cannot be read");
            for problem in &refused.problems {
                let _ = writeln!(stream, "  {problem}");
            }
            return;
        }
        let _ = writeln!(stream, "{red}error{red:#}: {failure}");
    }
}

fn failure_for_machines(failure: &Failure) -> serde_json::Value {
    let error = failure.to_string();
    match (failure, failure.refused()) {
        (Failure::Rules(checked), _) => {
            json!({ "ok": false, "error": error, "diagnostics": checked.diagnostics })
        }
        (_, Some(refused)) => json!({
            "ok": false,
            "error": "the request cannot be read",
            "problems": refused.problems,
        }),
        _ => json!({ "ok": false, "error": error }),
    }
}

/// Diagnostics and whether the ruleset may be used, for machines.
#[derive(Debug, Serialize)]
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
