//! What it means for a task that its order is cancelled: whether it is to be undone, and whether it has come to rest.

use super::Task;
use super::TaskState::{
    Completed, Failed, Kept, Pending, Ready, Reconciling, Skipped, Started, UndoFailed,
    UndoReconciling, UndoUnknown, Undoing, Undone, Unknown, Withdrawn,
};

impl Task {
    /// The tries of what is being done now: of undoing it, once that has begun.
    #[must_use]
    pub const fn tries_now(&self) -> u32 {
        match self.state {
            Completed | Undoing | UndoUnknown | UndoReconciling | UndoFailed => self.undo_tries,
            _ => self.tries,
        }
    }

    /// Whether a further try to undo it may begin, as far as their count goes.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn may_undo_again(&self) -> Result<(), String> {
        if self.undo_tries >= self.undo_tries_allowed {
            return Err(format!(
                "all {} tries to undo it are used up",
                self.undo_tries_allowed
            ));
        }
        Ok(())
    }

    /// Whether it is done and its rule says how it is undone.
    #[must_use]
    pub fn is_to_be_undone(&self) -> bool {
        self.state == Completed && self.plan.undo.is_some()
    }

    /// Whether its order may end as cancelled, as far as this task is concerned.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        match self.state {
            Completed => self.plan.undo.is_none(),
            Pending | Ready | Failed | Skipped | Withdrawn | Undone | Kept => true,
            Started | Unknown | Reconciling | Undoing | UndoUnknown | UndoReconciling
            | UndoFailed => false,
        }
    }

    /// Whether it is being undone, or the try to do so failed.
    #[must_use]
    pub const fn is_undoing(&self) -> bool {
        matches!(
            self.state,
            Undoing | UndoUnknown | UndoReconciling | UndoFailed
        )
    }
}
