//! Expressions.

use super::lists::{
    AggregateExpr, CallExpr, FieldExpr, ItemExpr, ItemsExpr, ListedExpr, MeasureExpr, NumbersExpr,
    PeriodExpr, RunningExpr, SortedExpr, SpanExpr, SpreadExpr,
};
use super::promotions::Charges;
use super::support::{self, AstNode, accessors, nodes};
use crate::kind::{SyntaxKind, SyntaxNode};
use crate::literal::{self, Date, LiteralError, Value};

nodes! {
    /// A number, percentage, amount, period, date, text, `yes` or `no`.
    Literal = LITERAL;
    /// `quote.region`, `Standard`, `asked`: one word or several with dots.
    Path = PATH;
    /// `( … )`
    ParenExpr = PAREN_EXPR;
    /// `not x`, `-x`
    UnaryExpr = UNARY_EXPR;
    /// `a + b`, `a is b`, `a implies b`
    BinaryExpr = BINARY_EXPR;
    /// `a in { B, C }`, `a not in x`, `a in 1 to 5`
    InExpr = IN_EXPR;
    /// `{ A, B }`
    SetExpr = SET_EXPR;
    /// `1 to 5` after `in`, both included.
    RangeExpr = RANGE_EXPR;
    /// `addons has Sso`
    HasExpr = HAS_EXPR;
    /// `x is absent`, `x is present`
    PresenceExpr = PRESENCE_EXPR;
    /// `a as percent of b, rounded half up to 2 places, otherwise 0%`
    PercentOfExpr = PERCENT_OF_EXPR;
    /// `x rounded half up to 2 places`
    RoundedExpr = ROUNDED_EXPR;
    /// `x converted to boxes`, `x converted to boxes, rounded up to 0 places`
    ConvertedExpr = CONVERTED_EXPR;
    /// What something is converted to: `boxes`.
    ConversionTarget = CONVERSION_TARGET;
    /// `half up to 2 places`, `half even to currency`
    Rounding = ROUNDING;
    /// `otherwise V`: the value where a quotient has none.
    Otherwise = OTHERWISE;
    /// `if c then a else b`
    IfExpr = IF_EXPR;
    /// `count of addons`
    CountExpr = COUNT_EXPR;
    /// `total of list`, `total of net`
    TotalExpr = TOTAL_EXPR;
    /// `quantity of P.c`
    QuantityExpr = QUANTITY_EXPR;
    /// Nothing, where an expression should be; the parser has reported it.
    MissingExpr = MISSING_EXPR;
}

/// Any expression.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each variant is documented at its view")]
pub enum Expr {
    Literal(Literal),
    Path(Path),
    Paren(ParenExpr),
    Unary(UnaryExpr),
    Binary(BinaryExpr),
    In(InExpr),
    Set(SetExpr),
    Range(RangeExpr),
    Has(HasExpr),
    Presence(PresenceExpr),
    PercentOf(PercentOfExpr),
    Rounded(RoundedExpr),
    Converted(ConvertedExpr),
    If(IfExpr),
    Count(CountExpr),
    Total(TotalExpr),
    Quantity(QuantityExpr),
    Call(CallExpr),
    Field(FieldExpr),
    Period(PeriodExpr),
    Listed(ListedExpr),
    Aggregate(AggregateExpr),
    Running(RunningExpr),
    Numbers(NumbersExpr),
    Span(SpanExpr),
    Measure(MeasureExpr),
    Items(ItemsExpr),
    Item(ItemExpr),
    Sorted(SortedExpr),
    Spread(SpreadExpr),
    Missing(MissingExpr),
}

impl AstNode for Expr {
    fn cast(node: SyntaxNode) -> Option<Self> {
        Some(match node.kind() {
            SyntaxKind::LITERAL => Expr::Literal(Literal(node)),
            SyntaxKind::PATH => Expr::Path(Path(node)),
            SyntaxKind::PAREN_EXPR => Expr::Paren(ParenExpr(node)),
            SyntaxKind::UNARY_EXPR => Expr::Unary(UnaryExpr(node)),
            SyntaxKind::BINARY_EXPR => Expr::Binary(BinaryExpr(node)),
            SyntaxKind::IN_EXPR => Expr::In(InExpr(node)),
            SyntaxKind::SET_EXPR => Expr::Set(SetExpr(node)),
            SyntaxKind::RANGE_EXPR => Expr::Range(RangeExpr(node)),
            SyntaxKind::HAS_EXPR => Expr::Has(HasExpr(node)),
            SyntaxKind::PRESENCE_EXPR => Expr::Presence(PresenceExpr(node)),
            SyntaxKind::PERCENT_OF_EXPR => Expr::PercentOf(PercentOfExpr(node)),
            SyntaxKind::ROUNDED_EXPR => Expr::Rounded(RoundedExpr(node)),
            SyntaxKind::CONVERTED_EXPR => Expr::Converted(ConvertedExpr(node)),
            SyntaxKind::IF_EXPR => Expr::If(IfExpr(node)),
            SyntaxKind::COUNT_EXPR => Expr::Count(CountExpr(node)),
            SyntaxKind::TOTAL_EXPR => Expr::Total(TotalExpr(node)),
            SyntaxKind::QUANTITY_EXPR => Expr::Quantity(QuantityExpr(node)),
            SyntaxKind::MISSING_EXPR => Expr::Missing(MissingExpr(node)),
            _ => return list_form(node),
        })
    }

    fn syntax(&self) -> &SyntaxNode {
        match self {
            Expr::Literal(view) => view.syntax(),
            Expr::Path(view) => view.syntax(),
            Expr::Paren(view) => view.syntax(),
            Expr::Unary(view) => view.syntax(),
            Expr::Binary(view) => view.syntax(),
            Expr::In(view) => view.syntax(),
            Expr::Set(view) => view.syntax(),
            Expr::Range(view) => view.syntax(),
            Expr::Has(view) => view.syntax(),
            Expr::Presence(view) => view.syntax(),
            Expr::PercentOf(view) => view.syntax(),
            Expr::Rounded(view) => view.syntax(),
            Expr::Converted(view) => view.syntax(),
            Expr::If(view) => view.syntax(),
            Expr::Count(view) => view.syntax(),
            Expr::Total(view) => view.syntax(),
            Expr::Quantity(view) => view.syntax(),
            Expr::Missing(view) => view.syntax(),
            Expr::Call(view) => view.syntax(),
            Expr::Field(view) => view.syntax(),
            Expr::Period(view) => view.syntax(),
            Expr::Listed(view) => view.syntax(),
            Expr::Aggregate(view) => view.syntax(),
            Expr::Running(view) => view.syntax(),
            Expr::Numbers(view) => view.syntax(),
            Expr::Span(view) => view.syntax(),
            Expr::Measure(view) => view.syntax(),
            Expr::Items(view) => view.syntax(),
            Expr::Item(view) => view.syntax(),
            Expr::Sorted(view) => view.syntax(),
            Expr::Spread(view) => view.syntax(),
        }
    }
}

/// The views of calls and of forms over lists.
fn list_form(node: SyntaxNode) -> Option<Expr> {
    None.or_else(|| CallExpr::cast(node.clone()).map(Expr::Call))
        .or_else(|| FieldExpr::cast(node.clone()).map(Expr::Field))
        .or_else(|| PeriodExpr::cast(node.clone()).map(Expr::Period))
        .or_else(|| ListedExpr::cast(node.clone()).map(Expr::Listed))
        .or_else(|| AggregateExpr::cast(node.clone()).map(Expr::Aggregate))
        .or_else(|| RunningExpr::cast(node.clone()).map(Expr::Running))
        .or_else(|| NumbersExpr::cast(node.clone()).map(Expr::Numbers))
        .or_else(|| SpanExpr::cast(node.clone()).map(Expr::Span))
        .or_else(|| MeasureExpr::cast(node.clone()).map(Expr::Measure))
        .or_else(|| ItemsExpr::cast(node.clone()).map(Expr::Items))
        .or_else(|| ItemExpr::cast(node.clone()).map(Expr::Item))
        .or_else(|| SortedExpr::cast(node.clone()).map(Expr::Sorted))
        .or_else(|| SpreadExpr::cast(node.clone()).map(Expr::Spread))
}

impl Literal {
    /// The value as plain data.
    ///
    /// # Errors
    /// [`LiteralError`] where the text is no such value; only a number too large and a currency
    /// are left for others to report, the parser has reported every other one.
    pub fn value(&self) -> Result<Value, LiteralError> {
        let tokens: Vec<_> = support::tokens(&self.0).collect();
        let parts: Vec<_> = tokens.iter().map(|t| (t.kind(), t.text())).collect();
        literal::value(&parts)
    }

    /// The value of a literal that must be a date.
    ///
    /// # Errors
    /// [`LiteralError`] where it is none.
    pub fn date(&self) -> Result<Date, LiteralError> {
        match self.value()? {
            Value::Date(date) => Ok(date),
            _ => Err(LiteralError::NotADate(self.source())),
        }
    }

    /// The value of a literal that must be a whole number from 0.
    ///
    /// # Errors
    /// [`LiteralError`] where it is none.
    pub fn integer(&self) -> Result<u64, LiteralError> {
        let not_whole = || LiteralError::NotWhole(self.source());
        match self.value()? {
            Value::Number(number) if number.scale == 0 => {
                u64::try_from(number.mantissa).map_err(|_| not_whole())
            }
            _ => Err(not_whole()),
        }
    }
}

impl Path {
    /// The words between the dots, with their ranges in the file.
    #[must_use]
    pub fn segments(&self) -> Vec<(String, rowan::TextRange)> {
        let segment = |token: crate::kind::SyntaxToken| match token.kind() {
            // A number stands only in the address of one of several items of a part.
            SyntaxKind::WORD | SyntaxKind::BAD_WORD | SyntaxKind::NUMBER => {
                Some((token.text().to_owned(), token.text_range()))
            }
            _ => None,
        };
        support::tokens(&self.0).filter_map(segment).collect()
    }

    /// The words with dots between, without white space.
    #[must_use]
    pub fn text(&self) -> String {
        let words: Vec<_> = self.segments().into_iter().map(|(word, _)| word).collect();
        words.join(".")
    }
}

accessors!(ParenExpr {
    /// What stands inside.
    one inner: Expr;
});

/// An operator with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnaryOp {
    /// `not`
    Not,
    /// `-`
    Negate,
}

accessors!(UnaryExpr {
    /// The operand.
    one operand: Expr;
});

impl UnaryExpr {
    /// The operator.
    #[must_use]
    pub fn op(&self) -> UnaryOp {
        match support::token(&self.0, SyntaxKind::MINUS) {
            Some(_) => UnaryOp::Negate,
            None => UnaryOp::Not,
        }
    }
}

/// An operator with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BinaryOp {
    /// `implies`
    Implies,
    /// `or`
    Or,
    /// `and`
    And,
    /// `is`
    Is,
    /// `is not`
    IsNot,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `followed by`
    FollowedBy,
    /// `begins with`
    BeginsWith,
    /// `otherwise`
    Otherwise,
}

accessors!(BinaryExpr {
    /// Left of the operator.
    nth(0) left: Expr;
    /// Right of the operator.
    nth(1) right: Expr;
    /// The rounding of a division.
    one rounding: Rounding;
    /// The value of a division by zero.
    one otherwise: Otherwise;
});

impl BinaryExpr {
    /// The operator.
    #[must_use]
    pub fn op(&self) -> Option<BinaryOp> {
        support::tokens(&self.0).find_map(|token| {
            Some(match token.kind() {
                SyntaxKind::LT => BinaryOp::Less,
                SyntaxKind::LT_EQ => BinaryOp::LessOrEqual,
                SyntaxKind::GT => BinaryOp::Greater,
                SyntaxKind::GT_EQ => BinaryOp::GreaterOrEqual,
                SyntaxKind::PLUS => BinaryOp::Add,
                SyntaxKind::MINUS => BinaryOp::Subtract,
                SyntaxKind::STAR => BinaryOp::Multiply,
                SyntaxKind::SLASH => BinaryOp::Divide,
                // What other languages write is understood, though reported.
                SyntaxKind::EQ | SyntaxKind::EQ2 => BinaryOp::Is,
                SyntaxKind::BANG_EQ | SyntaxKind::LT_GT => BinaryOp::IsNot,
                SyntaxKind::AMP2 => BinaryOp::And,
                SyntaxKind::PIPE2 => BinaryOp::Or,
                SyntaxKind::WORD => match token.text() {
                    "implies" => BinaryOp::Implies,
                    "followed" => BinaryOp::FollowedBy,
                    "begins" => BinaryOp::BeginsWith,
                    "otherwise" => BinaryOp::Otherwise,
                    "or" => BinaryOp::Or,
                    "and" => BinaryOp::And,
                    "is" if support::has_word(&self.0, "not") => BinaryOp::IsNot,
                    "is" => BinaryOp::Is,
                    _ => return None,
                },
                _ => return None,
            })
        })
    }
}

accessors!(InExpr {
    /// What is looked for.
    nth(0) element: Expr;
    /// Where: a set, a range, or a path.
    nth(1) collection: Expr;
});

impl InExpr {
    /// Whether it says `not in`.
    #[must_use]
    pub fn is_negated(&self) -> bool {
        support::has_word(&self.0, "not")
    }
}

accessors!(SetExpr {
    /// The elements.
    many elements: Expr;
});

accessors!(RangeExpr {
    /// The lowest value.
    nth(0) from: Expr;
    /// The highest value.
    nth(1) to: Expr;
});

accessors!(HasExpr {
    /// The part.
    nth(0) part: Expr;
    /// The kind it may hold.
    nth(1) kind: Expr;
});

accessors!(PresenceExpr {
    /// The value that may be absent.
    one operand: Expr;
});

impl PresenceExpr {
    /// Whether it asks for `present` rather than `absent`.
    #[must_use]
    pub fn is_present(&self) -> bool {
        let negated = support::has_word(&self.0, "not");
        support::has_word(&self.0, "present") != negated
    }
}

accessors!(PercentOfExpr {
    /// The part.
    nth(0) part: Expr;
    /// The whole.
    nth(1) whole: Expr;
    /// How the percentage is rounded.
    one rounding: Rounding;
    /// The percentage of nothing.
    one otherwise: Otherwise;
});

accessors!(RoundedExpr {
    /// What is rounded.
    one operand: Expr;
    /// How.
    one rounding: Rounding;
});

impl ConversionTarget {
    /// Its words, with a dot between.
    #[must_use]
    pub fn text(&self) -> String {
        support::words(&self.0).join(".")
    }
}

accessors!(ConvertedExpr {
    /// What is converted.
    nth(0) operand: Expr;
    /// Into what.
    one target: ConversionTarget;
    /// How the result is rounded.
    one rounding: Rounding;
});

accessors!(Otherwise {
    /// The value.
    one value: Expr;
});

/// Where a value between two neighbours goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoundingMode {
    /// `half up`: to the nearest, ties away from zero.
    HalfUp,
    /// `half even`: to the nearest, ties to the even neighbour.
    HalfEven,
    /// `half down`: to the nearest, ties towards zero.
    HalfDown,
    /// `up`: away from zero.
    Up,
    /// `down`: towards zero.
    Down,
    /// `ceiling`: towards positive infinity.
    Ceiling,
    /// `floor`: towards negative infinity.
    Floor,
}

impl RoundingMode {
    /// The mode among the words of a node.
    pub(crate) fn of(node: &SyntaxNode) -> Option<Self> {
        let words = support::words(node);
        let mode: Vec<_> = words
            .iter()
            .map(String::as_str)
            .skip_while(|word| *word == "round" || *word == "rounded")
            .take_while(|word| *word != "to")
            .collect();
        Some(match mode.as_slice() {
            ["half", "up"] => Self::HalfUp,
            ["half", "even"] => Self::HalfEven,
            ["half", "down"] => Self::HalfDown,
            ["up"] => Self::Up,
            ["down"] => Self::Down,
            ["ceiling"] => Self::Ceiling,
            ["floor"] => Self::Floor,
            _ => return None,
        })
    }
}

/// What a rounding rounds to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoundingTo {
    /// `N places`
    Places(Literal),
    /// `currency`: the minor unit of the currency.
    Currency,
    /// `N places` where N has a name.
    PlacesOf(Expr),
    /// `steps of S`
    Steps(Expr),
}

impl Rounding {
    /// The mode.
    #[must_use]
    pub fn mode(&self) -> Option<RoundingMode> {
        RoundingMode::of(&self.0)
    }

    /// The places.
    #[must_use]
    pub fn to(&self) -> Option<RoundingTo> {
        if support::has_word(&self.0, "steps") {
            return support::child(&self.0).map(RoundingTo::Steps);
        }
        match support::child::<Expr>(&self.0) {
            Some(Expr::Literal(places)) => Some(RoundingTo::Places(places)),
            Some(places) => Some(RoundingTo::PlacesOf(places)),
            None => support::has_word(&self.0, "currency").then_some(RoundingTo::Currency),
        }
    }
}

accessors!(IfExpr {
    /// The condition.
    nth(0) condition: Expr;
    /// The value where it holds.
    nth(1) then: Expr;
    /// The value where it does not.
    nth(2) otherwise: Expr;
});

accessors!(CountExpr {
    /// The part or the list.
    one of: Expr;
});

/// Which contract value a total is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TotalOf {
    /// Before adjustments.
    List,
    /// After adjustments.
    Net,
    /// What the adjustments so far have left.
    Left,
}

accessors!(TotalExpr {
    /// Of which charges; of all where there are none.
    one charges: Charges;
});

accessors!(QuantityExpr {
    /// Of which charges.
    one charges: Charges;
});

impl TotalExpr {
    /// Which total.
    #[must_use]
    pub fn of(&self) -> Option<TotalOf> {
        if support::has_word(&self.0, "list") {
            Some(TotalOf::List)
        } else if support::has_word(&self.0, "net") {
            Some(TotalOf::Net)
        } else if support::has_word(&self.0, "left") {
            Some(TotalOf::Left)
        } else {
            None
        }
    }
}
