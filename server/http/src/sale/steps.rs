//! The steps of a sale and what is known of it so far.

use super::client::{Call, CallError, Client, Person};
use serde_json::{Map, Value, json};
use thiserror::Error;

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A quote is created.
    Create,
    /// A line is added.
    AddLine(usize),
    /// It is priced.
    Price,
    /// It is validated.
    Validate,
    /// Its approvals are opened.
    Submit,
    /// A role approves.
    Approve(String),
    /// The customer sees it.
    Present,
    /// The customer accepts.
    Accept,
    /// It becomes an order.
    Convert,
    /// The order's execution is asked for.
    SubmitOrder,
    /// The order's tasks are being done.
    Fulfil,
    /// Everything is done.
    Done,
}

/// Why a sale cannot go on.
#[derive(Debug, Error)]
pub enum StepError {
    /// The service said no, or nothing. The same step may be sent again.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The answer lacks something, or the sale stands where it cannot go on.
    #[error("{0}")]
    Stuck(String),
}

/// A sale of one request, as far as it has come.
#[derive(Debug, Clone)]
pub struct Sale {
    /// Names the sale: all its keys begin with it.
    pub name: String,
    /// The request in the engine's form.
    pub request: Value,
    /// The quote, once there is one.
    pub quote: Option<String>,
    /// The order, once there is one.
    pub order: Option<String>,
    /// The next step.
    pub step: Step,
    version: u64,
    /// The version that the current step expected when it was first sent: a repetition says the same.
    expected: Option<u64>,
    /// The version of the order as it was captured.
    captured: Option<u64>,
    approvals: u32,
    fingerprint: String,
    lines: Vec<Value>,
}

impl Sale {
    /// A sale of a request.
    #[must_use]
    pub fn new(name: impl Into<String>, request: Value) -> Self {
        let lines = request
            .get("lines")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        Self {
            name: name.into(),
            request,
            quote: None,
            order: None,
            step: Step::Create,
            version: 0,
            expected: None,
            captured: None,
            approvals: 0,
            fingerprint: String::new(),
            lines,
        }
    }

    /// The seller.
    #[must_use]
    pub fn seller() -> Person {
        Person::in_role("SalesRep")
    }

    /// The key of the command that the next step sends; none when it only asks.
    #[must_use]
    pub fn key(&self) -> Option<String> {
        let verb = match &self.step {
            Step::Create => "create".to_owned(),
            Step::AddLine(index) => format!("line-{index}"),
            Step::Price => "price".to_owned(),
            Step::Validate => "validate".to_owned(),
            Step::Submit => "submit-for-approval".to_owned(),
            Step::Approve(_) => format!("approve-{}", self.approvals),
            Step::Present => "present".to_owned(),
            Step::Accept => "accept".to_owned(),
            Step::Convert => "convert-to-order".to_owned(),
            Step::SubmitOrder => "submit-order".to_owned(),
            Step::Fulfil | Step::Done => return None,
        };
        Some(format!("{}:{verb}", self.name))
    }

    /// Takes the next step. After an error the sale stands where it stood, and the step may be taken again.
    ///
    /// # Errors
    /// [`StepError`].
    pub async fn advance(&mut self, client: &Client) -> Result<Value, StepError> {
        let expected = *self.expected.get_or_insert(self.version);
        self.version = expected;
        let answer = self.take(client).await?;
        self.expected = None;
        Ok(answer)
    }

    async fn take(&mut self, client: &Client) -> Result<Value, StepError> {
        match self.step.clone() {
            Step::Create => self.create(client).await,
            Step::AddLine(index) => self.add_line(client, index).await,
            Step::Price => {
                let answer = self
                    .quote_command(client, "price", json!({}), "the seller asks for a price")
                    .await?;
                self.fingerprint = text(&answer, "/price/answerFingerprint")?;
                self.step = Step::Validate;
                Ok(answer)
            }
            Step::Validate => {
                let answer = self
                    .quote_command(client, "validate", json!({}), "may it be sold")
                    .await?;
                self.step = Step::Submit;
                Ok(answer)
            }
            Step::Submit => {
                let answer = self
                    .quote_command(
                        client,
                        "submit-for-approval",
                        json!({}),
                        "ready for approval",
                    )
                    .await?;
                self.step = self.after_approval(client, &answer).await?;
                Ok(answer)
            }
            Step::Approve(role) => self.approve(client, &role).await,
            Step::Present => {
                let answer = self
                    .quote_command(client, "present", json!({}), "sent to the customer")
                    .await?;
                self.step = Step::Accept;
                Ok(answer)
            }
            Step::Accept => {
                let payload = json!({ "answerFingerprint": self.fingerprint });
                let answer = self
                    .quote_command(
                        client,
                        "accept",
                        payload,
                        "the customer accepted the proposal",
                    )
                    .await?;
                self.step = Step::Convert;
                Ok(answer)
            }
            Step::Convert => {
                let answer = self
                    .quote_command(client, "convert-to-order", json!({}), "accepted")
                    .await?;
                self.order = Some(text(&answer, "/order")?);
                self.step = Step::SubmitOrder;
                Ok(answer)
            }
            Step::SubmitOrder => self.submit_order(client).await,
            Step::Fulfil => self.watch(client).await,
            Step::Done => Ok(Value::Null),
        }
    }

    async fn create(&mut self, client: &Client) -> Result<Value, StepError> {
        let at = |path: &str| self.request.pointer(path).cloned().unwrap_or(Value::Null);
        let payload = json!({
            "account": at("/facts/account/id"),
            "ruleset": at("/ruleset"),
            "sellingDate": at("/facts/quote/date"),
            "facts": at("/facts"),
            "asked": self.request.get("asked").cloned().unwrap_or_else(|| json!({})),
        });
        let call = self.call(
            "/quotes".to_owned(),
            0,
            payload,
            "a customer asked for an offer",
        );
        let answer = client.command(&Self::seller(), &call).await?;
        self.quote = Some(text(&answer, "/quote")?);
        self.version = version(&answer)?;
        self.step = if self.lines.is_empty() {
            Step::Price
        } else {
            Step::AddLine(0)
        };
        Ok(answer)
    }

    async fn add_line(&mut self, client: &Client, index: usize) -> Result<Value, StepError> {
        let line = self
            .lines
            .get(index)
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        let of = |name: &str| line.get(name).cloned().unwrap_or(Value::Null);
        let configuration: Map<String, Value> = line
            .iter()
            .filter(|(name, _)| *name != "id" && *name != "product")
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let payload =
            json!({ "line": of("id"), "product": of("product"), "configuration": configuration });
        let answer = self
            .quote_command(client, "lines", payload, "the customer wants this")
            .await?;
        let next = index.saturating_add(1);
        self.step = if next < self.lines.len() {
            Step::AddLine(next)
        } else {
            Step::Price
        };
        Ok(answer)
    }

    async fn approve(&mut self, client: &Client, role: &str) -> Result<Value, StepError> {
        let path = self.path("approve")?;
        let call = self.call(
            path,
            self.version,
            json!({ "role": role }),
            "within what the role may grant",
        );
        let answer = client.command(&Person::in_role(role), &call).await?;
        self.step = self.after_approval(client, &answer).await?;
        self.version = version(&answer)?;
        self.approvals = self.approvals.saturating_add(1);
        Ok(answer)
    }

    /// Who is asked next, if anybody.
    async fn after_approval(&self, client: &Client, answer: &Value) -> Result<Step, StepError> {
        match text(answer, "/state")?.as_str() {
            "approved" => Ok(Step::Present),
            "pending approval" => {
                let history = client
                    .read(&Self::seller(), &self.path("approval-history")?)
                    .await?;
                open_role(&history).map(Step::Approve).ok_or_else(|| {
                    StepError::Stuck("approval is pending and nobody is asked".to_owned())
                })
            }
            other => Err(StepError::Stuck(format!(
                "after the approval the quote is {other}"
            ))),
        }
    }

    async fn submit_order(&mut self, client: &Client) -> Result<Value, StepError> {
        let order = self.order.clone().unwrap_or_default();
        let expected = match self.captured {
            Some(version) => version,
            None => version(
                &client
                    .read(&Self::seller(), &format!("/orders/{order}"))
                    .await?,
            )?,
        };
        // A repetition says the same, however far the order has come meanwhile.
        self.captured = Some(expected);
        let call = self.call(
            format!("/orders/{order}/submit"),
            expected,
            json!({}),
            "as accepted",
        );
        let answer = client.command(&Self::seller(), &call).await?;
        self.step = Step::Fulfil;
        Ok(answer)
    }

    async fn watch(&mut self, client: &Client) -> Result<Value, StepError> {
        let order = self.order.clone().unwrap_or_default();
        let plan = client
            .read(
                &Self::seller(),
                &format!("/orders/{order}/fulfillment-plan"),
            )
            .await?;
        match text(&plan, "/state")?.as_str() {
            "completed" => self.step = Step::Done,
            "held" | "cancelled" => {
                return Err(StepError::Stuck(format!(
                    "order {order} is {}",
                    text(&plan, "/state")?
                )));
            }
            _ => {}
        }
        Ok(plan)
    }

    async fn quote_command(
        &mut self,
        client: &Client,
        verb: &str,
        payload: Value,
        reason: &str,
    ) -> Result<Value, StepError> {
        let call = self.call(self.path(verb)?, self.version, payload, reason);
        let answer = client.command(&Self::seller(), &call).await?;
        self.version = version(&answer)?;
        Ok(answer)
    }

    fn path(&self, verb: &str) -> Result<String, StepError> {
        match &self.quote {
            Some(quote) => Ok(format!("/quotes/{quote}/{verb}")),
            None => Err(StepError::Stuck("there is no quote yet".to_owned())),
        }
    }

    fn call(&self, path: String, expected_version: u64, payload: Value, reason: &str) -> Call {
        Call {
            path,
            key: self.key().unwrap_or_default(),
            expected_version,
            reason: reason.to_owned(),
            payload,
        }
    }
}

/// The first role that an open case of the latest revision waits for.
fn open_role(history: &Value) -> Option<String> {
    let cases = history
        .get("revisions")?
        .as_array()?
        .last()?
        .get("cases")?
        .as_array()?;
    cases.iter().find_map(|case| {
        if case.get("state")?.as_str()? != "open" {
            return None;
        }
        let step = case.get("step")?.as_u64()?;
        let index = usize::try_from(step.checked_sub(1)?).ok()?;
        let roles = case
            .pointer("/need/steps")?
            .as_array()?
            .get(index)?
            .as_array()?;
        let decided = case.get("decisions")?.as_array()?;
        let has_decided = |role: &Value| {
            decided.iter().any(|said| {
                said.get("role") == Some(role)
                    && said.get("step").and_then(Value::as_u64) == Some(step)
            })
        };
        roles
            .iter()
            .find(|role| !has_decided(role))?
            .as_str()
            .map(str::to_owned)
    })
}

fn text(answer: &Value, pointer: &str) -> Result<String, StepError> {
    answer
        .pointer(pointer)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| StepError::Stuck(format!("the answer has no `{pointer}`: {answer}")))
}

fn version(answer: &Value) -> Result<u64, StepError> {
    answer
        .get("version")
        .and_then(Value::as_u64)
        .ok_or_else(|| StepError::Stuck(format!("the answer has no version: {answer}")))
}
