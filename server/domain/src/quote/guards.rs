//! What the guards of a revision's table mean.

use super::{QuoteAction, QuoteFamily, QuoteState, Revision};
use crate::approval::CaseState;
use crate::context::Context;
use crate::machine::Guard;
use crate::snapshot::PricedSnapshot;
use crate::task;
use crate::time::Timestamp;

/// What the guards look at.
pub(super) struct Guards<'a> {
    pub family: &'a QuoteFamily,
    pub revision: &'a Revision,
    pub action: &'a QuoteAction,
    pub context: &'a Context,
    /// Whether approvals are still missing after the one being given.
    pub more_approvals_missing: bool,
}

fn when(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

impl Guards<'_> {
    /// Whether the guard holds; if not, what it saw.
    pub fn holds(&self, guard: Guard) -> Result<(), String> {
        match guard {
            Guard::HasLines => when(!self.revision.lines.is_empty(), || {
                "the quote has no line".to_owned()
            }),
            Guard::LineIsNew => self.line_is_new(),
            Guard::LineExists => self.line_exists(),
            Guard::PricedFromThisContent => self.priced_from_this_content(),
            Guard::PackageIsPinned => self.package_is_pinned(),
            Guard::SnapshotIsWellFormed => match self.offered() {
                Some((_, snapshot)) => self.is_well_formed(snapshot),
                None => Ok(()),
            },
            Guard::NothingBlocks => self.nothing_blocks(),
            Guard::PriceIsCurrent => self.price().map(|_| ()),
            Guard::NotExpired => match self.expires_at() {
                Some(end) => when(self.context.now < end, || {
                    format!("the quote expired at {end}")
                }),
                None => Ok(()),
            },
            Guard::ExpiryPassed => match self.expires_at() {
                Some(end) => when(self.context.now >= end, || {
                    format!("the quote is valid until {end}")
                }),
                None => Err("the quote has no last day".to_owned()),
            },
            Guard::ApprovalNeeded => {
                let carried = super::carry::carried(self.family, self.price()?);
                when(carried.iter().any(Option::is_none), || {
                    "no approval is needed".to_owned()
                })
            }
            Guard::FullyApproved => self.fully_approved(),
            Guard::MoreApprovalsMissing => when(self.more_approvals_missing, || {
                "it is the last approval".to_owned()
            }),
            Guard::FingerprintNamed => self.fingerprint_named(),
            Guard::OnlyConvertible => self.only_convertible(),
            Guard::ReasonGiven => reason_given(self.context),
            other => Err(format!("a quote knows nothing of `{other}`")),
        }
    }

    /// The current price.
    pub fn price(&self) -> Result<&PricedSnapshot, String> {
        self.revision
            .current_price()
            .ok_or_else(|| "the quote has changed since it was priced, or was never".to_owned())
    }

    /// When the price ends; its form was checked when it was recorded.
    fn expires_at(&self) -> Option<Timestamp> {
        self.revision
            .current_price()
            .and_then(|price| price.expires_at().ok().flatten())
    }

    /// The snapshot that a pricing command brings, with the content it was made from.
    fn offered(&self) -> Option<(u64, &PricedSnapshot)> {
        match self.action {
            QuoteAction::Price {
                content_version,
                snapshot,
            }
            | QuoteAction::Reprice {
                content_version,
                snapshot,
            } => Some((*content_version, snapshot)),
            _ => None,
        }
    }

    fn line_is_new(&self) -> Result<(), String> {
        let QuoteAction::AddLine { line } = self.action else {
            return Ok(());
        };
        when(self.revision.line(&line.id).is_none(), || {
            format!("there is a line `{}`", line.id)
        })
    }

    fn line_exists(&self) -> Result<(), String> {
        let (QuoteAction::ConfigureLine { line, .. } | QuoteAction::RemoveLine { line }) =
            self.action
        else {
            return Ok(());
        };
        when(self.revision.line(line).is_some(), || {
            format!("there is no line `{line}`")
        })
    }

    fn priced_from_this_content(&self) -> Result<(), String> {
        let Some((priced, _)) = self.offered() else {
            return Ok(());
        };
        let current = self.revision.content_version;
        when(priced == current, || {
            format!("the price is of content version {priced}, the quote is at {current}")
        })
    }

    fn package_is_pinned(&self) -> Result<(), String> {
        let (Some((_, snapshot)), Some(pinned)) = (self.offered(), &self.revision.pinned_package)
        else {
            return Ok(());
        };
        when(snapshot.package == *pinned, || {
            let other = &snapshot.package;
            format!(
                "the revision is pinned to package `{pinned}`, not `{other}`; reprice to change it"
            )
        })
    }

    fn is_well_formed(&self, snapshot: &PricedSnapshot) -> Result<(), String> {
        let header = &self.revision.header;
        when(snapshot.ruleset == header.ruleset, || {
            format!(
                "the price is of ruleset `{}`, not `{}`",
                snapshot.ruleset, header.ruleset
            )
        })?;
        when(snapshot.selling_date == header.selling_date, || {
            format!(
                "the price is for {}, not {}",
                snapshot.selling_date, header.selling_date
            )
        })?;
        for (what, text) in [
            ("package digest", &snapshot.package),
            ("request fingerprint", &snapshot.request_fingerprint),
            ("answer fingerprint", &snapshot.answer_fingerprint),
        ] {
            when(!text.is_empty(), || format!("the price has no {what}"))?;
        }
        snapshot.expires_at().map_err(|e| e.to_string())?;
        task::check_plan(&snapshot.tasks)
    }

    fn nothing_blocks(&self) -> Result<(), String> {
        let price = self.price()?;
        when(price.valid && price.blocking.is_empty(), || {
            if price.blocking.is_empty() {
                "the configuration is not valid".to_owned()
            } else {
                price.blocking.join("; ")
            }
        })
    }

    fn fully_approved(&self) -> Result<(), String> {
        let revision = self.revision;
        let missing = revision
            .approvals
            .iter()
            .find(|case| case.state != CaseState::Approved);
        match (missing, &revision.approval_fingerprint) {
            (None, Some(_)) => Ok(()),
            (Some(case), _) => Err(format!("approval case {} is {}", case.number, case.state)),
            (None, None) => Err("the quote was never approved".to_owned()),
        }
    }

    fn fingerprint_named(&self) -> Result<(), String> {
        let QuoteAction::Accept {
            answer_fingerprint: named,
        } = self.action
        else {
            return Ok(());
        };
        let current = &self.price()?.answer_fingerprint;
        when(named == current, || {
            format!("the acceptance names the price `{named}`, the quote has `{current}`")
        })
    }

    fn only_convertible(&self) -> Result<(), String> {
        let other = self.family.revisions.iter().find(|other| {
            other.number != self.revision.number
                && matches!(other.state, QuoteState::Accepted | QuoteState::Converted)
        });
        match other {
            Some(other) => Err(format!(
                "revision {} is already {}",
                other.number, other.state
            )),
            None => Ok(()),
        }
    }
}

/// Whether the command says why.
pub(crate) fn reason_given(context: &Context) -> Result<(), String> {
    let given = context
        .reason
        .as_deref()
        .is_some_and(|reason| !reason.trim().is_empty());
    when(given, || "it needs a reason".to_owned())
}
