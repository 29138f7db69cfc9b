//! Nearest words, for suggestions.

/// The word of `candidates` that `word` is most likely a slip of: at most a third of its letters
/// differ, upper and lower case apart. The first of equals wins.
pub(crate) fn nearest<'c>(word: &str, candidates: &[&'c str]) -> Option<&'c str> {
    let lower = word.to_ascii_lowercase();
    let distance = |candidate: &&'c str| (edits(&lower, candidate), *candidate);
    let (edits, best) = candidates
        .iter()
        .map(distance)
        .min_by_key(|(edits, _)| *edits)?;
    (edits * 3 <= best.len().max(3)).then_some(best)
}

/// The fewest insertions, deletions, replacements and swaps of neighbours between two words
/// (optimal string alignment).
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    // A word of another size by far is no slip, and hostile lengths cost nothing.
    if a.len().abs_diff(b.len()) > 8 {
        return usize::MAX / 8;
    }
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for (i, left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, right) in b.iter().enumerate() {
            let cell = |row: usize, column: usize| -> usize {
                let row: Option<&Vec<usize>> = rows.get(row);
                row.and_then(|r| r.get(column))
                    .copied()
                    .unwrap_or(usize::MAX / 8)
            };
            let replaced = cell(i, j) + usize::from(left != right);
            let inserted = row.get(j).copied().unwrap_or(usize::MAX / 8) + 1;
            let mut best = replaced.min(inserted).min(cell(i, j + 1) + 1);
            let before =
                |at: usize, of: &[char]| at.checked_sub(1).and_then(|at| of.get(at).copied());
            if before(i, &a) == Some(*right) && before(j, &b) == Some(*left) {
                best = best.min(cell(i - 1, j - 1) + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    let last = rows.last().and_then(|row| row.last());
    last.copied().unwrap_or(usize::MAX / 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognized_and_other_words_are_not() {
        let words = ["product", "bundle", "price", "promotion"];
        let cases = [
            ("prodct", Some("product")),
            ("Product", Some("product")),
            ("budnle", Some("bundle")),
            ("pirce", Some("price")),
            ("promotions", Some("promotion")),
            ("customer", None),
            ("x", None),
        ];
        for (slip, meant) in cases {
            assert_eq!(nearest(slip, &words), meant, "{slip}");
        }
        assert_eq!(
            (edits("abc", "abc"), edits("", "ab"), edits("ab", "ba")),
            (0, 2, 1)
        );
    }
}
