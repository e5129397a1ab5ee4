//! A task whose panic is an answer, not a silence.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Whether the code that runs now belongs to a guarded task: its panic is caught, so the terminal stays as it is.
pub(super) fn inside() -> bool {
    INSIDE.with(Cell::get)
}

/// A future that yields `None` when it panicked.
pub(super) struct Guarded<T>(Pin<Box<dyn Future<Output = T> + Send>>);

impl<T> Guarded<T> {
    pub(super) fn new(future: impl Future<Output = T> + Send + 'static) -> Self {
        Self(Box::pin(future))
    }
}

impl<T> Future for Guarded<T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        INSIDE.with(|inside| inside.set(true));
        let polled = catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(cx)));
        INSIDE.with(|inside| inside.set(false));
        match polled {
            Ok(Poll::Ready(value)) => Poll::Ready(Some(value)),
            Ok(Poll::Pending) => Poll::Pending,
            Err(_) => Poll::Ready(None),
        }
    }
}
