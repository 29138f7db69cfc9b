//! The source map: every place is a piece of a file's text, and every point an instruction of the model.

use super::vocabulary::value_type;
use super::{Verified, VerifyError, ensure, strictly_ascending};
use crate::access::at;
use crate::rules::ArchivedModel;
use crate::source_map::{ArchivedPlace, ArchivedPoint, ArchivedSourceMap};

/// Verifies a source map against the model that it explains. It may know the rows of no table, or of all.
pub(crate) fn verify_source_map(model: &ArchivedModel, map: &ArchivedSourceMap) -> Verified {
    ensure!(
        strictly_ascending(map.files.iter().map(|file| file.path.as_str())),
        "the source map",
        "does not have its files sorted by path"
    );
    ensure!(
        map.ids.iter().map(|id| id.id.as_str()).is_sorted(),
        "the source map",
        "does not have its ids sorted"
    );
    for id in map.ids.iter() {
        is_place(map, &id.place, || {
            format!("the place of `{}`", id.id.as_str())
        })?;
    }
    ensure!(
        map.rows.is_empty() || map.rows.len() == model.tables.len(),
        "the source map",
        "knows the rows of {} tables of {}",
        map.rows.len(),
        model.tables.len()
    );
    for (id, (rows, table)) in map.rows.iter().zip(model.tables.iter()).enumerate() {
        ensure!(
            rows.len() == table.row_keys.len(),
            format!("the rows of table {id}"),
            "are {} in the source map and {} in the model",
            rows.len(),
            table.row_keys.len()
        );
        for row in rows.iter() {
            is_place(map, row, || format!("the rows of table {id}"))?;
        }
    }
    let keys = map
        .points
        .iter()
        .map(|point| (point.routine.to_native(), point.at.to_native()));
    ensure!(
        keys.is_sorted(),
        "the source map",
        "does not have its points sorted"
    );
    map.points
        .iter()
        .try_for_each(|point| self::point(model, map, point))
}

fn is_place(map: &ArchivedSourceMap, place: &ArchivedPlace, what: impl Fn() -> String) -> Verified {
    let text = map
        .files
        .get(at(place.file.to_native()))
        .map(|file| file.text.as_str());
    let piece =
        text.and_then(|text| text.get(at(place.start.to_native())..at(place.end.to_native())));
    ensure!(piece.is_some(), what(), "is not a piece of a file");
    Ok(())
}

fn point(model: &ArchivedModel, map: &ArchivedSourceMap, point: &ArchivedPoint) -> Verified {
    let name = || {
        format!(
            "the point at routine {}, instruction {}",
            point.routine, point.at
        )
    };
    let routine = model.program.routines.get(at(point.routine.to_native()));
    let Some(routine) = routine.filter(|routine| point.at < routine.len) else {
        return Err(VerifyError::new(name(), "is no instruction of the model"));
    };
    is_place(map, &point.place, name)?;
    ensure!(
        !point.value || point.operands.len() == 1,
        name(),
        "shows a value that is not one"
    );
    for operand in point.operands.iter() {
        is_place(map, &operand.place, name)?;
        let registers = if operand.wide {
            routine.wide
        } else {
            routine.narrow
        };
        ensure!(
            u16::from(operand.register) < registers.to_native(),
            name(),
            "shows a register that the routine does not have"
        );
        value_type(model, &operand.ty, &name())?;
    }
    Ok(())
}
