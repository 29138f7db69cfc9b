//! A few pages for a person to look at: what there is, a quote, an order. Rendered here, without scripts.
//!
//! A browser sends no headers of ours, so that a page also takes its tenant from the address: a placeholder like the
//! headers, see [`crate::principal`]. Everything that comes from outside goes through `escape`.

use super::{InPath, InQuery};
use crate::error::AppError;
use crate::principal::TENANT_HEADER;
use crate::service::{orders, quotes};
use crate::state::AppState;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use quo_domain::ids::{OrderId, QuoteId, TenantId};
use quo_domain::machine::Name;
use quo_domain::quote::Revision;
use quo_engine::Answer;
use quo_store::ListFilter;
use serde::Deserialize;
use std::fmt::Write as _;

/// Whose pages are looked at.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfTenant {
    #[serde(default)]
    tenant: Option<String>,
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}\
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}th,td{text-align:left;padding:.3rem .8rem .3rem 0;\
border-bottom:1px solid #ddd;vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}\
.state{font-weight:600}.quiet{color:#666}code{font-size:.85em;word-break:break-all}";

/// Text with everything that HTML would take for markup written as entities.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A page being written. What is text is escaped here; what is markup comes from this file alone.
struct Page(String);

impl Page {
    fn new(title: &str) -> Self {
        let title = escape(title);
        Self(format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
             <style>{STYLE}</style></head><body><h1>{title}</h1>"
        ))
    }

    fn text(&mut self, class: &str, text: &str) {
        // Writing to a string cannot fail, here and below.
        let _ = write!(self.0, "<p class=\"{class}\">{}</p>", escape(text));
    }

    fn heading(&mut self, text: &str) {
        let _ = write!(self.0, "<h2>{}</h2>", escape(text));
    }

    fn table(&mut self, head: &[&str], rows: &[Vec<Cell>]) {
        if rows.is_empty() {
            self.text("quiet", "none yet");
            return;
        }
        self.0.push_str("<table><tr>");
        for name in head {
            let _ = write!(self.0, "<th>{}</th>", escape(name));
        }
        self.0.push_str("</tr>");
        for row in rows {
            self.0.push_str("<tr>");
            for cell in row {
                self.0.push_str(&cell.html());
            }
            self.0.push_str("</tr>");
        }
        self.0.push_str("</table>");
    }

    fn respond(mut self) -> Response {
        self.0.push_str("</body></html>");
        let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
        ([(header::CONTENT_SECURITY_POLICY, policy)], Html(self.0)).into_response()
    }
}

enum Cell {
    Text(String),
    Amount(String),
    Link { to: String, text: String },
}

impl Cell {
    fn text(text: impl ToString) -> Self {
        Self::Text(text.to_string())
    }

    fn html(&self) -> String {
        match self {
            Self::Text(text) => format!("<td>{}</td>", escape(text)),
            Self::Amount(text) => format!("<td class=\"n\">{}</td>", escape(text)),
            Self::Link { to, text } => {
                format!("<td><a href=\"{}\">{}</a></td>", escape(to), escape(text))
            }
        }
    }
}

fn tenant_of(headers: &HeaderMap, of: OfTenant) -> Result<TenantId, AppError> {
    let named = headers
        .get(TENANT_HEADER)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let tenant = named.or(of.tenant).ok_or_else(|| {
        AppError::no_principal("a page needs its tenant in the address: `?tenant=NAME`")
    })?;
    TenantId::parse(tenant).map_err(AppError::no_principal)
}

/// What there is: the latest quotes and orders.
pub async fn index(
    State(state): State<AppState>,
    headers: HeaderMap,
    InQuery(of): InQuery<OfTenant>,
) -> Result<Response, AppError> {
    let mut page = Page::new("Quo");
    let Ok(tenant) = tenant_of(&headers, of) else {
        page.text("", "Quotes and orders that live by rules. Add ?tenant=NAME to the address to see a tenant's.");
        return Ok(page.respond());
    };
    let link = |kind: &str, id: &str| Cell::Link {
        to: format!("/{kind}/{id}/page?tenant={tenant}"),
        text: id.to_owned(),
    };
    let filter = ListFilter {
        limit: 50,
        ..ListFilter::default()
    };
    page.heading("Quotes");
    let rows = state.store.quotes(&tenant, filter.clone()).await?.value;
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            vec![
                link("quotes", row.id.as_str()),
                Cell::text(&row.account),
                Cell::text(row.revision),
                Cell::text(&row.state),
                Cell::text(row.updated),
            ]
        })
        .collect();
    page.table(
        &["quote", "account", "revision", "state", "last event"],
        &rows,
    );
    page.heading("Orders");
    let rows = state.store.orders(&tenant, filter).await?.value;
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            vec![
                link("orders", row.id.as_str()),
                link("quotes", row.quote.as_str()),
                Cell::text(&row.account),
                Cell::text(&row.state),
                Cell::text(row.updated),
            ]
        })
        .collect();
    page.table(&["order", "quote", "account", "state", "last event"], &rows);
    Ok(page.respond())
}

/// A quote: its revisions, the price of the latest, its approvals.
pub async fn quote(
    State(state): State<AppState>,
    headers: HeaderMap,
    InPath(id): InPath<String>,
    InQuery(of): InQuery<OfTenant>,
) -> Result<Response, AppError> {
    let tenant = tenant_of(&headers, of)?;
    let family = quotes::load(&state, &tenant, &QuoteId::parse(id)?)
        .await?
        .family;
    let mut page = Page::new(&format!("Quote {}", family.id));
    for revision in family.revisions.iter().rev() {
        page.heading(&format!("Revision {}", revision.number));
        page.text("state", revision.state.name());
        write_revision(&mut page, revision)?;
        if let Some(order) = &revision.order {
            let to = format!("/orders/{order}/page?tenant={tenant}");
            page.table(
                &["order"],
                &[vec![Cell::Link {
                    to,
                    text: order.to_string(),
                }]],
            );
        }
    }
    Ok(page.respond())
}

fn write_revision(page: &mut Page, revision: &Revision) -> Result<(), AppError> {
    let header = &revision.header;
    page.text(
        "",
        &format!(
            "for {}, sold on {} by {}",
            header.account, header.selling_date, header.ruleset
        ),
    );
    let Some(price) = revision.current_price() else {
        page.text("quiet", "not priced as it stands");
        return Ok(());
    };
    let answer: Answer = serde_json::from_value(price.answer.clone())?;
    let amount = |amount: &Option<String>| Cell::Amount(amount.clone().unwrap_or_default());
    let mut rows = Vec::new();
    for line in &answer.lines {
        for charge in &line.charges {
            let steps: Vec<String> = charge
                .steps
                .iter()
                .map(|step| format!("{} −{}", step.title, step.saving))
                .collect();
            rows.push(vec![
                Cell::text(format!("{} {}", line.id, charge.path)),
                Cell::text(&charge.title),
                amount(&charge.list),
                Cell::text(steps.join(", ")),
                amount(&charge.net),
            ]);
        }
    }
    page.table(&["charge", "", "list", "adjustments", "net"], &rows);
    if let Some(contract) = &answer.totals.contract {
        let currency = &answer.totals.currency;
        page.text(
            "",
            &format!(
                "contract value {} {currency}, list {} {currency}",
                contract.net, contract.list
            ),
        );
    }
    for finding in price.blocking.iter().chain(&price.warnings) {
        page.text("", finding);
    }
    let decided: Vec<_> = revision
        .approvals
        .iter()
        .flat_map(|case| &case.decisions)
        .map(|said| {
            let what = if said.granted { "approved" } else { "rejected" };
            vec![
                Cell::text(&said.role),
                Cell::text(what),
                Cell::text(&said.by),
                Cell::text(said.at),
            ]
        })
        .collect();
    if !decided.is_empty() {
        page.table(&["approval", "", "by", "at"], &decided);
    }
    page.text(
        "quiet",
        &format!(
            "rules {} {}, answer {}",
            price.ruleset, price.ruleset_version, price.answer_fingerprint
        ),
    );
    Ok(())
}

/// An order: its state, its tasks, what happened.
pub async fn order(
    State(state): State<AppState>,
    headers: HeaderMap,
    InPath(id): InPath<String>,
    InQuery(of): InQuery<OfTenant>,
) -> Result<Response, AppError> {
    let tenant = tenant_of(&headers, of)?;
    let loaded = orders::load(&state, &tenant, &OrderId::parse(id)?).await?;
    let order = &loaded.order;
    let mut page = Page::new(&format!("Order {}", order.id));
    page.text("state", order.state.name());
    let quote = &order.commitment.quote;
    let to = format!("/quotes/{quote}/page?tenant={tenant}");
    page.table(
        &["quote"],
        &[vec![Cell::Link {
            to,
            text: quote.to_string(),
        }]],
    );
    page.heading("Tasks");
    let tasks: Vec<_> = order
        .tasks
        .iter()
        .map(|task| {
            vec![
                Cell::text(&task.id),
                Cell::text(&task.plan.system),
                Cell::text(task.state.name()),
                Cell::text(task.tries),
                Cell::text(
                    task.reference
                        .as_deref()
                        .or(task.detail.as_deref())
                        .unwrap_or_default(),
                ),
            ]
        })
        .collect();
    page.table(&["task", "system", "state", "tries", ""], &tasks);
    page.heading("What happened");
    let events: Vec<_> = loaded
        .events
        .iter()
        .map(|event| {
            let event = &event.event;
            vec![
                Cell::text(event.time),
                Cell::text(&event.event_type),
                Cell::text(&event.actor),
            ]
        })
        .collect();
    page.table(&["time", "event", "by"], &events);
    Ok(page.respond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_from_outside_is_text() {
        let mut page = Page::new("<b>");
        page.text("", "a & \"b\" <script>alert('x')</script>");
        page.table(
            &["<i>"],
            &[vec![
                Cell::text("</td>"),
                Cell::Link {
                    to: "\"><".to_owned(),
                    text: "<".to_owned(),
                },
            ]],
        );
        let html = page.0;
        assert!(
            !html.contains("<script") && !html.contains("<i>") && !html.contains("<b>"),
            "{html}"
        );
        assert!(
            html.contains("a &amp; &quot;b&quot; &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;")
        );
        assert!(html.contains("<a href=\"&quot;&gt;&lt;\">&lt;</a>"));
    }
}
