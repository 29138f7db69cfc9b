//! Every case of the index comes out exactly, under a policy that its ruleset states.

use std::collections::{BTreeMap, BTreeSet};

use quo_cases::{Case, folder, index, refused, run};

/// Families that have no ruleset yet. A family leaves this list with its last case.
const WITHOUT_RULESET: &[&str] = &[];

fn by_family(cases: &[Case]) -> BTreeMap<&str, Vec<&Case>> {
    let mut families: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
    for case in cases {
        families.entry(&case.family).or_default().push(case);
    }
    families
}

#[test]
fn the_index_has_each_case_once() {
    let cases = index().unwrap();
    let ids: BTreeSet<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(cases.len(), 242);
    assert_eq!(ids.len(), cases.len());
}

#[test]
fn families_without_ruleset_have_none() {
    let cases = index().unwrap();
    let families = by_family(&cases);
    for family in WITHOUT_RULESET {
        assert!(families.contains_key(family), "`{family}` is no family");
        assert!(
            !folder().join(family).join("ruleset.quo").exists(),
            "`{family}` has a ruleset: take it off the list"
        );
    }
}

/// Prints how many come out, by topic.
#[test]
fn every_case_comes_out_exactly() {
    let cases = index().unwrap();
    let mut topics: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut missed = Vec::new();
    for (family, cases) in by_family(&cases) {
        let ran = if WITHOUT_RULESET.contains(&family) {
            None
        } else {
            Some(run(&folder().join(family)).unwrap())
        };
        for case in cases {
            let refused = refused(&case.id).unwrap().is_some();
            let passed = refused
                || ran
                    .as_ref()
                    .is_some_and(|ran| ran.ids.get(&case.id) == Some(&true));
            let (reached, all) = topics.entry(&case.topic).or_default();
            *all += 1;
            *reached += usize::from(passed);
            if ran.is_some() && !passed {
                missed.push(format!("{family}: {}", case.id));
            }
        }
        if let Some(ran) = ran {
            assert!(ran.problems.is_empty(), "{family}\n{}", ran.problems);
        }
    }
    let mut sum = (0, 0);
    for (topic, (reached, all)) in &topics {
        println!("{topic:24} {reached:3} of {all:3}");
        sum = (sum.0 + reached, sum.1 + all);
    }
    println!("{:24} {:3} of {:3}", "all", sum.0, sum.1);
    assert!(missed.is_empty(), "not reached: {missed:#?}");
}
