//! Items and their statements.

use super::Writer;
use crate::layout::Before;

impl Writer {
    /// Any item.
    pub(super) fn item(&mut self) {
        match self.random.below(19) {
            0 => self.header(),
            1 => self.enumeration(),
            2 => self.facts(),
            3 => self.names(),
            4 => self.amount(),
            5 | 6 => self.define(),
            7 => self.product(),
            8 | 9 => self.bundle(),
            10 => self.eligible(),
            11 | 12 => self.book(),
            13 => self.adjustment(),
            14 => self.stages_and_floors(),
            15 => self.approval(),
            16 => self.plan(),
            17 => self.unit(),
            _ => self.test(),
        }
    }

    fn header(&mut self) {
        self.first("ruleset");
        self.path(Before::Any);
        self.any("1.2.3");
        self.first("language");
        self.any("1");
        self.first("effective");
        self.window();
        self.first("owner");
        self.text(Before::Any);
    }

    fn window(&mut self) {
        if self.random.chance(50) {
            self.any("from 2026-01-01");
        } else {
            self.any("2026-01-01 to 2026-12-31");
            self.sign(",");
            self.any("last day included");
        }
    }

    fn unit(&mut self) {
        self.first("unit");
        self.any("box");
        if self.random.chance(50) {
            self.sign(",");
            self.any("boxes");
        }
        if self.random.chance(50) {
            self.sign("=");
            self.any("12");
            self.put(Before::SameLine, "kg");
        }
    }

    fn enumeration(&mut self) {
        if self.random.chance(50) {
            self.first("ordered");
            self.any("enum");
        } else {
            self.first("enum");
        }
        self.any_name();
        self.braces(15, Self::any_name);
    }

    fn facts(&mut self) {
        self.first("facts");
        self.any_name();
        self.braces(8, |w| {
            w.any_name();
            w.typed();
        });
    }

    fn typed(&mut self) {
        self.sign(":");
        match self.random.below(4) {
            0 => self.any("Int from 1 to 100_000"),
            1 => self.any("Decimal from 0 to 10 with 2 decimals"),
            _ => self.any_name(),
        }
        if self.random.chance(20) {
            self.sign("?");
        }
        if self.random.chance(30) {
            self.any("=");
            self.operand(Before::Any);
        }
    }

    fn names(&mut self) {
        let word = *self
            .random
            .pick(&["currencies", "role", "system", "category"]);
        self.first(word);
        self.commas(12, Self::any_name);
    }

    fn amount(&mut self) {
        self.first("amount");
        self.any_name();
        self.any("=");
        self.commas(14, |w| {
            w.any("1_000_000");
            w.same("EUR");
        });
    }

    fn define(&mut self) {
        self.first("define");
        self.any_name();
        self.sign(":");
        self.any_name();
        self.any("=");
        self.expression();
    }

    fn heading(&mut self, word: &str) {
        self.first(word);
        self.any_name();
        if self.random.chance(60) {
            self.text(Before::Any);
        }
        if self.random.chance(40) {
            self.any("in");
            self.any_name();
        }
    }

    fn product(&mut self) {
        self.heading("product");
        self.block(5, Self::member);
    }

    fn member(&mut self) {
        match self.random.below(4) {
            0 => {
                self.line("sku");
                self.text(Before::Any);
            }
            1 => {
                self.line("sold");
                self.window();
            }
            2 => {
                self.line("option");
                self.any_name();
                self.typed();
            }
            _ => {
                self.line("charge");
                self.any_name();
                if self.random.chance(50) {
                    self.text(Before::Any);
                }
                self.sign(":");
                let timing = *self.random.pick(&[
                    "one time",
                    "recurring monthly",
                    "recurring every 6 months",
                    "usage yearly",
                ]);
                self.any(timing);
                match self.random.below(4) {
                    0 => {}
                    1 => {
                        self.any("per");
                        self.any_name();
                    }
                    2 => {
                        self.any("of");
                        self.any_name();
                        self.same(",");
                        self.any("prepaid for the term");
                    }
                    _ => {
                        self.any("per 1_000 started of");
                        self.any_name();
                    }
                }
            }
        }
    }

    fn bundle(&mut self) {
        self.heading("bundle");
        self.block(6, |w| match w.random.below(4) {
            0 => w.member(),
            1 => w.part(),
            2 => w.allow(),
            _ => w.constraint(),
        });
    }

    fn part(&mut self) {
        self.line("part");
        self.any_name();
        self.sign(":");
        match self.random.below(3) {
            0 => self.any_name(),
            1 => {
                self.any("optional");
                self.same("one of");
                self.braces(4, Self::any_name);
            }
            _ => {
                self.any("0 to 5 kinds of");
                self.braces(9, Self::any_name);
            }
        }
        if self.random.chance(30) {
            self.sign(",");
            self.any("each with");
            self.any_name();
            self.any("=");
            self.expression();
        }
    }

    fn constraint(&mut self) {
        let word = *self.random.pick(&["require", "exclude", "warn"]);
        self.line(word);
        if self.random.chance(50) {
            self.same_name();
        }
        self.text(Before::Any);
        self.sign(":");
        self.expression();
    }

    fn allow(&mut self) {
        self.line("allow");
        self.text(Before::Any);
        self.table(&["support", "discount"]);
    }

    /// A table with these results.
    fn table(&mut self, results: &[&str]) {
        let inputs = self.random.below(4);
        let outputs = self.random.below(results.len()).saturating_add(1);
        self.line(if inputs == 0 { "||" } else { "|" });
        for at in 0..inputs {
            self.path(Before::SameLine);
            self.same(if at + 1 == inputs { "||" } else { "|" });
        }
        for result in results.iter().take(outputs) {
            self.same(result);
            self.same("|");
        }
        for _ in 0..self.random.below(5) {
            self.line(if inputs == 0 { "||" } else { "|" });
            for at in 0..inputs {
                self.cell();
                self.same(if at + 1 == inputs { "||" } else { "|" });
            }
            for _ in 0..outputs {
                self.cell();
                self.same("|");
            }
        }
    }

    fn cell(&mut self) {
        match self.random.below(6) {
            0 => self.same("*"),
            1 => self.same("1 to 100_000"),
            2 => {
                let word = *self
                    .random
                    .pick(&["above", "from", "below", "up to", "<", ">="]);
                self.same(word);
                self.same("7.5");
            }
            3 => {
                self.operand(Before::SameLine);
                self.same(",");
                self.operand(Before::SameLine);
            }
            _ => self.operand(Before::SameLine),
        }
    }

    fn eligible(&mut self) {
        self.first("eligible");
        if self.random.chance(30) {
            self.any("category");
        }
        self.any_name();
        self.text(Before::Any);
        self.any("when");
        self.expression();
    }

    fn book(&mut self) {
        self.first("price");
        self.any("book");
        self.any_name();
        self.text(Before::Any);
        if self.random.chance(30) {
            self.any("replaces");
            self.any_name();
        }
        if self.random.chance(20) {
            self.any("extends");
            self.any_name();
        }
        self.block(9, |w| match w.random.below(10) {
            0 => {
                w.line("currency");
                w.commas(4, Self::any_name);
            }
            1 => {
                w.line("effective");
                w.window();
            }
            2 => w.when(),
            3 => {
                w.line("round");
                w.mode();
                w.same("to currency");
            }
            4 => {
                w.line("prices");
                w.any("from");
                w.text(Before::Any);
            }
            5 => {
                w.line("graduated");
                w.path(Before::SameLine);
                w.any("by");
                w.any_name();
            }
            6 => {
                w.line("level");
                w.any_name();
            }
            7 => {
                w.line("prices");
                w.same("of");
                w.any_name();
                w.same("less 12.5%");
            }
            _ => {
                w.line("price");
                w.path(Before::SameLine);
                if w.random.chance(20) {
                    w.same("of category");
                    w.any_name();
                }
                if w.random.chance(40) {
                    w.same(",");
                    w.same("graduated");
                    w.any("by");
                    w.any_name();
                }
                if w.random.chance(20) {
                    w.same(", at least");
                    w.operand(Before::SameLine);
                }
                w.table(&["result"]);
            }
        });
    }

    fn when(&mut self) {
        self.line("when");
        self.expression();
    }

    fn adjustment(&mut self) {
        let word = *self.random.pick(&["discount", "promotion"]);
        self.first(word);
        self.any_name();
        self.text(Before::Any);
        self.block(7, |w| match w.random.below(12) {
            6..=10 => w.of_whole_quote(),
            0 => {
                w.line("effective");
                w.window();
            }
            1 => {
                w.line("on");
                w.any("recurring charges of");
                w.commas(3, Self::any_name);
            }
            2 => w.when(),
            3 => {
                w.line("take");
                w.any("7.5% of list");
            }
            4 => {
                w.line("stage");
                w.any_name();
            }
            _ => {
                w.line("priority");
                w.any("10");
            }
        });
    }

    /// What a discount or promotion says about the whole quote.
    fn of_whole_quote(&mut self) {
        let statement = *self.random.pick(&[
            ("take", "gift off all of them , spread by left , rounded half up to currency , remainder to largest"),
            ("add", "3% of what is left , at most gift , at least gift"),
            ("price", "at most gift each unit"),
            ("price", "those units at gift , spread equally , rounded down to currency , remainder to last"),
            ("take", "100% of list off 1 of those units , cheapest first , at most 2 times , only whole groups"),
            ("take", "gift each unit off 3 units of each charge"),
            ("give", "1 unit of P at gift each"),
            ("code", "\"A\" , \"B\""),
            ("alone", "among promotions unless an earlier one applies"),
            ("never", "together with D above 20% , this one stays"),
            ("budget", "gift , used so far promo.spent , up to what is left of it"),
            ("redeemed", "at most 10 times per customer , used so far promo.uses"),
            ("group", "G"),
        ]);
        self.line(statement.0);
        self.any(statement.1);
    }

    fn stages_and_floors(&mut self) {
        self.first("adjust");
        self.any("in stages");
        self.sign(":");
        self.any_name();
        self.sign(",");
        self.any("then");
        self.any_name();
        self.first("floor");
        self.any_name();
        self.text(Before::Any);
        self.path(Before::Any);
        self.any("at 50% of list");
        self.first("group");
        self.any_name();
        self.any("in stage item , priority 10");
        self.sign(":");
        self.any("the largest saving wins on each charge");
    }

    fn approval(&mut self) {
        self.first("approval");
        self.any_name();
        self.text(Before::Any);
        self.sign("{");
        for _ in 0..self.random.below(3) {
            self.line("let");
            self.any_name();
            self.any("=");
            self.expression();
        }
        self.line("first");
        self.any("match");
        self.line("|");
        self.path(Before::SameLine);
        self.same("|| approver | within |");
        for _ in 0..self.random.below(5) {
            self.line("|");
            self.cell();
            let approvers =
                *self
                    .random
                    .pick(&["none", "A then B", "A and B", "A or B then Chief"]);
            self.same("||");
            self.same(approvers);
            self.same("| 8 hours |");
        }
        if self.random.chance(50) {
            self.line("never");
            self.any("the requester");
        }
        self.close();
    }

    fn plan(&mut self) {
        self.first("fulfil");
        self.any_name();
        self.block(6, |w| {
            let name = w.name();
            w.line(name);
            w.same("on");
            w.any_name();
            if w.random.chance(50) {
                w.same("after");
                w.commas(3, Self::any_name);
            }
            if w.random.chance(40) {
                w.sign(",");
                w.any("try 5 times within 2");
                w.same("hours");
            }
            if w.random.chance(30) {
                w.any("when");
                w.expression();
            }
        });
    }

    fn test(&mut self) {
        self.first("test");
        self.text(Before::Any);
        self.block(7, |w| match w.random.below(6) {
            0 | 1 => {
                w.line("given");
                w.any_name();
                w.config(2);
            }
            2 => {
                w.line("line");
                w.any("1");
                w.sign(":");
                w.any_name();
                w.config(3);
            }
            3 => {
                w.line("asked");
                w.any_name();
                w.same("12.5%");
            }
            4 => {
                w.line("expect");
                w.same("line 1");
                w.path(Before::SameLine);
                w.same("net 10_175.00 EUR");
            }
            _ => {
                w.line("expect");
                w.same_name();
                w.same("not applied because");
                w.text(Before::SameLine);
            }
        });
    }

    /// `{ … }` with entries that commas or ends of lines separate.
    fn config(&mut self, depth: usize) {
        self.put(Before::SameLine, "{");
        for at in 0..self.random.below(6) {
            let name = self.name();
            if at == 0 {
                self.any(name);
            } else if self.random.chance(50) {
                self.sign(",");
                self.any(name);
            } else {
                self.line(name);
            }
            match self.random.below(3) {
                0 => self.operand(Before::SameLine),
                1 if depth > 0 => self.config(depth - 1),
                _ => {}
            }
        }
        self.sign("}");
    }
}
