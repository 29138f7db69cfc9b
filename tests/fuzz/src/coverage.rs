//! What code an input reached, where the build counts that.
//!
//! `.ci/fuzz` compiles with LLVM's counters (`-C passes=sancov-module`), which works on the stable compiler. In such a build
//! every module announces its counters to [`__sanitizer_cov_8bit_counters_init`]; in every other one there are none, and
//! everything here does nothing.

use std::sync::Mutex;

/// Where the counters of a module lie. As numbers, since they are only ever read while nobody else runs.
static REGIONS: Mutex<Vec<(usize, usize)>> = Mutex::new(Vec::new());

/// Called by instrumented modules before `main`.
///
/// # Safety
/// Only instrumented modules may call it, with the bounds of an array of counters that lives as long as the program.
#[expect(
    unsafe_code,
    reason = "the name is the interface between the compiler's instrumentation and this crate"
)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __sanitizer_cov_8bit_counters_init(start: *mut u8, stop: *mut u8) {
    let (start, stop) = (start as usize, stop as usize);
    if let Ok(mut regions) = REGIONS.lock()
        && start < stop
        && !regions.contains(&(start, stop))
    {
        regions.push((start, stop));
    }
}

/// What has been reached so far, by any input.
#[derive(Debug, Default)]
pub struct Coverage {
    seen: Vec<u8>,
}

impl Coverage {
    /// Whether this build counts.
    #[must_use]
    pub fn is_counted() -> bool {
        REGIONS.lock().is_ok_and(|regions| !regions.is_empty())
    }

    /// How many places have been reached.
    #[must_use]
    pub fn places(&self) -> usize {
        self.seen.iter().filter(|mask| **mask != 0).count()
    }

    /// Clears the counters: what was reached until now belongs to no input.
    pub fn forget(&self) {
        drain(|_, _| {});
    }

    /// Reads and clears the counters; whether they tell of something that no input before has reached, or of something
    /// that this one has reached far more often.
    pub fn is_new(&mut self) -> bool {
        let mut new = false;
        drain(|at, count| {
            if self.seen.len() <= at {
                self.seen.resize(at.saturating_add(1), 0);
            }
            // One bit for each power of two: once, a few times, often.
            let bit = 1_u8 << (7 - count.leading_zeros().min(7));
            if let Some(mask) = self.seen.get_mut(at)
                && *mask & bit == 0
            {
                *mask |= bit;
                new = true;
            }
        });
        new
    }
}

/// Clears every counter and hands over those that were not zero, with their places.
#[expect(
    unsafe_code,
    reason = "the counters belong to the compiler's instrumentation, and only it knows their types"
)]
fn drain(mut found: impl FnMut(usize, u8)) {
    let Ok(regions) = REGIONS.lock() else {
        return;
    };
    let addresses = regions.iter().flat_map(|(start, stop)| *start..*stop);
    for (at, address) in addresses.enumerate() {
        let counter = address as *mut u8;
        // SAFETY: the module that announced the region keeps it for the life of the program; hunts run on one thread
        // in such a build, so nobody else reads or writes the counter meanwhile.
        let count = unsafe { counter.replace(0) };
        if count > 0 {
            found(at, count);
        }
    }
}
