//! Golden tests.

use quo_source::{FileId, Span};

use super::approvals::Approvers;
use super::expressions::{Expr, Literal, Path};
use super::frame::{Name, NameRef, TableFile, Title};
use super::promotions::CodeClause;
use super::support::{self, AstNode, accessors, nodes};

nodes! {
    /// `test "…" { … }`
    Test = TEST_ITEM;
    /// `given quote { … }`
    Given = GIVEN;
    /// `line 1: Suite { … }`
    Line = LINE;
    /// `{ … }` of a given, a line, a part or a kind.
    Config = CONFIG;
    /// `name`, `name value`, `name { … }`, `name Kind { … }`
    ConfigEntry = CONFIG_ENTRY;
    /// `asked Discretion 12.5%`
    Asked = ASKED;
    /// `expect …`
    Expect = EXPECT;
    /// `line 1 platform.subscription`
    LineAddress = LINE_ADDRESS;
    /// `override R by A on line 1 because "…"`
    Override = OVERRIDE;
    /// `clause C removed`
    ClauseChange = CLAUSE_CHANGE;
    /// `for each row of "cases.csv"`
    EachRow = EACH_ROW;
    /// `[ 1, 2 ]`, `[ { … }, { … } ]`
    ListInput = LIST_INPUT;
}

accessors!(EachRow {
    /// The file.
    one file: TableFile;
});

impl ListInput {
    /// The elements: values, records or lists.
    pub fn elements(&self) -> impl Iterator<Item = InputNode> + use<> {
        self.0.children().filter_map(InputNode::cast)
    }
}

/// A value of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputNode {
    /// One value.
    Value(Expr),
    /// `{ … }`
    Record(Config),
    /// `[ … ]`
    List(ListInput),
}

impl InputNode {
    fn cast(node: crate::kind::SyntaxNode) -> Option<Self> {
        Config::cast(node.clone())
            .map(InputNode::Record)
            .or_else(|| ListInput::cast(node.clone()).map(InputNode::List))
            .or_else(|| Expr::cast(node).map(InputNode::Value))
    }
}

accessors!(Test {
    /// The file whose rows it is made for.
    one each_row: EachRow;
    /// What it shows.
    one title: Title;
    /// The facts.
    many givens: Given;
    /// The lines.
    many lines: Line;
    /// What is asked for.
    many asked: Asked;
    /// Constraints that somebody overrides.
    many overrides: Override;
    /// Clauses that are removed or added.
    many clauses: ClauseChange;
    /// Codes that are given.
    many codes: CodeClause;
    /// What must come out.
    many expects: Expect;
});

accessors!(Given {
    /// The group of facts.
    one facts: NameRef;
    /// The number of the line, where they are facts of a line.
    one number: Literal;
    /// Their values.
    one config: Config;
    /// The records of a group that repeats.
    one list: ListInput;
});

accessors!(Line {
    /// Its number.
    one number: Literal;
    /// The product or bundle.
    one product: NameRef;
    /// Its options and parts.
    one config: Config;
});

accessors!(Config {
    /// The entries, in the order of the text.
    many entries: ConfigEntry;
});

accessors!(ConfigEntry {
    /// The fact, option, part or kind.
    one name: Name;
    /// Its value; for a part, its kind.
    one value: Expr;
    /// What stands in braces after it.
    one config: Config;
    /// What stands in brackets after it.
    one list: ListInput;
});

accessors!(Asked {
    /// The adjustment.
    one adjustment: NameRef;
    /// The percentage.
    one value: Expr;
});

accessors!(LineAddress {
    /// The number of the line.
    one number: Literal;
    /// The charge in it: `platform.subscription`.
    one path: Path;
});

accessors!(ClauseChange {
    /// The clause.
    one clause: NameRef;
});

impl ClauseChange {
    /// Whether it is removed; else it is added.
    #[must_use]
    pub fn is_removed(&self) -> bool {
        support::has_word(&self.0, "removed")
    }
}

accessors!(Override {
    /// The line; everywhere, where there is none.
    one address: LineAddress;
});

impl Override {
    fn behind(&self, word: &str) -> Option<rowan::TextSize> {
        support::tokens(&self.0)
            .find(|token| token.text() == word)
            .map(|token| token.text_range().end())
    }

    /// The rule: its name, or its id where it has none.
    #[must_use]
    pub fn rule(&self) -> Option<String> {
        let by = self.behind("by")?;
        let before = |node: &crate::kind::SyntaxNode| node.text_range().end() <= by;
        let name = support::children::<NameRef>(&self.0).find(|name| before(name.syntax()));
        let id = support::children::<Title>(&self.0).find(|title| before(title.syntax()));
        name.map(|name| name.text()).or_else(|| id?.text())
    }

    /// Where the rule is named.
    #[must_use]
    pub fn rule_span(&self, file: FileId) -> Option<Span> {
        let by = self.behind("by")?;
        let before = |node: &crate::kind::SyntaxNode| node.text_range().end() <= by;
        let name = support::children::<NameRef>(&self.0).find(|name| before(name.syntax()));
        let id = support::children::<Title>(&self.0).find(|title| before(title.syntax()));
        name.map(|name| name.span(file))
            .or_else(|| Some(id?.span(file)))
    }

    /// The role.
    #[must_use]
    pub fn role(&self) -> Option<NameRef> {
        let by = self.behind("by")?;
        support::children::<NameRef>(&self.0).find(|name| name.syntax().text_range().start() >= by)
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> Option<Title> {
        let because = self.behind("because")?;
        support::children::<Title>(&self.0)
            .find(|title| title.syntax().text_range().start() >= because)
    }
}

/// What a test expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// `line 1 platform.subscription net 5 EUR`; `measure` is `unit`, `list`, `contract` or `net`.
    Amount {
        /// The charge.
        address: LineAddress,
        /// Which amount of it.
        measure: NameRef,
        /// The amount.
        amount: Expr,
    },
    /// `line 1 platform.subscription step LongTerm 5 EUR`: the saving of one adjustment.
    Step {
        /// The charge.
        address: LineAddress,
        /// The adjustment.
        rule: NameRef,
        /// What it saves.
        amount: Expr,
    },
    /// `total net 5 EUR`
    Total {
        /// Which amount.
        measure: NameRef,
        /// The amount.
        amount: Expr,
    },
    /// `LongTerm applied [on line 1 platform.subscription]`
    Applied {
        /// The rule.
        rule: NameRef,
        /// On this charge; anywhere, where there is none.
        address: Option<LineAddress>,
    },
    /// `SpringStart not applied [on …] [because "…"]`
    NotApplied {
        /// The rule.
        rule: NameRef,
        /// On this charge; anywhere, where there is none.
        address: Option<LineAddress>,
        /// A part of the reason.
        because: Option<Title>,
    },
    /// `approval Commercial none`
    Approval {
        /// The matrix.
        matrix: NameRef,
        /// Who must approve.
        approvers: Approvers,
    },
    /// `valid`
    Valid,
    /// `invalid [because "…"]`
    Invalid {
        /// A part of the message.
        because: Option<Title>,
    },
    /// `eligible P`
    Eligible {
        /// The product.
        product: NameRef,
    },
    /// `not eligible P [because "…"]`
    NotEligible {
        /// The product.
        product: NameRef,
        /// A part of the message.
        because: Option<Title>,
    },
    /// `clause C`
    Clause {
        /// The clause.
        clause: NameRef,
        /// Whether it is part of the contract.
        there: bool,
    },
    /// `X saves 5 EUR`: over the contract.
    Saves {
        /// The adjustment.
        rule: NameRef,
        /// The amount.
        amount: Expr,
    },
    /// `extra P 2 [at 5 EUR]`, `no extra P`
    Extra {
        /// The product.
        product: NameRef,
        /// How many; none where there is no number.
        count: Option<Literal>,
        /// What each costs.
        price: Option<Expr>,
    },
    /// `reserved 5 EUR of X`, `reserved use of X`
    Reserved {
        /// The adjustment.
        rule: NameRef,
        /// Of its budget; one of its uses where there is no amount.
        amount: Option<Expr>,
    },
    /// `sku line 1 platform "PLT-1"`
    Sku {
        /// The item; the line's own where the path is absent.
        address: LineAddress,
        /// The stock-keeping unit.
        sku: Title,
    },
    /// `expires 2026-12-31 [because "…"]`
    Expires {
        /// The last day; or the cell of a row that has it.
        day: Expr,
        /// A part of the reason.
        because: Option<Title>,
    },
    /// `overridden "…"`
    Overridden(Title),
    /// `information "…"`
    Information(Title),
    /// `warning "…"`
    Warning(Title),
    /// `tasks line 1 billing, entitlement`
    Tasks {
        /// The line; its path is absent.
        address: LineAddress,
        /// The tasks, those of parts by their address.
        tasks: Vec<String>,
    },
    /// `error "…"`
    Error(Title),
    /// `tax_total is 19.00 EUR`: a condition.
    Value(Expr),
}

impl Expect {
    /// What is expected; `None` where it could not be read.
    #[must_use]
    pub fn expectation(&self) -> Option<Expectation> {
        let words = support::words(&self.0);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let address: Option<LineAddress> = support::child(&self.0);
        let mut names = support::children::<NameRef>(&self.0);
        let text: Option<Title> = support::child(&self.0);
        let amount = || support::children::<Expr>(&self.0).next();
        if let (["expect"], None, Some(value)) = (words.as_slice(), &address, amount()) {
            return Some(Expectation::Value(value));
        }
        Some(match words.as_slice() {
            ["expect", "step"] => Expectation::Step {
                address: address?,
                rule: names.next()?,
                amount: amount()?,
            },
            ["expect"] => Expectation::Amount {
                address: address?,
                measure: names.next()?,
                amount: amount()?,
            },
            ["expect", "total"] => Expectation::Total {
                measure: names.next()?,
                amount: amount()?,
            },
            ["expect", "applied", ..] => Expectation::Applied {
                rule: names.next()?,
                address,
            },
            ["expect", "not", "applied", ..] => Expectation::NotApplied {
                rule: names.next()?,
                address,
                because: text,
            },
            ["expect", "approval"] => Expectation::Approval {
                matrix: names.next()?,
                approvers: support::child(&self.0)?,
            },
            ["expect", "valid"] => Expectation::Valid,
            ["expect", "invalid", ..] => Expectation::Invalid { because: text },
            ["expect", "eligible"] => Expectation::Eligible {
                product: names.next()?,
            },
            ["expect", "not", "eligible", ..] => Expectation::NotEligible {
                product: names.next()?,
                because: text,
            },
            ["expect", "clause"] => Expectation::Clause {
                clause: names.next()?,
                there: true,
            },
            ["expect", "no", "clause"] => Expectation::Clause {
                clause: names.next()?,
                there: false,
            },
            ["expect", "saves"] => Expectation::Saves {
                rule: names.next()?,
                amount: amount()?,
            },
            ["expect", "extra", ..] => Expectation::Extra {
                product: names.next()?,
                count: support::child(&self.0),
                price: support::children::<Expr>(&self.0).nth(1),
            },
            ["expect", "no", "extra"] => Expectation::Extra {
                product: names.next()?,
                count: None,
                price: None,
            },
            ["expect", "reserved", "of"] => Expectation::Reserved {
                rule: names.next()?,
                amount: Some(amount()?),
            },
            ["expect", "reserved", "use", "of"] => Expectation::Reserved {
                rule: names.next()?,
                amount: None,
            },
            ["expect", "sku"] => Expectation::Sku {
                address: address?,
                sku: text?,
            },
            ["expect", "expires", ..] => Expectation::Expires {
                day: amount()?,
                because: text,
            },
            ["expect", "overridden"] => Expectation::Overridden(text?),
            ["expect", "information"] => Expectation::Information(text?),
            ["expect", "warning"] => Expectation::Warning(text?),
            ["expect", "tasks"] => Expectation::Tasks {
                address: address?,
                tasks: self.tasks(),
            },
            ["expect", "error"] => Expectation::Error(text?),
            _ => return None,
        })
    }

    /// Names and addresses of tasks, in the order of the text.
    fn tasks(&self) -> Vec<String> {
        let text = |node: crate::kind::SyntaxNode| {
            let name = NameRef::cast(node.clone()).map(|name| name.text());
            name.or_else(|| Some(Path::cast(node)?.text()))
        };
        self.0.children().filter_map(text).collect()
    }
}
