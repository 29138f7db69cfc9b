//! Typed views of the tree: a struct per kind of node, with an accessor per child.
//!
//! A view holds nothing but its node, so it costs nothing and cannot disagree with the text. Every
//! accessor is optional, because the tree of a text with mistakes has holes; the parser has told
//! the mistakes already, so a reader of views skips what is not there.

mod adjustments;
mod approvals;
mod calculations;
mod expressions;
mod frame;
mod fulfilment;
mod golden;
mod items;
mod lists;
mod prices;
mod products;
mod promotions;
mod support;
mod tables;
mod terms;

pub use adjustments::{
    AdjustStages, Adjustment, AskedFor, ChargeClass, ChargeSelection, Discount, Floor, On,
    Priority, Promotion, Stage, Take, TakeBase, TakeWay,
};
pub use approvals::{
    Approval, ApproverJoin, ApproverStep, Approvers, AskAgain, GoesUp, Let, Worse, Worsening,
};
pub use calculations::{
    Data, DecisionTable, Define, Give, HitPolicy, Parameter, Parameters, Policy, Record,
    ResultItem, Use,
};
pub use expressions::{
    BinaryExpr, BinaryOp, ConversionTarget, ConvertedExpr, CountExpr, Expr, HasExpr, IfExpr,
    InExpr, Literal, MissingExpr, Otherwise, ParenExpr, Path, PercentOfExpr, PresenceExpr,
    QuantityExpr, RangeExpr, RoundedExpr, Rounding, RoundingMode, RoundingTo, SetExpr, TotalExpr,
    TotalOf, UnaryExpr, UnaryOp,
};
pub use frame::{Name, NameRef, TableFile, Title, Type, TypeBounds, Window};
pub use fulfilment::{
    CutOff, Fulfil, PartAfter, Task, TaskAfter, TaskTry, TaskUndo, TaskWaiting, TaskWithin,
};
pub use golden::{
    Asked, ClauseChange, Config, ConfigEntry, EachRow, Expect, Expectation, Given, InputNode, Line,
    LineAddress, ListInput, Override, Test,
};
pub use items::{
    Amount, Category, Currencies, Effective, Enum, Fact, Facts, HiddenFrom, Item, LanguageItem,
    Owner, Role, Ruleset, SourceFile, System, Unit,
};
pub use lists::{
    Aggregate, AggregateExpr, Argument, CallExpr, FieldExpr, ItemExpr, ItemsExpr, ListedExpr, Loop,
    MeasureExpr, NumbersExpr, PeriodExpr, RunningExpr, SortKey, SortedExpr, SpanExpr, SpreadExpr,
    Weight, Where,
};
pub use prices::{
    BookLevel, BoundKind, ChoosePrice, CurrencyClause, Eligible, Extends, Graduated, ModelKind,
    Price, PriceBook, PriceBound, PriceFormula, PriceModel, PriceTarget, PricesFrom, PricesOf,
    RoundClause,
};
pub use products::{
    Bundle, Charge, ChargePrepaid, ChargeQuantity, ChargeTiming, Constraint, ConstraintKind,
    EachWith, Opt, OptionDomain, Overridable, Pack, Part, PartCount, Product, Retired, Severity,
    SeverityClause, Sku, Sold, Timing, When,
};
pub use promotions::{
    Alone, Bound, BoundOf, Budget, Buy, Charges, CodeClause, ForEvery, Gift, Group, GroupCombine,
    InGroup, NeverTogether, Off, OffWhat, Redeemed, RemainderTo, SpreadBy, UnitOrder, UnitsFirst,
    WholeGroups,
};
pub use support::AstNode;
pub use tables::{Cell, CellComparison, CellContent, CellItem, CellRange, Column, Table, TableRow};
pub use terms::{Clause, ClauseNeed, ClauseText, ClauseVersion, Qualify, QuoteValid, ValidEntry};
