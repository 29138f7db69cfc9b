//! The kinds of tokens and nodes: the only vocabulary that lexer, grammar and views share.

/// Declares the kinds and, from the same list, the way back from a number to a kind.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident,)*) => {
        /// The kind of a token or of a node of the tree.
        ///
        /// Keywords are not kinds: they are words, and a name may be spelled like one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        #[allow(
            non_camel_case_types,
            reason = "the custom of lossless trees: kinds read as constants"
        )]
        pub enum SyntaxKind {
            $($(#[$doc])* $kind,)*
        }

        /// Every kind, at the place of its number.
        const KINDS: &[SyntaxKind] = &[$(SyntaxKind::$kind,)*];
    };
}

kinds! {
    // Tokens that the grammar does not see.
    /// Blanks and tabs.
    WHITESPACE,
    /// One end of a line.
    NEWLINE,
    /// `-- …` up to the end of the line.
    COMMENT,
    /// `// …` up to the end of the line: a comment of other languages.
    BAD_COMMENT,
    /// Blanks of another kind, such as the one that keeps words on one line.
    BAD_BLANK,

    // Tokens with a text of their own.
    /// A letter or `_`, then letters, digits and `_`.
    WORD,
    /// `7`, `100_000`, `12.50`.
    NUMBER,
    /// `7.5%`.
    PERCENT,
    /// `2026-07-15`.
    DATE,
    /// `2026-07-15T10:00:00Z`.
    INSTANT,
    /// `1.0.0`.
    VERSION,
    /// `"…"`.
    TEXT,

    // Punctuation.
    /// `{`
    L_BRACE,
    /// `}`
    R_BRACE,
    /// `(`
    L_PAREN,
    /// `)`
    R_PAREN,
    /// `[`
    L_BRACKET,
    /// `]`
    R_BRACKET,
    /// `,`
    COMMA,
    /// `:`
    COLON,
    /// `.`
    DOT,
    /// `?`
    QUESTION,
    /// `=`
    EQ,
    /// `<`
    LT,
    /// `<=`
    LT_EQ,
    /// `>`
    GT,
    /// `>=`
    GT_EQ,
    /// `+`
    PLUS,
    /// `-`
    MINUS,
    /// `*`
    STAR,
    /// `/`
    SLASH,
    /// `|`
    PIPE,
    /// `||`
    PIPE2,

    // What other languages write; understood in order to be corrected.
    /// `==`
    EQ2,
    /// `!=`
    BANG_EQ,
    /// `<>`
    LT_GT,
    /// `!`
    BANG,
    /// `&&`
    AMP2,

    // Malformed tokens; the grammar takes them for what they were meant to be.
    /// A word with letters other than a to z.
    BAD_WORD,
    /// Digits that are no number: `1.5e3`, `8hours`, `1__0`.
    BAD_NUMBER,
    /// A text without its closing quote.
    BAD_TEXT,
    /// Bytes that mean nothing.
    UNKNOWN,

    /// The end of the file; never in a tree.
    EOF,

    // Nodes: frame.
    /// The root.
    SOURCE_FILE,
    /// Tokens that could not be understood.
    ERROR,
    /// The name of something declared here.
    NAME,
    /// The name of something declared elsewhere.
    NAME_REF,
    /// A title or message in quotes.
    TITLE,
    /// The path of a file of a table, and the sheet of a workbook.
    TABLE_FILE,
    /// `from D to D, last day included`.
    WINDOW,
    /// `Int from 1 to 10`.
    TYPE,
    /// `from A to B` of a type.
    TYPE_BOUNDS,

    // Nodes: items.
    /// `ruleset acme.cloud 1.0.0`
    RULESET_ITEM,
    /// `language 1`
    LANGUAGE_ITEM,
    /// `effective …`, in a header, a book or a promotion.
    EFFECTIVE,
    /// `owner "…"`
    OWNER_ITEM,
    /// `enum E { … }`
    ENUM_ITEM,
    /// `facts f { … }`
    FACTS_ITEM,
    /// `hidden from R`
    HIDDEN_FROM,
    /// One fact.
    FACT,
    /// `currencies …`
    CURRENCIES_ITEM,
    /// `unit box, boxes = 10 pieces`
    UNIT_ITEM,
    /// `role …`
    ROLE_ITEM,
    /// `system …`
    SYSTEM_ITEM,
    /// `amount a = …`
    AMOUNT_ITEM,
    /// `define d: T = …`
    DEFINE_ITEM,
    /// `use std.calendar`
    USE_ITEM,
    /// `record R { … }`
    RECORD_ITEM,
    /// `data d: list of T …`
    DATA_ITEM,
    /// `table t(a: T): U, first match …`
    TABLE_ITEM,
    /// `result r "…": T = …`
    RESULT_ITEM,
    /// `(a: T, b: U)`
    PARAMETERS,
    /// `a: T`
    PARAMETER,
    /// `give …`
    GIVE,
    /// `category …`
    CATEGORY_ITEM,
    /// `product P … { … }`
    PRODUCT_ITEM,
    /// `bundle B … { … }`
    BUNDLE_ITEM,
    /// `require`, `exclude`, `warn`, `allow`.
    CONSTRAINT,
    /// `eligible P … when …`
    ELIGIBLE_ITEM,
    /// `price book B { … }`
    PRICE_BOOK_ITEM,
    /// `discount D { … }`
    DISCOUNT_ITEM,
    /// `promotion P { … }`
    PROMOTION_ITEM,
    /// `adjust in stages: …`
    ADJUST_STAGES_ITEM,
    /// `floor … at … of list`
    FLOOR_ITEM,
    /// `approval A { … }`
    APPROVAL_ITEM,
    /// `fulfil P { … }`
    FULFIL_ITEM,
    /// `test "…" { … }`
    TEST_ITEM,

    // Nodes: products and bundles.
    /// `sku "…"`
    SKU,
    /// `sold from …`
    SOLD,
    /// `option o: T = …`
    OPTION,
    /// `charge c "…": …`
    CHARGE,
    /// `one time`, `recurring monthly`, `usage monthly`.
    CHARGE_TIMING,
    /// `per seats`, `per 1_000 started of calls`, `of payments.volume`.
    CHARGE_QUANTITY,
    /// `, prepaid yearly`
    CHARGE_PREPAID,
    /// `part p: …`
    PART,
    /// `0 to 5 kinds of`, `one of`, `optional`.
    PART_COUNT,
    /// `each with o = …`
    EACH_WITH,

    /// `in { 8, 16, 32 }` of an option.
    OPTION_DOMAIN,
    /// `retired from … unless …, migrate to …`
    RETIRED,
    /// `overridable by A or B with reason`
    OVERRIDABLE,
    /// `as warning`
    SEVERITY,
    /// `qualify P "…" with fact valid 30 days when …`
    QUALIFY_ITEM,
    /// `quote valid until …`
    QUOTE_VALID_ITEM,
    /// `30 days after quote.date "…"`
    VALID_ENTRY,
    /// `clause C "…" version 2 text "…" required with …`
    CLAUSE_ITEM,
    /// `version 2`
    CLAUSE_VERSION,
    /// `text "…"`
    CLAUSE_TEXT,
    /// `required with A, B`, `on request`
    CLAUSE_NEED,

    // Nodes: price books.
    /// `currency EUR, GBP`
    CURRENCY_CLAUSE,
    /// `when …`
    WHEN,
    /// `round half even to currency`
    ROUND_CLAUSE,
    /// `price P.c … TABLE`
    PRICE,
    /// `prices from "…"`
    PRICES_FROM,
    /// `graduated P.c by o`
    GRADUATED,
    /// `extends B`
    EXTENDS,
    /// `level Customer`
    BOOK_LEVEL,
    /// `graduated by seats`, `volume by seats`, `flat`, `in packages started`.
    PRICE_MODEL,
    /// `at least …`, `at most …`, `included …`
    PRICE_BOUND,
    /// `of category AddOns`, `of all`
    PRICE_TARGET,
    /// `= …` of a price
    PRICE_FORMULA,
    /// `prices of B less 30%`
    PRICES_OF,
    /// `choose price by A, B`
    CHOOSE_PRICE_ITEM,

    // Nodes: adjustments.
    /// `on …`
    ON,
    /// `asked for by …`
    ASKED_FOR,
    /// `take …`
    TAKE,
    /// `stage …`
    STAGE,
    /// `priority …`
    PRIORITY,
    /// `off all of them`
    OFF,
    /// `dearest first`
    UNIT_ORDER,
    /// `at most 50 EUR`, `at most 2 times`
    BOUND,
    /// `spread by list`
    SPREAD_BY,
    /// `remainder to largest`
    REMAINDER,
    /// `only whole groups`
    WHOLE_GROUPS,
    /// `for every …`
    FOR_EVERY,
    /// `3 units of P.c`
    BUY,
    /// `give 1 unit of P`
    GIFT,
    /// `recurring charges of P`, `{ P, Q.c }`, outside of `on`.
    CHARGES,
    /// `code "…"`
    CODE,
    /// `alone …`
    ALONE,
    /// `never together with …`
    NEVER_TOGETHER,
    /// `budget …`
    BUDGET,
    /// `redeemed …`
    REDEEMED,
    /// `group G` of an adjustment.
    IN_GROUP,
    /// `group G in stage S, priority N: …`
    GROUP_ITEM,

    // Nodes: approvals and fulfilment.
    /// `let v = …`
    LET,
    /// `never the same person twice`
    NEVER_TWICE,
    /// `delegation allowed`
    DELEGATION,
    /// `unanswered in time goes up to …`
    GOES_UP,
    /// `ask again only when …`
    ASK_AGAIN,
    /// `discount rises`
    WORSENING,
    /// `no cancelling once … has started`
    CUT_OFF,
    /// `part nodes after billing`
    PART_AFTER,
    /// `waiting 5 minutes, doubling`
    TASK_WAITING,
    /// `first match`
    HIT_POLICY,
    /// `never the requester`
    NEVER_REQUESTER,
    /// `A then B`
    APPROVERS,
    /// `A and B`, between two `then`.
    APPROVER_STEP,
    /// One task of a plan.
    TASK,
    /// `after a, b`
    TASK_AFTER,
    /// `try 5 times`
    TASK_TRY,
    /// `within 2 hours`
    TASK_WITHIN,
    /// `undo with u`
    TASK_UNDO,

    // Nodes: tests.
    /// `given f { … }`
    GIVEN,
    /// `line 1: P { … }`
    LINE,
    /// `{ … }` of a given, a line or a part.
    CONFIG,
    /// `name`, `name value`, `name { … }`, `name value { … }`.
    CONFIG_ENTRY,
    /// `asked D 5%`
    ASKED,
    /// `expect …`
    EXPECT,
    /// `line 1 platform.subscription`
    LINE_ADDRESS,
    /// `for each row of "…"`
    EACH_ROW,
    /// `[ … ]` of an input.
    LIST_INPUT,

    /// `override R by A because "…"`
    OVERRIDE,
    /// `clause C removed`
    CLAUSE_CHANGE,

    // Nodes: tables.
    /// Header and rows.
    TABLE,
    /// The first row.
    TABLE_HEADER,
    /// One heading.
    COLUMN,
    /// A row after the first.
    TABLE_ROW,
    /// One cell.
    CELL,
    /// `1 to 100` in a cell.
    CELL_RANGE,
    /// `above 100` in a cell.
    CELL_COMPARISON,

    // Nodes: expressions.
    /// A number, percentage, amount, period, date, text, `yes` or `no`.
    LITERAL,
    /// `quote.region`
    PATH,
    /// `( … )`
    PAREN_EXPR,
    /// `not x`, `-x`
    UNARY_EXPR,
    /// `a + b`
    BINARY_EXPR,
    /// `a in …`
    IN_EXPR,
    /// `{ A, B }`
    SET_EXPR,
    /// `a to b` after `in`.
    RANGE_EXPR,
    /// `a has B`
    HAS_EXPR,
    /// `a is absent`
    PRESENCE_EXPR,
    /// `a as percent of b`
    PERCENT_OF_EXPR,
    /// `a rounded …`
    ROUNDED_EXPR,
    /// `a converted to u`
    CONVERTED_EXPR,
    /// `u` of `a converted to u`
    CONVERSION_TARGET,
    /// `half up to 2 places`, and `otherwise`.
    ROUNDING,
    /// `otherwise v`
    OTHERWISE,
    /// `if c then a else b`
    IF_EXPR,
    /// `count of p`
    COUNT_EXPR,
    /// `total of list`
    TOTAL_EXPR,
    /// `quantity of P.c`
    QUANTITY_EXPR,
    /// `f(a, b)`, `R(x: a)`
    CALL_EXPR,
    /// `x: a` in a call.
    ARGUMENT,
    /// `(…).field`
    FIELD_EXPR,
    /// `n months`
    PERIOD_EXPR,
    /// `[ a, b ]`
    LISTED_EXPR,
    /// `sum of …`, `any x in …`, `list of …`
    AGGREGATE_EXPR,
    /// `for x at i in L where C`
    LOOP,
    /// `where C`
    WHERE,
    /// `running v = a for x in L: b`
    RUNNING_EXPR,
    /// `numbers from a to b`
    NUMBERS_EXPR,
    /// `days from a to b`
    SPAN_EXPR,
    /// `year of d`, `months in p`
    MEASURE_EXPR,
    /// `items of P`
    ITEMS_EXPR,
    /// `item n of L`
    ITEM_EXPR,
    /// `L sorted by k`
    SORTED_EXPR,
    /// `k descending`
    SORT_KEY,
    /// `spread a over L …`
    SPREAD_EXPR,
    /// `by w`
    WEIGHT,
    /// Nothing, where an expression should be.
    MISSING_EXPR,
}

use SyntaxKind::*;

impl SyntaxKind {
    /// Whether the grammar does not see the token.
    #[must_use]
    pub const fn is_trivia(self) -> bool {
        matches!(self, WHITESPACE | NEWLINE | COMMENT) || self.is_bad_trivia()
    }

    /// Whether the grammar does not see the token, and it should not be there.
    #[must_use]
    pub const fn is_bad_trivia(self) -> bool {
        matches!(self, BAD_COMMENT | BAD_BLANK)
    }

    /// Whether it is a token rather than a node.
    #[must_use]
    pub const fn is_token(self) -> bool {
        (self as u16) <= (EOF as u16)
    }

    /// How a person calls the token: `a number`, `` `{` ``.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            WHITESPACE | BAD_BLANK => "a blank",
            NEWLINE | EOF => "the end",
            COMMENT | BAD_COMMENT => "a comment",
            WORD | BAD_WORD => "a name",
            NUMBER | BAD_NUMBER => "a number",
            PERCENT => "a percentage",
            DATE => "a date",
            INSTANT => "a point in time",
            VERSION => "a version",
            TEXT | BAD_TEXT => "a text in quotes",
            L_BRACE => "`{`",
            R_BRACE => "`}`",
            L_PAREN => "`(`",
            R_PAREN => "`)`",
            L_BRACKET => "`[`",
            R_BRACKET => "`]`",
            COMMA => "`,`",
            COLON => "`:`",
            DOT => "`.`",
            QUESTION => "`?`",
            EQ => "`=`",
            LT => "`<`",
            LT_EQ => "`<=`",
            GT => "`>`",
            GT_EQ => "`>=`",
            PLUS => "`+`",
            MINUS => "`-`",
            STAR => "`*`",
            SLASH => "`/`",
            PIPE => "`|`",
            PIPE2 => "`||`",
            EQ2 => "`==`",
            BANG_EQ => "`!=`",
            LT_GT => "`<>`",
            BANG => "`!`",
            AMP2 => "`&&`",
            _ => "something else",
        }
    }
}

/// The language of the tree, as rowan wants to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quo {}

impl rowan::Language for Quo {
    type Kind = SyntaxKind;

    fn kind_from_raw(raw: rowan::SyntaxKind) -> SyntaxKind {
        // Every number in a tree was a kind when the tree was built.
        KINDS.get(usize::from(raw.0)).copied().unwrap_or(ERROR)
    }

    fn kind_to_raw(kind: SyntaxKind) -> rowan::SyntaxKind {
        rowan::SyntaxKind(kind as u16)
    }
}

/// A node of the tree.
pub type SyntaxNode = rowan::SyntaxNode<Quo>;
/// A token of the tree.
pub type SyntaxToken = rowan::SyntaxToken<Quo>;
/// A node or a token of the tree.
pub type SyntaxElement = rowan::SyntaxElement<Quo>;
