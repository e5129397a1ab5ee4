//! One frame at 200x50, in the states that somebody looks at most.

use criterion::{BenchmarkId, Criterion};
use ratatui::layout::Rect;
use retitle::shell::canvas::Canvas;
use retitle::shell::pen::Pen;

use retitle::core::msg::Size;

use crate::ROWS;
use crate::crowd::{SCREEN, press, signed_in};

const STATES: [(&str, &str); 6] = [
    ("list", "j j"),
    ("filtered", "/ p h i"),
    ("marked", "space j space"),
    ("renaming", "j r x"),
    ("preview", "p"),
    ("palette", "ctrl-p p h i"),
];

pub fn all(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frame");
    for rows in ROWS {
        let signed_in = signed_in(rows);
        for (state, keys) in STATES {
            let mut model = signed_in.clone();
            for key in keys.split(' ') {
                press(&mut model, key);
            }
            let Size { width, height } = SCREEN;
            let mut pen = Pen::default();
            let mut canvas = Canvas::new(Rect { x: 0, y: 0, width, height });
            // On a terminal that shows nothing yet.
            group.bench_function(BenchmarkId::new(state, rows), |bench| {
                bench.iter(|| {
                    canvas.clear();
                    let draw =
                        |lines: &mut _, buffer: &mut _| retitle::view::draw_roles(&model, lines, buffer);
                    canvas.draw(draw, retitle::view::painter(&model), |run| pen.put(run));
                    pen.written(|text| _ = std::hint::black_box(text));
                });
            });
        }
    }
    group.finish();
}
