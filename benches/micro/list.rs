//! The list: made and sorted, in each order, and filtered.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion};
use retitle::core::listing::Listing;
use retitle::core::menu::{Kind, Menu};
use retitle::core::order::{By, Order};

use crate::ROWS;
use crate::crowd::{press, sessions, signed_in};
use crate::start::at;

pub fn all(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("list");
    group.sample_size(10).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    for rows in ROWS {
        let known = sessions(rows);
        group.bench_function(BenchmarkId::new("made and sorted", rows), |bench| {
            bench.iter_batched(|| known.clone(), |all| Listing::new(all, at(0), 0), BatchSize::PerIteration);
        });
        let mut sorted: Vec<_> = known.iter().collect();
        for (by, what) in By::ALL {
            let order = Order { by, reversed: true };
            group.bench_function(BenchmarkId::new(format!("sorted by: {what}"), rows), |bench| {
                bench.iter_batched(
                    || known.iter().collect::<Vec<_>>(),
                    |mut all| {
                        all.sort_by(|a, b| order.compare(a, b));
                        sorted = all;
                    },
                    BatchSize::PerIteration,
                );
            });
        }
        let model = signed_in(rows);
        // From the first letter to the last, as somebody types it.
        for words in ["p h i s h i n g", "w a v e space 1", "i s : d r a f t", "z z z z", "0 0 0 0 0 0 6 3"] {
            group.bench_function(
                BenchmarkId::new(format!("filter {}", words.replace(' ', "")), rows),
                |bench| {
                    bench.iter_batched_ref(
                        || {
                            let mut model = model.clone();
                            press(&mut model, "/");
                            model
                        },
                        |model| words.split(' ').for_each(|key| drop(press(model, key))),
                        BatchSize::PerIteration,
                    );
                },
            );
        }
        group.bench_function(BenchmarkId::new("found by the palette", rows), |bench| {
            let mut menu = Menu::new(Kind::Palette);
            menu.line = retitle::core::line::LineEdit::new("phish");
            bench.iter(|| black_box(model.menu_items(&menu)));
        });
    }
    group.finish();
}
