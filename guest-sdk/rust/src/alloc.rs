//! The allocator of a guest: a bump pointer over a static arena, and nothing is given back.
//!
//! An instance lives for one call, so freeing is work for nobody, and growing a memory is the dearest thing a guest can do:
//! the host changes page protections under a lock that all instances share. The arena is zeroed static data, so it takes no
//! room in the component and no page until it is touched. Only what passes it grows the memory. `CAISSON_ARENA_KIB`, set
//! while the module is compiled, chooses another size than 1 MiB.

#![expect(
    unsafe_code,
    reason = "an allocator hands out raw memory; all unsafe code of the crate is in this file"
)]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32;
use core::cell::{Cell, UnsafeCell};
use core::ptr;

const ARENA_BYTES: usize = match option_env!("CAISSON_ARENA_KIB") {
    Some(kib) => parse(kib) * 1024,
    None => 1024 * 1024,
};

/// What one growth asks for at least: few growths matter more than a tight fit.
const GROWTH_BYTES: usize = 4 * 1024 * 1024;

const WASM_PAGE: usize = 64 * 1024;

#[repr(C, align(16))]
struct Arena(UnsafeCell<[u8; ARENA_BYTES]>);

// SAFETY: the target has one thread, and only the allocator reaches the bytes.
unsafe impl Sync for Arena {}

static ARENA: Arena = Arena(UnsafeCell::new([0; ARENA_BYTES]));

/// Hands out `[next, end)`; both are 0 until the first allocation.
struct Bump {
    next: Cell<usize>,
    end: Cell<usize>,
}

// SAFETY: the target has one thread, and no method of the allocator calls another piece of code that allocates.
unsafe impl Sync for Bump {}

#[global_allocator]
static ALLOCATOR: Bump = Bump { next: Cell::new(0), end: Cell::new(0) };

impl Bump {
    fn take(&self, size: usize, align: usize) -> *mut u8 {
        if self.end.get() == 0 {
            let start = ARENA.0.get() as usize;
            self.next.set(start);
            self.end.set(start + ARENA_BYTES);
        }
        loop {
            let start = (self.next.get() + align - 1) & !(align - 1);
            match start.checked_add(size) {
                Some(next) if next <= self.end.get() => {
                    self.next.set(next);
                    return start as *mut u8;
                }
                Some(_) if self.grow(size.saturating_add(align)) => {}
                _ => return ptr::null_mut(),
            }
        }
    }

    /// Moves on to fresh memory of at least `bytes`; growths that follow one another make one region.
    fn grow(&self, bytes: usize) -> bool {
        let exact = bytes.div_ceil(WASM_PAGE);
        for pages in [exact.max(GROWTH_BYTES / WASM_PAGE), exact] {
            let before = wasm32::memory_grow::<0>(pages);
            if before != usize::MAX {
                let start = before * WASM_PAGE;
                if self.end.get() != start {
                    self.next.set(start);
                }
                // The last byte of a 4 GiB memory stays unused, so that the end can be written down.
                self.end.set(start.saturating_add(pages * WASM_PAGE));
                return true;
            }
        }
        false
    }

    /// Whether a block is the newest one, whose end can still be moved.
    fn is_last(&self, block: *mut u8, size: usize) -> bool {
        block as usize + size == self.next.get()
    }
}

// SAFETY: blocks never overlap, since `next` only moves back over the newest block when that block is given back or shrunk;
// `take` aligns as the layout asks and stays below `end`.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.take(layout.size(), layout.align())
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if self.is_last(block, layout.size()) {
            self.next.set(block as usize);
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if self.is_last(block, layout.size()) {
            let next = (block as usize).saturating_add(size);
            if next <= self.end.get() {
                self.next.set(next);
                return block;
            }
        } else if size <= layout.size() {
            return block;
        }
        let fresh = self.take(size, layout.align());
        if !fresh.is_null() {
            // SAFETY: both blocks hold at least that many bytes and do not overlap, as `fresh` was free until now.
            unsafe { ptr::copy_nonoverlapping(block, fresh, layout.size().min(size)) };
        }
        fresh
    }
}

const fn parse(decimal: &str) -> usize {
    let bytes = decimal.as_bytes();
    let (mut value, mut index) = (0, 0);
    while index < bytes.len() {
        assert!(bytes[index].is_ascii_digit(), "CAISSON_ARENA_KIB must be a number of KiB");
        value = value * 10 + (bytes[index] - b'0') as usize;
        index += 1;
    }
    assert!(value >= 64, "CAISSON_ARENA_KIB must be at least 64");
    value
}
