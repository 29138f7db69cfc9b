//! `quo-server demo`: one sale through a real service, told as it happens.
//!
//! It starts `quo-server serve` as a process of its own, with simulated downstream systems that have a bad day, and then does
//! what people would do, over HTTP. It uses nothing that they could not.

use super::{Failure, asked_to_end};
use clap::Args;
use quo_domain::Timestamp;
use quo_domain::ports::Clock;
use quo_http::ports::SystemClock;
use quo_http::sale::{Client, Sale, Step};
use quo_model::PackageStore;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, IsTerminal};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Arguments of `quo-server demo`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  quo build rulesets/acme-cloud -o acme-cloud.quop\n  quo-server demo --package acme-cloud.quop --request rulesets/acme-cloud/requests/guided-sale.json"
)]
pub struct Demo {
    /// The package that decides.
    #[arg(long, value_name = "FILE.quop")]
    package: PathBuf,
    /// The request that is sold, as JSON.
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// Folder for the data of the service; a fresh temporary one when left out.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Port on loopback; a free one when it is 0.
    #[arg(long, default_value_t = 8_080)]
    port: u16,
    /// The bad day of the simulated systems follows from this seed.
    #[arg(long, default_value_t = 7, value_name = "SEED")]
    storm: u64,
    /// End when the order is complete instead of serving on.
    #[arg(long)]
    exit: bool,
}

/// The service as a process of its own; it ends with this value.
struct Service {
    process: Child,
    address: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing else to be done about it here.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The tenant that sells.
const TENANT: &str = "demo";

/// How long the downstream systems are waited for, so that the bad day does not take the whole day.
const CALL_TIMEOUT_MS: &str = "400";

/// How long the order may take.
const LONGEST: Duration = Duration::from_secs(120);

impl Demo {
    /// Sells.
    ///
    /// # Errors
    /// What keeps the sale from being completed, in words.
    pub async fn run(self) -> Result<(), Failure> {
        let temporary;
        let data = match &self.data {
            Some(data) => data.clone(),
            None => {
                temporary = tempfile::tempdir()?;
                temporary.path().to_owned()
            }
        };
        std::fs::create_dir_all(&data)?;
        let request: Value = serde_json::from_slice(&std::fs::read(&self.request)?)?;
        let systems = self.systems(&data)?;
        let service = self.start(&data, &systems, &request)?;
        let client = Client::new(&service.address, TENANT)?;
        let mut teller = Teller::new();
        teller.heading("The service is up");
        teller.say(&format!(
            "{}  (data in {})",
            service.address,
            data.display()
        ));
        teller.say(&format!(
            "simulated downstream systems on a bad day: {}",
            systems.join(", ")
        ));

        let mut sale = Sale::new("guided-sale", request);
        self.sell(&client, &mut sale, &mut teller).await?;
        teller.heading("Where to look");
        let (quote, order) = (
            sale.quote.unwrap_or_default(),
            sale.order.unwrap_or_default(),
        );
        teller.say(&format!(
            "quote     {}/quotes/{quote}/page?tenant={TENANT}",
            client.base()
        ));
        teller.say(&format!(
            "order     {}/orders/{order}/page?tenant={TENANT}",
            client.base()
        ));
        teller.say(&format!(
            "evidence  {}/quotes/{quote}/evidence-package (with the headers of a person)",
            client.base()
        ));
        teller.say(&format!(
            "all       {}/?tenant={TENANT}   interface {}/openapi.json   metrics {}/metrics",
            client.base(),
            client.base(),
            client.base()
        ));
        if !self.exit {
            teller.say("\nserving until Ctrl-C");
            asked_to_end().await;
        }
        Ok(())
    }

    /// The downstream systems that the rules name.
    fn systems(&self, data: &std::path::Path) -> Result<Vec<String>, Failure> {
        let store = PackageStore::open(data.join("packages"))?;
        let package = store.get(&store.put_file(&self.package)?)?;
        let model = package.model();
        Ok(model
            .systems
            .iter()
            .map(|name| model.str(name.to_native()).to_owned())
            .collect())
    }

    fn start(
        &self,
        data: &std::path::Path,
        systems: &[String],
        request: &Value,
    ) -> Result<Service, Failure> {
        let log = std::fs::File::create(data.join("server.log"))?;
        let mut process = Command::new(std::env::current_exe()?)
            .args(["serve", "--tenant", TENANT])
            .arg("--data")
            .arg(data)
            .arg("--packages")
            .arg(&self.package)
            .args(["--listen", &format!("127.0.0.1:{}", self.port)])
            .args(["--simulate", &systems.join(",")])
            .args([
                "--storm",
                &self.storm.to_string(),
                "--call-timeout-ms",
                CALL_TIMEOUT_MS,
            ])
            .args(["--clock-shift-s", &shift_to(request).to_string()])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        let output = process.stdout.take().ok_or("the service has no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        match line.trim().strip_prefix("listening on ") {
            Some(address) => Ok(Service {
                process,
                address: address.to_owned(),
            }),
            None => {
                let _ = process.kill();
                let said = std::fs::read_to_string(data.join("server.log")).unwrap_or_default();
                Err(format!("the service did not start: {}", said.trim()).into())
            }
        }
    }

    async fn sell(
        &self,
        client: &Client,
        sale: &mut Sale,
        teller: &mut Teller,
    ) -> Result<(), Failure> {
        while !matches!(sale.step, Step::Fulfil | Step::Done) {
            let step = sale.step.clone();
            let answer = sale.advance(client).await?;
            teller.step(&step, &answer);
            let quote = sale.quote.clone().unwrap_or_default();
            match step {
                Step::Price => {
                    let trace = client
                        .read(&Sale::seller(), &format!("/quotes/{quote}/pricing-trace"))
                        .await?;
                    teller.say(
                        trace
                            .pointer("/explanation/text")
                            .and_then(Value::as_str)
                            .unwrap_or_default(),
                    );
                }
                Step::Submit => {
                    let history = client
                        .read(
                            &Sale::seller(),
                            &format!("/quotes/{quote}/approval-history"),
                        )
                        .await?;
                    teller.approvals(&history);
                }
                _ => {}
            }
        }
        let order = sale.order.clone().unwrap_or_default();
        let mut waited = Duration::ZERO;
        while sale.step != Step::Done {
            let pause = Duration::from_millis(100);
            tokio::time::sleep(pause).await;
            waited = waited.saturating_add(pause);
            sale.advance(client).await?;
            let timeline = client
                .read(&Sale::seller(), &format!("/orders/{order}/timeline"))
                .await?;
            teller.timeline(&timeline);
            if waited > LONGEST {
                return Err(format!(
                    "order {order} is not complete after {} s",
                    LONGEST.as_secs()
                )
                .into());
            }
        }
        Ok(())
    }
}

/// Seconds from now to nine in the morning of the selling date, so that the sale is made on its day.
fn shift_to(request: &Value) -> i64 {
    let date = request
        .pointer("/facts/quote/date")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let morning: Option<Timestamp> = format!("{date}T09:00:00Z").parse().ok();
    let now = SystemClock.now();
    morning.map_or(0, |morning| {
        let seconds = |at: Timestamp| at.millis().checked_div(1_000).unwrap_or(0);
        seconds(morning).saturating_sub(seconds(now))
    })
}

/// Tells the sale on standard output.
struct Teller {
    color: bool,
    told: BTreeSet<String>,
}

impl Teller {
    fn new() -> Self {
        Self {
            color: std::io::stdout().is_terminal(),
            told: BTreeSet::new(),
        }
    }

    fn heading(&mut self, text: &str) {
        if self.color {
            println!("\n\u{1b}[1;36m{text}\u{1b}[0m");
        } else {
            println!("\n{text}");
        }
    }

    fn say(&mut self, text: &str) {
        for line in text.lines() {
            println!("  {line}");
        }
    }

    fn step(&mut self, step: &Step, answer: &Value) {
        let state = answer
            .get("state")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let quote = answer
            .get("quote")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let text = match step {
            Step::Create => format!("The seller creates quote {quote}"),
            Step::AddLine(index) => format!("The seller adds line {}", index.saturating_add(1)),
            Step::Price => "The rules price it".to_owned(),
            Step::Validate => "It is validated".to_owned(),
            Step::Submit => "The seller submits it for approval".to_owned(),
            Step::Approve(role) => format!("{role} approves"),
            Step::Present => "The customer gets the proposal".to_owned(),
            Step::Accept => "The customer accepts exactly that price".to_owned(),
            Step::Convert => format!(
                "The accepted quote becomes order {}",
                answer
                    .get("order")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            ),
            Step::SubmitOrder => "The order is submitted; its tasks run on their own".to_owned(),
            Step::Fulfil | Step::Done => return,
        };
        self.heading(&text);
        self.say(&format!("state: {state}"));
    }

    fn approvals(&mut self, history: &Value) {
        let cases = history
            .pointer("/revisions/0/cases")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        for case in &cases {
            let text = |pointer: &str| {
                case.pointer(pointer)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            let steps: Vec<String> = case
                .pointer("/need/steps")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .map(|roles| {
                    roles
                        .as_array()
                        .into_iter()
                        .flatten()
                        .filter_map(Value::as_str)
                        .collect::<Vec<_>>()
                        .join(" and ")
                })
                .collect();
            self.say(&format!(
                "{} asks {} because of the row {}",
                text("/need/rule"),
                steps.join(" then "),
                text("/need/row")
            ));
        }
    }

    /// What has happened to the order since it was last told.
    fn timeline(&mut self, timeline: &Value) {
        for event in timeline
            .get("timeline")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let text = |pointer: &str| {
                event
                    .pointer(pointer)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            if !self.told.insert(text("/id")) {
                continue;
            }
            let kind = text("/type");
            let name = kind
                .trim_start_matches("quo.order.")
                .trim_end_matches(".v1")
                .replace('_', " ");
            let task = text("/data/task");
            let detail = match text("/data/finding/found").as_str() {
                "done" => format!("it had been done: {}", text("/data/finding/reference")),
                "not_done" => "it had not been done; it may be tried again".to_owned(),
                "failed" => format!("it had failed: {}", text("/data/finding/detail")),
                "unknown" => "the system cannot say".to_owned(),
                _ => format!("{}{}", text("/data/detail"), text("/data/reference")),
            };
            let time = text("/time");
            let clock = time.get(11..23).unwrap_or(&time);
            self.say(&format!("{clock}  {name:28} {task:16} {}", detail));
        }
    }
}
