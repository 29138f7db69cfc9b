//! Business metrics in the text format of Prometheus.
//!
//! Counters begin at zero with each start of the process, as Prometheus expects. They count what was stored, never what
//! was only asked for.

use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use quo_domain::event::NewEvent;
use std::time::Duration;

/// Upper bounds of the buckets of decision times, in seconds.
const DECISION_SECONDS: [f64; 10] = [
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.25, 1.0,
];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TenantLabel {
    tenant: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    tenant: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CodeLabel {
    code: &'static str,
}

/// The metrics of one process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    events: [(&'static str, Family<TenantLabel, Counter>); 9],
    tasks: Family<OutcomeLabel, Counter>,
    refusals: Family<CodeLabel, Counter>,
    decision_seconds: Histogram,
    decision_errors: Counter,
    orchestration_errors: Counter,
}

/// Metric and help text for each event that is counted by itself.
const EVENTS: [(&str, &str, &str); 9] = [
    ("quo.quote.created", "quo_quotes_created", "Quotes created"),
    (
        "quo.quote.revised",
        "quo_quotes_revised",
        "Revisions after the first",
    ),
    (
        "quo.quote.validation_failed",
        "quo_quote_validations_failed",
        "Quotes found not to be sellable",
    ),
    (
        "quo.quote.submitted_for_approval",
        "quo_quotes_submitted_for_approval",
        "Quotes that needed approval",
    ),
    (
        "quo.quote.accepted",
        "quo_quotes_accepted",
        "Quotes accepted",
    ),
    ("quo.quote.expired", "quo_quotes_expired", "Quotes expired"),
    (
        "quo.order.submitted",
        "quo_orders_submitted",
        "Orders submitted",
    ),
    (
        "quo.order.completed",
        "quo_orders_completed",
        "Orders completed",
    ),
    (
        "quo.order.held",
        "quo_orders_held",
        "Orders that needed a person",
    ),
];

/// What each event about a task is counted as.
const TASK_OUTCOMES: [(&str, &str); 9] = [
    ("quo.order.task_started", "started"),
    ("quo.order.task_completed", "completed"),
    ("quo.order.task_retry_scheduled", "retried"),
    ("quo.order.task_failed", "failed"),
    ("quo.order.task_outcome_unknown", "unknown"),
    ("quo.order.task_reconciled", "reconciled"),
    ("quo.order.task_skipped", "skipped"),
    ("quo.order.task_compensation_completed", "undone"),
    ("quo.order.task_compensation_failed", "undo failed"),
];

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::default();
        let events = EVENTS.map(|(event, name, help)| {
            let family = Family::<TenantLabel, Counter>::default();
            registry.register(name, help, family.clone());
            (event, family)
        });
        let tasks = Family::<OutcomeLabel, Counter>::default();
        registry.register(
            "quo_tasks",
            "Fulfilment tasks by what happened to them",
            tasks.clone(),
        );
        let refusals = Family::<CodeLabel, Counter>::default();
        registry.register(
            "quo_refusals",
            "Commands and decisions refused, by problem code",
            refusals.clone(),
        );
        let decision_seconds = Histogram::new(DECISION_SECONDS);
        registry.register(
            "quo_decision_seconds",
            "Time of one decision",
            decision_seconds.clone(),
        );
        let decision_errors = Counter::default();
        registry.register(
            "quo_decision_errors",
            "Decisions that gave no answer",
            decision_errors.clone(),
        );
        let orchestration_errors = Counter::default();
        registry.register(
            "quo_orchestration_errors",
            "Steps of the orchestrator that failed and will be tried again",
            orchestration_errors.clone(),
        );
        Self {
            registry,
            events,
            tasks,
            refusals,
            decision_seconds,
            decision_errors,
            orchestration_errors,
        }
    }
}

impl Metrics {
    /// Counts events that were stored.
    pub fn stored(&self, tenant: &str, stored: &[NewEvent]) {
        for event in stored {
            let kind = event.event_type.as_str();
            if let Some((_, family)) = self.events.iter().find(|(name, _)| *name == kind) {
                family
                    .get_or_create(&TenantLabel {
                        tenant: tenant.to_owned(),
                    })
                    .inc();
            }
            if let Some((_, outcome)) = TASK_OUTCOMES.iter().find(|(name, _)| *name == kind) {
                self.tasks
                    .get_or_create(&OutcomeLabel {
                        tenant: tenant.to_owned(),
                        outcome,
                    })
                    .inc();
            }
        }
    }

    /// Counts a request that was refused.
    pub fn refused(&self, code: &'static str) {
        self.refusals.get_or_create(&CodeLabel { code }).inc();
    }

    /// Notes how long a decision took, and whether it gave an answer.
    pub fn decided(&self, took: Duration, answered: bool) {
        self.decision_seconds.observe(took.as_secs_f64());
        if !answered {
            self.decision_errors.inc();
        }
    }

    /// Counts a step of the orchestrator that failed.
    pub fn orchestration_failed(&self) {
        self.orchestration_errors.inc();
    }

    /// The text that Prometheus reads.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
