//! A file that cannot be trusted is refused with a sentence; a good one is never changed in place.
#![expect(
    clippy::unwrap_used,
    reason = "a broken fixture must stop the test where it breaks"
)]

mod common;

use common::{Place, event, one, tenant};
use quo_store::{EventStore, SqliteStore};

fn says(place: &Place) -> String {
    SqliteStore::open(&place.file()).unwrap_err().to_string()
}

/// A file with some hundred events, closed.
async fn filled() -> Place {
    let place = Place::new();
    let store = place.open();
    for n in 0..200 {
        let mut append = one(&format!("quote/{n}"), 0, &format!("e-{n}"));
        let events = append
            .streams
            .iter_mut()
            .flat_map(|stream| &mut stream.events);
        events.for_each(|event| {
            event.payload = format!("{{\"filler\":\"{}\"}}", "x".repeat(500)).into();
        });
        store.append(append).await.unwrap();
    }
    drop(store);
    place
}

#[test]
fn what_is_no_database_is_refused() {
    let place = Place::new();
    std::fs::write(
        place.file(),
        "this is a letter to the editor, and a long one at that",
    )
    .unwrap();
    let path = place.file().display().to_string();
    assert_eq!(
        says(&place),
        format!("the file `{path}` is not a Quo store")
    );
}

#[test]
fn a_database_of_another_program_is_refused_and_left_alone() {
    let place = Place::new();
    let other = rusqlite::Connection::open(place.file()).unwrap();
    other
        .execute_batch("CREATE TABLE recipes (name TEXT)")
        .unwrap();
    drop(other);
    assert!(says(&place).ends_with("is not a Quo store"));
    let other = rusqlite::Connection::open(place.file()).unwrap();
    let tables: i64 = other
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn a_later_schema_is_refused() {
    let place = Place::new();
    drop(place.open());
    let later = rusqlite::Connection::open(place.file()).unwrap();
    later
        .execute("INSERT INTO migrations VALUES (99, 'of the future')", [])
        .unwrap();
    drop(later);
    assert_eq!(
        says(&place),
        "the store has schema version 99, this software knows up to 1; use a later version"
    );
}

#[tokio::test]
async fn a_damaged_file_is_refused() {
    let place = filled().await;
    let good = std::fs::read(place.file()).unwrap();
    assert!(good.len() > 100_000, "the log is in the file itself");
    // Whole pages of the tables overwritten, one after the other; the header page is left.
    let mut refused = 0;
    for page in [2_usize, 9, 20, 30] {
        let mut bad = good.clone();
        bad[page * 4_096..(page + 1) * 4_096].fill(0xA5);
        std::fs::write(place.file(), bad).unwrap();
        let message = says(&place);
        assert!(message.starts_with("the store is damaged: "), "{message}");
        assert!(message.ends_with("; restore it from a backup"), "{message}");
        refused += 1;
    }
    assert_eq!(refused, 4);
    // Cut off in the middle.
    std::fs::write(place.file(), &good[..good.len() / 2]).unwrap();
    assert!(says(&place).starts_with("the store is damaged: "));
    std::fs::write(place.file(), &good).unwrap();
    let store = SqliteStore::open(&place.file()).unwrap();
    assert_eq!(store.head(&tenant("acme")).await, Ok(200));
}

#[tokio::test]
async fn events_cannot_be_changed_even_by_who_has_the_file() {
    let place = Place::new();
    let store = place.open();
    store.append(one("quote/1", 0, "a")).await.unwrap();
    let intruder = rusqlite::Connection::open(place.file()).unwrap();
    for sql in ["UPDATE events SET payload = x'00'", "DELETE FROM events"] {
        let error = intruder.execute(sql, []).unwrap_err().to_string();
        assert!(error.starts_with("events are never "), "{error}");
    }
    let log = store.read_after(&tenant("acme"), 0, 9).await.unwrap();
    assert_eq!(log[0].event, event("a"));
}

#[tokio::test]
async fn every_key_and_index_begins_with_the_tenant() {
    let place = Place::new();
    drop(place.open());
    let connection = rusqlite::Connection::open(place.file()).unwrap();
    let mut tables = connection
        .prepare(
            "SELECT t.name, i.name, (SELECT c.name FROM pragma_index_info(i.name) c WHERE c.seqno = 0) \
             FROM sqlite_schema t, pragma_index_list(t.name) i WHERE t.type = 'table'",
        )
        .unwrap();
    let rows = tables
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .collect::<Result<Vec<(String, String, String)>, _>>()
        .unwrap();
    assert!(rows.len() > 15, "{rows:?}");
    for (table, index, first) in rows {
        assert_eq!(first, "tenant", "the index `{index}` of `{table}`");
    }
}
