//! What is done with orders: by people through a command, and by the platform itself.

use super::commit::{Committing, check_version, first_answer};
use crate::envelope::{Answered, CommandAnswer};
use crate::error::AppError;
use crate::state::AppState;
use quo_domain::command::Command;
use quo_domain::event::RecordedEvent;
use quo_domain::ids::{
    ActorId, CommandId, CorrelationId, IdempotencyKey, OrderId, StreamId, TenantId,
};
use quo_domain::machine::Name;
use quo_domain::order::{self, Order, OrderCommand, OrderEvent};
use quo_domain::principal::{Actor, ActorKind, Principal};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// How often a step of the platform is decided anew when others append to the same order meanwhile.
const CONFLICTS_MAX: u32 = 32;

/// An order with the events it was folded from.
#[derive(Debug, Clone)]
pub struct LoadedOrder {
    /// The order.
    pub order: Order,
    /// Its events.
    pub events: Vec<RecordedEvent>,
}

/// Loads an order.
///
/// # Errors
/// [`AppError`] when the tenant has no such order.
pub async fn load(
    state: &AppState,
    tenant: &TenantId,
    id: &OrderId,
) -> Result<LoadedOrder, AppError> {
    let events = state.store.load(tenant, &StreamId::of_order(id)).await?;
    match Order::load(&events, &state.upcasters)? {
        Some(order) => Ok(LoadedOrder { order, events }),
        None => Err(AppError::not_found("order", id.as_str())),
    }
}

/// Handles a command to an order.
///
/// # Errors
/// [`AppError`] when the command is refused.
pub async fn handle(
    state: &AppState,
    command: &Command<Value>,
    id: &OrderId,
    verb: &'static str,
    asked: OrderCommand,
) -> Result<Answered, AppError> {
    let stream = StreamId::of_order(id);
    let hash = command.request_hash(&format!("{stream}#{verb}"))?;
    if let Some(first) = first_answer(state, command, &hash).await? {
        return Ok(first);
    }
    let order = load(state, &command.principal.tenant, id).await?.order;
    check_version(command, &stream, order.version)?;
    let now = state.now();
    let decision = order::decide(&order, &asked, &state.context(command, now))?;
    let next = after(&order, &decision.events)?;
    let mut committing = Committing::new(state, command, now);
    let events = committing.decision(stream, order.version, decision)?;
    let body = CommandAnswer {
        quote: Some(next.commitment.quote.to_string()),
        revision: Some(next.commitment.revision.0),
        order: Some(id.to_string()),
        state: next.state.name().to_owned(),
        version: next.version,
        price: None,
        blocking: next.problem.iter().cloned().collect(),
        events,
    };
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

/// What became of a step of the platform.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stepped {
    /// It was stored; this is the order afterwards.
    Done(Box<Order>),
    /// The order does not need it any more.
    NotNeeded,
    /// The order refuses it, in these words.
    Refused(String),
}

/// Takes a step on behalf of the platform: `choose` looks at the order as it is and says what to do, and is asked again
/// when somebody else was faster.
pub(crate) async fn step(
    state: &AppState,
    tenant: &TenantId,
    id: &OrderId,
    choose: impl Fn(&Order) -> Option<OrderCommand> + Send,
) -> Result<Stepped, AppError> {
    for _ in 0..CONFLICTS_MAX {
        let LoadedOrder { order, events } = load(state, tenant, id).await?;
        let Some(asked) = choose(&order) else {
            return Ok(Stepped::NotNeeded);
        };
        let now = state.now();
        let first = events.first();
        let command = platform_command(
            state,
            tenant,
            order.version,
            first.map(|event| event.event.correlation.clone()),
            asked,
        )?;
        let decision = match order::decide(&order, &command.payload, &state.context(&command, now))
        {
            Ok(decision) => decision,
            Err(refusal) => return Ok(Stepped::Refused(refusal.to_string())),
        };
        let next = after(&order, &decision.events)?;
        let mut committing = Committing::new(state, &command, now);
        committing.decision(order.stream(), order.version, decision)?;
        match committing.store().await {
            Ok(_) => return Ok(Stepped::Done(Box::new(next))),
            Err(error) if error.code() == "version-conflict" => {}
            Err(error) => return Err(error),
        }
    }
    Err(AppError::version_conflict(format!(
        "the order `{id}` does not stand still"
    )))
}

/// A command of the platform itself. Its key is its own id: what protects it is the expected version.
pub(crate) fn platform_command<P: Serialize>(
    state: &AppState,
    tenant: &TenantId,
    expected_version: u64,
    correlation: Option<CorrelationId>,
    payload: P,
) -> Result<Command<P>, AppError> {
    let id = state.fresh_id("platform", state.now());
    Ok(Command {
        command_id: CommandId::parse(id.as_str())?,
        idempotency_key: IdempotencyKey::parse(id.as_str())?,
        expected_version,
        principal: Principal {
            tenant: tenant.clone(),
            actor: Actor {
                kind: ActorKind::System,
                id: ActorId::parse("orchestrator")?,
            },
            roles: BTreeSet::new(),
        },
        correlation: match correlation {
            Some(correlation) => correlation,
            None => CorrelationId::parse(id)?,
        },
        causation: None,
        reason: None,
        payload,
    })
}

fn after(order: &Order, events: &[OrderEvent]) -> Result<Order, AppError> {
    let mut order = Some(order.clone());
    for event in events {
        Order::apply(&mut order, event)?;
    }
    order.ok_or_else(|| AppError::internal("a decision without an order"))
}
