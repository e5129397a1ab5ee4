//! The line editor: the steps of typing, on a name and on the longest text that it takes.

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion};
use retitle::core::line::{Edit, LineEdit};

pub fn all(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("line");
    let name = "INC-20931 phishing wave, Müller GmbH 漢字 👩‍💻";
    let long = name.repeat(40_000 / name.len());
    for (what, text) in [("a name", name), ("40,000 bytes", long.as_str())] {
        let line = LineEdit::new(text);
        for (step, edit) in [
            ("a letter", Edit::Insert('x')),
            ("backspace", Edit::DeleteBack),
            ("left", Edit::Left),
            ("word left", Edit::WordLeft),
            ("cut to the start", Edit::KillToStart),
            ("paste", Edit::Paste(name.into())),
        ] {
            group.bench_function(BenchmarkId::new(step, what), |bench| {
                bench.iter_batched(
                    || (line.clone(), edit.clone()),
                    |(mut line, edit)| {
                        line.apply(edit);
                        line
                    },
                    BatchSize::SmallInput,
                );
            });
        }
        group.bench_function(BenchmarkId::new("the part that is drawn", what), |bench| {
            bench.iter(|| black_box(line.view(60)).caret);
        });
    }
    group.bench_function("a name typed", |bench| {
        bench.iter(|| {
            let mut line = LineEdit::new("");
            for c in name.chars() {
                line.apply(Edit::Insert(c));
            }
            line
        });
    });
    group.finish();
}
