//! The source map of the shop: ids where their name stands first, rows and tests where their text does.

use quo_model::{IdPlace, Model, Place, Point, PointOperand, SourceMap, SourceText, ValueType};

use super::{PRICES, SOURCE};

const CSV: u32 = 0;
const QUO: u32 = 1;

fn place(file: u32, needle: &str) -> Place {
    let text = if file == CSV { PRICES } else { SOURCE };
    let start = text
        .find(needle)
        .unwrap_or_else(|| panic!("no `{needle}` in the fixture"));
    Place {
        file,
        start: u32::try_from(start).unwrap(),
        end: u32::try_from(start + needle.len()).unwrap(),
    }
}

fn string(model: &Model, number: u32) -> &str {
    let number = number as usize;
    let range = model.strings.offsets[number] as usize..model.strings.offsets[number + 1] as usize;
    &model.strings.blob[range]
}

/// A point on the first truth-valued instruction at `at`.
fn point(routine: u32, at: u32, text: &str, operands: &[(&str, u8, ValueType)]) -> Point {
    let test = place(QUO, text);
    Point {
        routine,
        at,
        place: test,
        operands: operands
            .iter()
            .map(|(text, register, ty)| PointOperand {
                place: place(QUO, text),
                register: *register,
                wide: false,
                ty: *ty,
            })
            .collect(),
        value: false,
    }
}

/// The source map.
pub fn source_map(model: &Model) -> SourceMap {
    let mut ids: Vec<IdPlace> = [
        "SsoNeedsPro",
        "AuditAdvised",
        "Capacity",
        "MinimumTerm",
        "AuditInEurope",
        "Contract",
        "Europe",
        "Sale",
        "LongTerm",
        "SpringStart",
        "Discretion",
        "SeatFloor",
        "Commercial",
    ]
    .into_iter()
    .map(|id| IdPlace {
        id: id.to_owned(),
        place: place(QUO, &format!("{id} \"")),
    })
    .chain(
        ["billing", "entitle", "ship", "schedule"].map(|task| IdPlace {
            id: format!("Suite.{task}"),
            place: place(QUO, &format!("  {task} on")),
        }),
    )
    .collect();
    ids.sort_by(|a, b| a.id.cmp(&b.id));
    let rows = model.tables.iter().map(|table| {
        let keys = table.row_keys.iter().map(|key| string(model, *key));
        keys.map(|key| match key.strip_prefix("csv: ") {
            Some(row) => place(CSV, row),
            None => place(QUO, key),
        })
        .collect()
    });
    let months = ValueType::Months;
    let seats = ValueType::Int {
        min: 1,
        max: 100_000,
    };
    let mut points = vec![
        point(
            0,
            2,
            "quote.term >= 12 months",
            &[("quote.term", 0, months)],
        ),
        point(
            1,
            2,
            "addons has Sso implies platform.edition >= Pro",
            &[("platform.edition", 2, ValueType::Enum(0))],
        ),
        point(2, 0, "addons has Audit", &[]),
        point(
            4,
            2,
            "quote.region is Europe",
            &[("quote.region", 0, ValueType::Enum(1))],
        ),
        point(
            5,
            2,
            "account.contract is \"C-1009\"",
            &[("account.contract", 0, ValueType::Text)],
        ),
        point(
            6,
            2,
            "quote.region is Europe",
            &[("quote.region", 0, ValueType::Enum(1))],
        ),
        point(
            8,
            2,
            "quote.term >= 24 months",
            &[("quote.term", 0, months)],
        ),
        point(8, 5, "line.seats >= 250", &[("line.seats", 3, seats)]),
        point(14, 0, "addons has Audit", &[]),
    ];
    points.sort_by_key(|point| (point.routine, point.at));
    SourceMap {
        files: vec![
            SourceText {
                path: "prices/europe.csv".to_owned(),
                text: PRICES.to_owned(),
            },
            SourceText {
                path: "rules.quo".to_owned(),
                text: SOURCE.to_owned(),
            },
        ],
        ids,
        rows: rows.collect(),
        points,
    }
}
