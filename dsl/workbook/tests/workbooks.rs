//! Workbooks as spreadsheets write them, and as nobody should.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::float_arithmetic,
    reason = "helpers of tests fail by panicking, as tests do; a workbook holds binary numbers"
)]

use quo_source::{SourceFile, Sources};
use quo_workbook::read;
use rust_xlsxwriter::{Format, Formula, Workbook};

/// A workbook with everything that a cell can be, on a sheet that does not begin in its corner.
fn workbook() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let percent = Format::new().set_num_format("0.0%");
    let date = Format::new().set_num_format("dd.mm.yyyy");
    let money = Format::new().set_num_format("#,##0.00 \"% of €\"");
    let sheet = workbook.add_worksheet().set_name("EU").unwrap();
    for (column, heading) in ["edition", "price", "share", "from", "open"]
        .iter()
        .enumerate()
    {
        sheet
            .write(1, u16::try_from(column + 1).unwrap(), *heading)
            .unwrap();
    }
    sheet.write(2, 1, "Pro, \"Team\"\nor more").unwrap();
    sheet.write_with_format(2, 2, 0.1, &money).unwrap();
    sheet.write_with_format(2, 3, 0.075, &percent).unwrap();
    sheet.write_with_format(2, 4, 46_218, &date).unwrap();
    sheet.write(2, 5, true).unwrap();
    sheet.write(4, 1, "Standard").unwrap();
    sheet.write(4, 2, 0.1 + 0.2).unwrap();
    sheet
        .write_formula(4, 3, Formula::new("=1/4").set_result("0.25"))
        .unwrap();
    sheet.write_with_format(4, 4, 46_218.5, &date).unwrap();
    sheet
        .write_formula(4, 5, Formula::new("=1/0").set_result("#DIV/0!"))
        .unwrap();
    sheet
        .merge_range(5, 1, 6, 1, "Enterprise", &Format::new())
        .unwrap();
    sheet.write(5, 2, 5).unwrap();
    sheet.write(6, 2, 6).unwrap();
    sheet.set_row_hidden(6).unwrap();
    workbook.add_worksheet().set_name("Blank").unwrap();
    let notes = workbook.add_worksheet().set_name("Notes").unwrap();
    notes.write(0, 0, "from finance").unwrap();
    workbook.save_to_buffer().unwrap()
}

fn sheets(bytes: &[u8]) -> Vec<SourceFile> {
    read("prices/eu.xlsx", bytes).unwrap()
}

/// Why a workbook cannot be read.
fn refused(bytes: &[u8]) -> String {
    let files = sheets(bytes);
    let reason = files.first().and_then(SourceFile::why_unreadable);
    reason.unwrap_or_else(|| panic!("it is read")).to_owned()
}

#[test]
fn cells_say_what_their_author_meant_and_lines_are_rows() {
    let sources = Sources::new(sheets(&workbook())).unwrap();
    let names: Vec<_> = sources
        .iter()
        .map(|(_, file)| file.name().into_owned())
        .collect();
    assert_eq!(
        names,
        ["prices/eu.xlsx, sheet EU", "prices/eu.xlsx, sheet Notes"]
    );
    let file = sources.iter().next().unwrap().1;
    let lines: Vec<&str> = file.text().lines().collect();
    assert_eq!(
        lines,
        [
            "",
            "edition,price,share,from,open",
            "\"Pro, \"\"Team\"\" or more\",0.1,7.5%,2026-07-15,yes",
            "",
            "Standard,#,0.25,#,#",
            "Enterprise,5,,,",
            "Enterprise,6,,,",
        ]
    );
}

#[test]
fn what_has_no_exact_text_is_a_flaw_of_its_cell() {
    let files = sheets(&workbook());
    let file = &files[0];
    let row = file.text().find("Standard,#").unwrap();
    let flaw = |behind: &str| {
        let at = row + file.text()[row..].find(behind).unwrap() + behind.len();
        let at = u32::try_from(at).unwrap();
        let place = file.position(at);
        let address = quo_source::cell_address(place.column, place.line);
        (
            address,
            file.sheet().unwrap().flaw(at).unwrap_or("").to_owned(),
        )
    };
    let (address, calculated) = flaw("Standard,");
    assert_eq!(address, "C5");
    assert!(
        calculated.starts_with("`0.30000000000000004` has 17 digits"),
        "{calculated}"
    );
    let (address, moment) = flaw("0.25,");
    assert_eq!(address, "E5");
    assert!(
        moment.contains("`2026-07-15 12:00:00` has a time but no time zone"),
        "{moment}"
    );
    let (address, error) = flaw("0.25,#,");
    assert_eq!(
        (address.as_str(), error.as_str()),
        ("F5", "the cell holds the error `#DIV/0!`")
    );
}

/// A workbook whose parts are these, over those of a written one.
fn with_parts(parts: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::{Cursor, Read as _, Write as _};
    let mut from = zip::ZipArchive::new(Cursor::new(workbook())).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for index in 0..from.len() {
        let mut part = from.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        let changed = parts.iter().find(|(changed, _)| *changed == name);
        to.start_file(name, options).unwrap();
        to.write_all(changed.map_or(&bytes, |(_, bytes)| bytes))
            .unwrap();
    }
    to.finish().unwrap().into_inner()
}

fn sheet_of(cells: &str) -> Vec<u8> {
    let xml = format!(
        "<?xml version=\"1.0\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{cells}</sheetData></worksheet>"
    );
    with_parts(&[("xl/worksheets/sheet1.xml", xml.as_bytes())])
}

#[test]
fn numbers_are_read_as_the_file_writes_them() {
    let cells = "<row r=\"3\"><c r=\"B3\"><v>1.1000000000000001</v></c><c r=\"C3\"><v>1E-3</v></c><c r=\"D3\"><f>NOW()</f></c></row>";
    let files = sheets(&sheet_of(cells));
    assert_eq!(files[0].text().as_ref(), "\n\n1.1,0.001,#\n");
    let flaw = files[0].sheet().unwrap().flaw(12).unwrap_or("");
    assert!(flaw.contains("no value for this formula"), "{flaw}");
}

#[test]
fn what_is_no_workbook_says_so() {
    assert!(refused(b"charge,price\n").contains("no workbook of the form XLSX"));
    assert!(refused(b"").contains("no workbook of the form XLSX"));
    let bytes = workbook();
    assert!(refused(&bytes[..bytes.len() / 2]).contains("no workbook of the form XLSX"));
    let broken = with_parts(&[("xl/workbook.xml", b"<workbook><sheets><sheet ")]);
    assert!(refused(&broken).contains("damaged"));
    assert!(refused(&sheet_of("<row><c r=\"1A\"><v>1</v></c></row>")).contains("damaged"));
    let unknown = sheet_of("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>99999</v></c></row>");
    assert!(refused(&unknown).contains("sheet `EU` is damaged"));
}

/// A small file that unpacks to more than a gigabyte.
#[test]
fn a_bomb_does_not_go_off() {
    use std::io::{Cursor, Write as _};
    let options = zip::write::SimpleFileOptions::default();
    let mut one = zip::ZipWriter::new(Cursor::new(Vec::new()));
    one.start_file("xl/blanks.xml", options).unwrap();
    one.write_all(&vec![b' '; 64 << 20]).unwrap();
    let mut one = zip::ZipArchive::new(one.finish().unwrap()).unwrap();
    let mut bomb = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..17 {
        let part = one.by_index_raw(0).unwrap();
        let name = format!("xl/blanks{number}.xml");
        bomb.raw_copy_file_rename(part, name).unwrap();
    }
    let bomb = bomb.finish().unwrap().into_inner();
    assert!(bomb.len() < 16 << 20, "{} bytes are not packed", bomb.len());
    assert!(refused(&bomb).contains("unpacks to more than"));
}

/// One cell merged over the whole sheet does not become seventeen thousand million.
#[test]
fn merged_cells_end_where_the_sheet_ends() {
    let cells = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"2\"><c r=\"B2\"><v>2</v></c></row></sheetData><mergeCells count=\"1\"><mergeCell ref=\"A1:XFD1048576\"/></mergeCells><sheetData>";
    let files = sheets(&sheet_of(cells));
    assert_eq!(files[0].text().as_ref(), "1,1\n1,1\n");
}

/// Whatever bytes change, there is an answer.
#[test]
fn no_change_of_a_byte_makes_it_panic() {
    let bytes = workbook();
    let mut seed: u64 = 7;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % u64::try_from(below).unwrap()).unwrap()
    };
    for _ in 0..300 {
        let mut changed = bytes.clone();
        for _ in 0..=random(4) {
            let at = random(changed.len());
            changed[at] = u8::try_from(random(256)).unwrap();
        }
        let files = read("a.xlsx", &changed).unwrap();
        assert!(!files.is_empty());
    }
    let sheet = "<row r=\"1\"><c r=\"A1\" s=\"1\"><v>46218</v></c><c r=\"B1\" t=\"b\"><v>1</v></c></row><row r=\"2\"><c t=\"str\"><f>A1</f><v>x</v></c></row>";
    for _ in 0..300 {
        let mut changed = sheet.as_bytes().to_vec();
        let at = random(changed.len());
        changed[at] = b"<>/\"=019-A "[random(11)];
        let cells = String::from_utf8(changed).unwrap();
        assert!(!sheets(&sheet_of(&cells)).is_empty(), "{cells}");
    }
}
