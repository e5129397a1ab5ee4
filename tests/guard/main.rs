//! What a frame and a step cost, counted in allocations: no clock, so the answer is the same on every machine.
//!
//! `cargo test --test guard -- --nocapture` prints the whole table.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    clippy::print_stdout,
    reason = "a test that fails says so by panicking, and this one has figures to tell"
)]

#[path = "../common/crowd.rs"]
mod crowd;
mod deeds;
#[path = "../common/start.rs"]
mod start;

use std::sync::OnceLock;

use allocation_counter::{AllocationInfo, measure};
use deeds::Stage;

/// What one frame or one step may allocate with 100,000 rows on a screen of 200x50.
struct Budget {
    what: &'static str,
    cost: fn(&mut Stage) -> AllocationInfo,
    blocks: u64,
    bytes: u64,
    /// Whether it may cost more than with 1,000 rows.
    grows: bool,
}

const fn budget(
    what: &'static str,
    cost: fn(&mut Stage) -> AllocationInfo,
    blocks: u64,
    bytes: u64,
    grows: bool,
) -> Budget {
    Budget { what, cost, blocks, bytes, grows }
}

/// The numbers in force; what was measured when they were set stands behind each.
const BUDGETS: [Budget; 24] = [
    budget("frame: a step in the list", deeds::frame_step, 2, 500, false), // 1, 256
    budget("frame: a step, nothing else going on", deeds::frame_glide, 2, 500, false), // 1, 256
    budget("frame: the list", deeds::frame_list, 3, 1_000, false),         // 2, 496
    budget("frame: the list, filtered", deeds::frame_filtered, 60, 150_000, false), // 52, 134,510: the matcher's own room
    budget("frame: rows marked", deeds::frame_marked, 5, 1_000, false),             // 4, 440
    budget("frame: a name typed", deeds::frame_typing, 14, 5_000, false),           // 11, 3,613
    budget("frame: the preview open", deeds::frame_preview, 80, 6_000, false),      // 72, 4,751
    budget("frame: the palette open", deeds::frame_palette, 700, 250_000, false), // 402, 166,505; 575, 207,669 with few
    budget("key: down", deeds::key_down, 2, 100, false),                          // 1, 16
    budget("key: down, nothing else going on", deeds::key_glide, 0, 0, false),    // 0, 0
    budget("key: page down", deeds::key_page_down, 2, 100, false),                // 1, 16
    budget("key: last row", deeds::key_bottom, 2, 100, false),                    // 1, 16
    budget("key: mark", deeds::key_mark, 2, 100, false),                          // 1, 16
    budget("key: a letter of a name", deeds::key_name, 10, 1_000, false),         // 7, 302
    budget("key: a letter of the filter", deeds::key_filter, 60, 170_000, false), // 14, 2,435: another thread looks; 44, 146,471 with few
    budget("key: a letter in the palette", deeds::key_palette, 60, 170_000, false), // 7, 1,675: another thread looks; 44, 149,909 with few
    budget("paste into a name", deeds::paste, 25, 1_000, false),                    // 21, 518
    budget("the pause behind a name", deeds::pause, 180, 12_000, false), // 14, 3,708; 137, 9,173 with few
    budget("another size", deeds::resized, 2, 100, false),               // 1, 16
    budget("woke", deeds::woke, 2, 100, false),                          // 1, 16
    budget("rename: Enter", deeds::enter, 15, 9_000, false),             // 12, 7,650
    budget("rename: the journal answers", deeds::committed, 15, 3_500, false), // 12, 2,800
    budget("rename: Graph answers", deeds::renamed, 8, 3_000, false),    // 6, 2,180
    budget("walk: a page of known rows", deeds::page, 4, 2_000, false), // 3, 1,457: the names are those of the page
];

const FEW: usize = 1_000;
const MANY: usize = 100_000;

struct Measured {
    budget: &'static Budget,
    few: AllocationInfo,
    many: AllocationInfo,
}

/// All of it, measured once.
fn measured() -> &'static [Measured] {
    static ALL: OnceLock<Vec<Measured>> = OnceLock::new();
    ALL.get_or_init(|| {
        let (few, many) = (crowd::signed_in(FEW), crowd::signed_in(MANY));
        let all: Vec<Measured> = BUDGETS
            .iter()
            .map(|budget| Measured {
                budget,
                few: (budget.cost)(&mut Stage::new(&few)),
                many: (budget.cost)(&mut Stage::new(&many)),
            })
            .collect();
        println!("{:<38}{:>24}{:>26}", "blocks, bytes", format!("{FEW} rows"), format!("{MANY} rows"));
        for Measured { budget, few, many } in &all {
            let (a, b, c, d) = (few.count_total, few.bytes_total, many.count_total, many.bytes_total);
            println!("{:<38}{a:>10}{b:>14}{c:>12}{d:>14}", budget.what);
        }
        all
    })
}

#[test]
fn no_frame_and_no_step_allocates_more_than_its_budget() {
    for Measured { budget, many, .. } in measured() {
        let Budget { what, blocks, bytes, .. } = budget;
        assert!(
            many.count_total <= *blocks && many.bytes_total <= *bytes,
            "{what}: {} blocks of {blocks}, {} bytes of {bytes}",
            many.count_total,
            many.bytes_total
        );
    }
}

#[test]
fn what_a_frame_or_a_step_allocates_does_not_grow_with_the_list() {
    for Measured { budget, few, many } in measured().iter().filter(|m| !m.budget.grows) {
        assert!(
            many.count_total <= few.count_total + 2 && many.bytes_total <= few.bytes_total + 256,
            "{}: {FEW} rows {} blocks, {} bytes; {MANY} rows {} blocks, {} bytes",
            budget.what,
            few.count_total,
            few.bytes_total,
            many.count_total,
            many.bytes_total
        );
    }
}

#[test]
fn what_is_allocated_is_counted() {
    let one = measure(|| drop(std::hint::black_box(vec![0_u8; 100])));
    assert_eq!((one.count_total, one.bytes_total), (1, 100));
}
