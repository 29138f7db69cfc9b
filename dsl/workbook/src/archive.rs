//! The archive that a workbook is: unpacked once, thrown away, to know that it stays within bounds.
//!
//! What an archive says about the size of its parts may be a lie; what counts is what comes out of them.

use std::io::{Cursor, Read};

use zip::ZipArchive;

/// The most bytes that all parts of a workbook may have together when they are unpacked: 1 GiB.
pub const UNPACKED_MAX: u64 = 1 << 30;
/// The most cells that the sheets of a workbook may have together, those of merged ones counted.
pub const CELLS_MAX: usize = 20_000_000;
/// The most parts of an archive; a workbook has a few for each sheet.
const PARTS_MAX: usize = 10_000;

/// Whether the bytes are an archive that unpacks within [`UNPACKED_MAX`]; else why not.
pub(crate) fn check(bytes: &[u8]) -> Result<(), String> {
    let broken = |error: &dyn std::fmt::Display| {
        format!("it is no workbook of the form XLSX, or damaged ({error}); save it as one")
    };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    if archive.len() > PARTS_MAX {
        return Err(format!("it has more than {PARTS_MAX} parts"));
    }
    let mut left = UNPACKED_MAX;
    let mut buffer = vec![0_u8; 1 << 16];
    for part in 0..archive.len() {
        let mut part = archive.by_index(part).map_err(|error| broken(&error))?;
        loop {
            let count = part.read(&mut buffer).map_err(|error| broken(&error))?;
            if count == 0 {
                break;
            }
            left = u64::try_from(count)
                .ok()
                .and_then(|count| left.checked_sub(count))
                .ok_or_else(|| format!("it unpacks to more than {UNPACKED_MAX} bytes"))?;
        }
    }
    Ok(())
}
