//! What is done with quotes: load the family, price it if that is asked, let the domain decide, store.

use super::commit::{Committing, check_version, first_answer};
use super::orders::platform_command;
use super::{decisions, snapshot};
use crate::envelope::{Answered, CommandAnswer, PriceSummary};
use crate::error::AppError;
use crate::state::AppState;
use quo_domain::command::Command;
use quo_domain::conversion::{self, ORDER_OF_REVISION};
use quo_domain::event::RecordedEvent;
use quo_domain::ids::{OrderId, QuoteId, RevisionNo, StreamId, TenantId};
use quo_domain::machine::Name;
use quo_domain::order::Order;
use quo_domain::quote::{
    self, Header, QuoteAction, QuoteCommand, QuoteEvent, QuoteFamily, Revision,
};
use quo_domain::snapshot::PricedSnapshot;
use quo_store::Claim;
use serde_json::Value;

/// A quote with the events it was folded from.
#[derive(Debug, Clone)]
pub struct LoadedQuote {
    /// The family.
    pub family: QuoteFamily,
    /// Its events.
    pub events: Vec<RecordedEvent>,
}

/// Loads a quote.
///
/// # Errors
/// [`AppError`] when the tenant has no such quote.
pub async fn load(
    state: &AppState,
    tenant: &TenantId,
    id: &QuoteId,
) -> Result<LoadedQuote, AppError> {
    let events = state.store.load(tenant, &StreamId::of_quote(id)).await?;
    match QuoteFamily::load(&events, &state.upcasters)? {
        Some(family) => Ok(LoadedQuote { family, events }),
        None => Err(AppError::not_found("quote", id.as_str())),
    }
}

/// The named revision of a quote, or its latest.
///
/// # Errors
/// [`AppError`] when there is none.
pub fn revision(family: &QuoteFamily, number: Option<RevisionNo>) -> Result<&Revision, AppError> {
    family.revision(number).ok_or_else(|| {
        AppError::not_found(
            "revision",
            &number.map_or_else(String::new, |n| n.to_string()),
        )
    })
}

/// What is asked of a quote, before it is known what it costs.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one for each command, on its way from the route to the quote"
)]
pub enum Asked {
    /// A command that needs nothing but the quote.
    Plain(QuoteAction),
    /// A price on the pinned package, or on the one in effect when there is none yet.
    Price,
    /// A price on the package now in effect.
    Reprice,
}

/// Creates a quote.
///
/// # Errors
/// [`AppError`] when header or command are refused.
pub async fn create(
    state: &AppState,
    command: &Command<Value>,
    header: Header,
) -> Result<Answered, AppError> {
    let hash = command.request_hash("quotes")?;
    if let Some(first) = first_answer(state, command, &hash).await? {
        return Ok(first);
    }
    snapshot::check_header(&header)?;
    snapshot::check_overrides(&header, None, &command.principal)?;
    let tenant = &command.principal.tenant;
    // Refuses rulesets and dates nothing is in effect for while the seller can still correct them.
    state
        .store
        .route(tenant, &header.ruleset, &header.selling_date)
        .await?;
    let now = state.now();
    let id = QuoteId::parse(state.fresh_id("Q", now))?;
    let stream = StreamId::of_quote(&id);
    check_version(command, &stream, 0)?;
    let create = QuoteCommand {
        revision: None,
        action: QuoteAction::Create {
            quote: id.clone(),
            header,
        },
    };
    let decision = quote::decide(None, &create, &state.context(command, now))?;
    let family = after(None, &decision.events)?;
    let mut committing = Committing::new(state, command, now);
    let events = committing.decision(stream, 0, decision)?;
    let body = answer(&family, None, events)?;
    committing
        .answer(
            hash,
            Answered {
                status: 201,
                body,
                replayed: false,
            },
        )
        .await
}

/// Handles a command to an existing quote.
///
/// # Errors
/// [`AppError`] when the command is refused.
pub async fn handle(
    state: &AppState,
    command: &Command<Value>,
    id: &QuoteId,
    number: Option<RevisionNo>,
    verb: &'static str,
    asked: Asked,
) -> Result<Answered, AppError> {
    let stream = StreamId::of_quote(id);
    // The same payload sent to another route is another request.
    let hash = command.request_hash(&format!("{stream}#{verb}"))?;
    if let Some(first) = first_answer(state, command, &hash).await? {
        return Ok(first);
    }
    let family = load(state, &command.principal.tenant, id).await?.family;
    check_version(command, &stream, family.version)?;
    let asked_of = revision(&family, number)?;
    let action = match asked {
        Asked::Plain(action) => action,
        Asked::Price => {
            let (content_version, snapshot) = price(state, command, asked_of, false).await?;
            QuoteAction::Price {
                content_version,
                snapshot,
            }
        }
        Asked::Reprice => {
            let (content_version, snapshot) = price(state, command, asked_of, true).await?;
            QuoteAction::Reprice {
                content_version,
                snapshot,
            }
        }
    };
    check_content(&action)?;
    if let QuoteAction::ChangeHeader { header } = &action {
        snapshot::check_overrides(header, Some(&asked_of.header), &command.principal)?;
    }
    let now = state.now();
    let decided = QuoteCommand {
        revision: number,
        action,
    };
    let decision = quote::decide(Some(&family), &decided, &state.context(command, now))?;
    let next = after(Some(&family), &decision.events)?;
    let mut committing = Committing::new(state, command, now);
    for event in &decision.events {
        if let Some(snapshot) = snapshot_of(event) {
            committing.package(&snapshot.package, "quote", id.as_str());
        }
    }
    let events = committing.decision(stream, family.version, decision)?;
    // A new revision is what the answer is about, also where the command named the old one.
    let shown = if verb == "revise" { None } else { number };
    let body = answer(&next, shown, events)?;
    committing
        .answer(
            hash,
            Answered {
                status: 200,
                body,
                replayed: false,
            },
        )
        .await
}

/// Makes an accepted revision an order: the quote's side, the order's creation and the claim that keeps it unique are
/// one append.
///
/// # Errors
/// [`AppError`] when the revision may not become an order, or has become one.
pub async fn convert(
    state: &AppState,
    command: &Command<Value>,
    id: &QuoteId,
    number: Option<RevisionNo>,
) -> Result<Answered, AppError> {
    let stream = StreamId::of_quote(id);
    let hash = command.request_hash(&format!("{stream}#convert"))?;
    if let Some(first) = first_answer(state, command, &hash).await? {
        return Ok(first);
    }
    let family = load(state, &command.principal.tenant, id).await?.family;
    check_version(command, &stream, family.version)?;
    let now = state.now();
    let order = OrderId::parse(state.fresh_id("O", now))?;
    let converted = conversion::convert(&family, number, &order, &state.context(command, now))?;
    let next = after(Some(&family), &converted.quote.events)?;
    let mut captured = None;
    for event in &converted.order.events {
        Order::apply(&mut captured, event)?;
    }
    let captured = captured.ok_or_else(|| AppError::internal("a conversion captured no order"))?;

    let mut committing = Committing::new(state, command, now);
    let mut events = committing.decision(stream, family.version, converted.quote)?;
    events.extend(committing.decision(StreamId::of_order(&order), 0, converted.order)?);
    committing.claim(Claim {
        kind: ORDER_OF_REVISION.to_owned(),
        value: converted.claim,
        owner: order.to_string(),
    });
    committing.package(
        &captured.commitment.snapshot.package,
        "order",
        order.as_str(),
    );
    let body = CommandAnswer {
        order: Some(order.to_string()),
        ..answer(&next, number, events)?
    };
    committing
        .answer(
            hash,
            Answered {
                status: 201,
                body,
                replayed: false,
            },
        )
        .await
}

/// Evaluates a revision as it stands.
async fn price(
    state: &AppState,
    command: &Command<Value>,
    revision: &Revision,
    anew: bool,
) -> Result<(u64, Box<PricedSnapshot>), AppError> {
    let header = &revision.header;
    let package = match &revision.pinned_package {
        Some(pinned) if !anew => state.packages.named(pinned).await?,
        _ => {
            let (tenant, date) = (&command.principal.tenant, &header.selling_date);
            state
                .packages
                .route(&*state.store, tenant, &header.ruleset, date)
                .await?
        }
    };
    let request = serde_json::to_vec(&snapshot::request(revision)?)?;
    let decided =
        decisions::evaluate_on(state, package, request, decisions::Wanted::default()).await?;
    let snapshot = snapshot::snapshot(&decided.package, header, &decided.evaluation)?;
    Ok((revision.content_version, Box::new(snapshot)))
}

/// Refuses content that could never be priced, while its sender can still correct it.
fn check_content(action: &QuoteAction) -> Result<(), AppError> {
    match action {
        QuoteAction::ChangeHeader { header } => snapshot::check_header(header),
        QuoteAction::AddLine { line } => snapshot::configuration(&line.configuration).map(|_| ()),
        QuoteAction::ConfigureLine { configuration, .. } => {
            snapshot::configuration(configuration).map(|_| ())
        }
        _ => Ok(()),
    }
}

fn after(family: Option<&QuoteFamily>, events: &[QuoteEvent]) -> Result<QuoteFamily, AppError> {
    let mut family = family.cloned();
    for event in events {
        QuoteFamily::apply(&mut family, event)?;
    }
    family.ok_or_else(|| AppError::internal("a decision without a quote"))
}

fn snapshot_of(event: &QuoteEvent) -> Option<&PricedSnapshot> {
    match event {
        QuoteEvent::QuotePriced(priced) => Some(&priced.snapshot),
        QuoteEvent::QuoteRepriced(repriced) => Some(&repriced.snapshot),
        _ => None,
    }
}

fn answer(
    family: &QuoteFamily,
    number: Option<RevisionNo>,
    events: Vec<String>,
) -> Result<CommandAnswer, AppError> {
    let revision = revision(family, number)?;
    let priced = events
        .iter()
        .any(|kind| kind == "quo.quote.priced" || kind == "quo.quote.repriced");
    Ok(CommandAnswer {
        quote: Some(family.id.to_string()),
        revision: Some(revision.number.0),
        order: None,
        state: revision.state.name().to_owned(),
        version: family.version,
        price: revision.current_price().filter(|_| priced).map(summary),
        blocking: revision.blocking.clone(),
        events,
    })
}

/// The price of a revision in short.
#[must_use]
pub fn summary(snapshot: &PricedSnapshot) -> PriceSummary {
    PriceSummary {
        answer_fingerprint: snapshot.answer_fingerprint.clone(),
        request_fingerprint: snapshot.request_fingerprint.clone(),
        package: snapshot.package.clone(),
        ruleset_version: snapshot.ruleset_version.clone(),
        valid: snapshot.valid,
        blocking: snapshot.blocking.clone(),
        warnings: snapshot.warnings.clone(),
        totals: snapshot
            .answer
            .get("totals")
            .cloned()
            .unwrap_or(Value::Null),
        approvals: snapshot
            .needed_approvals()
            .flat_map(|need| need.steps.clone())
            .collect(),
        expires_on: snapshot.expires_on.clone(),
    }
}

/// Sends a command of the platform to a quote. Answers why it was refused, if it was.
///
/// # Errors
/// [`AppError`] when the store fails or the quote is being changed by somebody else.
pub(crate) async fn step(
    state: &AppState,
    tenant: &TenantId,
    id: &QuoteId,
    asked: QuoteCommand,
) -> Result<Option<String>, AppError> {
    let LoadedQuote { family, events } = load(state, tenant, id).await?;
    let correlation = events.first().map(|event| event.event.correlation.clone());
    let command = platform_command(state, tenant, family.version, correlation, asked)?;
    let now = state.now();
    let decision = match quote::decide(
        Some(&family),
        &command.payload,
        &state.context(&command, now),
    ) {
        Ok(decision) => decision,
        Err(refusal) => return Ok(Some(refusal.to_string())),
    };
    let mut committing = Committing::new(state, &command, now);
    committing.decision(family.stream(), family.version, decision)?;
    committing.store().await?;
    Ok(None)
}
