//! Explanations in plain words, for a terminal.

use std::fmt::Write as _;

use super::{
    ExplainedApproval, ExplainedCharge, ExplainedLine, ExplainedResult, ExplainedRule,
    ExplainedTask, ExplainedTest, Explanation, WhyNot,
};
use crate::answer::Finding;

impl Explanation {
    /// The explanation in plain words, with the colours of a terminal if `color`.
    #[must_use]
    pub fn to_text(&self, color: bool) -> String {
        let mut page = Page {
            text: String::new(),
            color,
        };
        page.explanation(self);
        page.text
    }
}

#[derive(Clone, Copy)]
enum Style {
    Heading,
    Good,
    Bad,
    Quiet,
}

impl Style {
    /// The parameter of the terminal's "select graphic rendition" (ECMA-48).
    fn code(self) -> u8 {
        match self {
            Self::Heading => 1,
            Self::Good => 32,
            Self::Bad => 31,
            Self::Quiet => 2,
        }
    }
}

struct Page {
    text: String,
    color: bool,
}

impl Page {
    fn line(&mut self, indent: usize, text: &str) {
        // Writing into a string cannot fail.
        let _ = writeln!(self.text, "{:indent$}{text}", "");
    }

    fn gap(&mut self) {
        self.text.push('\n');
    }

    fn styled(&self, style: Style, text: &str) -> String {
        if self.color {
            format!("\u{1b}[{}m{text}\u{1b}[0m", style.code())
        } else {
            text.to_owned()
        }
    }

    fn at(&self, place: Option<&String>) -> String {
        place.map_or_else(String::new, |place| {
            self.styled(Style::Quiet, &format!("  [{place}]"))
        })
    }

    fn explanation(&mut self, e: &Explanation) {
        let verdict = if e.valid {
            self.styled(Style::Good, "valid")
        } else {
            self.styled(Style::Bad, "not valid")
        };
        let heading = format!("{} {}, {}, {}", e.ruleset, e.version, e.date, e.term);
        let heading = self.styled(Style::Heading, &heading);
        self.line(0, &format!("{heading}: {verdict}"));
        if let Some(why_not) = &e.why_not {
            return self.why_not(why_not);
        }
        for finding in &e.blocking {
            self.finding("blocking", Style::Bad, finding);
        }
        for finding in &e.warnings {
            self.finding("warning", Style::Heading, finding);
        }
        for line in &e.lines {
            self.quote_line(line);
        }
        self.totals(e);
        if !e.rules.is_empty() {
            self.gap();
            let heading = self.styled(Style::Heading, "Rules on the quote");
            self.line(0, &heading);
            self.rules(&e.rules);
        }
        for approval in &e.approvals {
            self.approval(approval);
        }
        if !e.results.is_empty() {
            self.gap();
            let heading = self.styled(Style::Heading, "Results");
            self.line(0, &heading);
            e.results.iter().for_each(|result| self.result(result));
        }
    }

    fn result(&mut self, explained: &ExplainedResult) {
        let name = self.styled(Style::Heading, &explained.result);
        let place = self.at(explained.place.as_ref());
        let text = format!("{name}  {}: {}{place}", explained.title, explained.shown);
        self.line(2, &text);
        for value in &explained.values {
            self.line(4, &format!("{} is {}", value.text, value.value));
        }
        self.tests(4, &explained.tests);
    }

    fn finding(&mut self, what: &str, style: Style, finding: &Finding) {
        let mut spot = String::new();
        if let Some(line) = &finding.line {
            let _ = write!(spot, ", line {line}");
        }
        if let Some(item) = &finding.item {
            let _ = write!(spot, " {item}");
        }
        let what = self.styled(style, what);
        self.line(
            2,
            &format!("{what}: {} ({}{spot})", finding.message, finding.rule),
        );
    }

    fn quote_line(&mut self, line: &ExplainedLine) {
        self.gap();
        let heading = format!("Line {}: {}", line.id, line.product);
        let heading = self.styled(Style::Heading, &heading);
        self.line(0, &heading);
        for charge in &line.charges {
            self.charge(charge);
        }
        if !line.rules.is_empty() {
            self.line(2, "rules");
            self.rules(&line.rules);
        }
        if !line.tasks.is_empty() {
            self.line(2, "tasks once accepted");
            for task in &line.tasks {
                self.task(task);
            }
        }
    }

    fn charge(&mut self, explained: &ExplainedCharge) {
        let charge = &explained.charge;
        let every = match charge.period_months {
            0 => "one time".to_owned(),
            1 => format!("{} every month", charge.kind),
            months => format!("{} every {months} months", charge.kind),
        };
        let path = self.styled(Style::Heading, &charge.path);
        let heading = format!(
            "{path}  {}, {every}, quantity {}",
            charge.title, charge.quantity
        );
        self.line(2, &heading);
        for (price, place) in charge.prices.iter().zip(&explained.price_places) {
            let place = self.at(place.as_ref());
            let flat = price.flat.as_ref();
            let flat = flat.map_or_else(String::new, |flat| format!(" + {flat}"));
            let free = price.included.as_ref();
            let free = free.map_or_else(String::new, |free| format!(" ({free} included)"));
            let text = format!(
                "{} × {}{flat} = {}{free}  {}, row `{}`{place}",
                price.quantity, price.price, price.amount, price.book, price.row
            );
            self.line(4, &text);
        }
        if let Some(held) = &charge.held {
            self.line(4, &format!("held by `{held}`"));
        }
        if let Some(periods) = charge.paid_for_periods {
            self.line(4, &format!("paid in advance for {periods} periods"));
        }
        match &charge.list {
            Some(list) => self.row("list", list, ""),
            None => {
                let none = self.styled(Style::Bad, "no price");
                self.line(4, &none);
            }
        }
        if let Some(contract) = &charge.contract {
            self.row("contract", contract, "");
        }
        for step in &explained.steps {
            let amount = match &step.step.kept {
                Some(kept) => format!("+{kept} kept"),
                None => match step.step.saving.strip_prefix('-') {
                    Some(added) => format!("+{added}"),
                    None => format!("-{}", step.step.saving),
                },
            };
            let place = self.at(step.place.as_ref());
            let about = format!("{}, {}{place}", step.step.title, step.step.kind);
            self.row(&step.step.rule, &amount, &about);
            self.tests(8, &step.tests);
        }
        if let Some(net) = &charge.net {
            self.row("net", net, &format!("rounded {}", charge.rounding));
        }
        if let Some(value) = charge
            .contract_value
            .as_ref()
            .filter(|_| explained.periods != 1)
        {
            let text = format!(
                "over the contract, {} periods: list {}, net {}",
                explained.periods, value.list, value.net
            );
            self.line(4, &text);
        }
        for lost in explained
            .candidates
            .iter()
            .filter(|candidate| !candidate.chosen)
        {
            let place = self.at(lost.place.as_ref());
            let why = lost.reasons.join("; ");
            self.line(4, &format!("not the price of {}: {why}{place}", lost.book));
        }
        for lost in &explained.not_applied {
            let place = self.at(lost.place.as_ref());
            self.line(
                4,
                &format!("not applied: {}, {}{place}", lost.rule, lost.title),
            );
            self.reasons(&lost.reasons);
        }
    }

    fn row(&mut self, what: &str, amount: &str, about: &str) {
        let text = format!("{what:<24}{amount:>16}  {about}");
        self.line(4, text.trim_end());
    }

    fn reasons(&mut self, reasons: &[String]) {
        for reason in reasons {
            self.line(8, reason);
        }
    }

    fn tests(&mut self, indent: usize, tests: &[ExplainedTest]) {
        for test in tests {
            self.line(indent, &test.sentence());
        }
    }

    fn rules(&mut self, rules: &[ExplainedRule]) {
        for rule in rules {
            let verdict = if rule.satisfied {
                self.styled(Style::Good, "holds")
            } else {
                self.styled(Style::Bad, "does not hold")
            };
            let on = if rule.item.is_empty() {
                String::new()
            } else {
                format!(" on {}", rule.item)
            };
            let place = self.at(rule.place.as_ref());
            self.line(
                4,
                &format!("{} {}{on} {verdict}{place}", rule.kind, rule.rule),
            );
            if !rule.satisfied {
                self.line(8, &rule.message);
            }
            self.tests(8, &rule.tests);
        }
    }

    fn task(&mut self, explained: &ExplainedTask) {
        let place = self.at(explained.place.as_ref());
        match &explained.task {
            Some(task) if task.after.is_empty() => {
                self.line(4, &format!("{} on {}{place}", explained.id, task.system));
            }
            Some(task) => {
                let after = task.after.join(", ");
                let text = format!("{} on {} after {after}{place}", explained.id, task.system);
                self.line(4, &text);
            }
            None => self.line(4, &format!("{} is left out{place}", explained.id)),
        }
        self.tests(8, &explained.tests);
    }

    fn totals(&mut self, e: &Explanation) {
        self.gap();
        let heading = self.styled(Style::Heading, &format!("Totals in {}", e.totals.currency));
        self.line(0, &heading);
        for total in &e.totals.by_period {
            let what = match total.months {
                0 => "one time".to_owned(),
                1 => "every month".to_owned(),
                months => format!("every {months} months"),
            };
            let text = format!("{what:<24}list {:>16}   net {:>16}", total.list, total.net);
            self.line(2, &text);
        }
        if let Some(total) = &e.totals.contract {
            let what = format!("over {}", e.term);
            let text = format!("{what:<24}list {:>16}   net {:>16}", total.list, total.net);
            self.line(2, &text);
        }
        for extra in &e.extra_items {
            let text = format!(
                "on top: {} {} at {} each, {}",
                extra.quantity, extra.product, extra.price, extra.rule
            );
            self.line(2, &text);
        }
        for kept in &e.reservations {
            let amount = kept.amount.as_ref();
            let amount = amount.map(|amount| format!("{amount} of its budget"));
            let uses = (kept.uses > 0).then(|| format!("{} of its uses", kept.uses));
            let what: Vec<String> = amount.into_iter().chain(uses).collect();
            let text = format!("to be kept for {}: {}", kept.rule, what.join(" and "));
            self.line(2, &text);
        }
    }

    fn approval(&mut self, explained: &ExplainedApproval) {
        let approval = &explained.approval;
        self.gap();
        let heading = format!("Approval {}: {}", approval.rule, approval.title);
        let heading = self.styled(Style::Heading, &heading);
        self.line(0, &heading);
        let steps = approval
            .steps
            .iter()
            .map(|step| step.roles.join(if step.any { " or " } else { " and " }));
        let steps: Vec<String> = steps.collect();
        let who = if steps.is_empty() {
            "nobody has to approve".to_owned()
        } else {
            steps.join(" then ")
        };
        let within = match approval.within_minutes {
            0 => String::new(),
            minutes if minutes % 60 == 0 => format!(" within {} hours", minutes / 60),
            minutes => format!(" within {minutes} minutes"),
        };
        let place = self.at(explained.place.as_ref());
        self.line(
            2,
            &format!("{who}{within}, by the row `{}`{place}", approval.row),
        );
        for value in &explained.values {
            self.line(4, &format!("{} is {}", value.text, value.value));
        }
    }

    fn why_not(&mut self, why_not: &WhyNot) {
        self.gap();
        let place = self.at(why_not.place.as_ref());
        let heading = format!("Why not {} ({})", why_not.rule, why_not.kind);
        let heading = self.styled(Style::Heading, &heading);
        self.line(0, &format!("{heading}{place}"));
        if why_not.subjects.is_empty() {
            self.line(2, "nothing in the quote is of the kind that it is about");
        }
        for subject in &why_not.subjects {
            let spot = match (&subject.line, subject.address.as_str()) {
                (None, _) => "the quote".to_owned(),
                (Some(line), "") => format!("line {line}"),
                (Some(line), address) => format!("line {line} {address}"),
            };
            let verdict = match (subject.applied, constrains(&why_not.kind)) {
                (true, true) => self.styled(Style::Good, "it holds"),
                (false, true) => self.styled(Style::Bad, "it does not hold"),
                (true, false) => self.styled(Style::Good, "it applies"),
                (false, false) => self.styled(Style::Bad, "it does not apply"),
            };
            self.line(2, &format!("{spot}: {verdict}"));
            for reason in &subject.reasons {
                self.line(4, reason);
            }
        }
    }
}

/// Whether rules of this kind hold or not, where others apply or not.
fn constrains(kind: &str) -> bool {
    matches!(kind, "require" | "exclude" | "warn" | "allow" | "eligible")
}
