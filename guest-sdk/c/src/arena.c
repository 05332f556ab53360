/* The allocator: a pointer that moves over a static arena, and nothing is given back.
 *
 * An instance lives for one call, so freeing is work for nobody, and growing a memory is the dearest thing a guest can
 * do: the host changes page protections under a lock that all instances share. The arena is zeroed static data, so it
 * takes no room in the component and no page until it is touched. Only what passes it grows the memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#ifndef CAISSON_ARENA_KIB
#define CAISSON_ARENA_KIB 1024
#endif

#define ALIGN ((size_t)16)
#define WASM_PAGE ((size_t)65536)
/* What one growth asks for at least: few growths matter more than a tight fit. */
#define GROWTH_PAGES ((size_t)64)

/* Stands before each block, for realloc. */
typedef struct {
    size_t size;
} header;

static _Alignas(16) uint8_t arena[CAISSON_ARENA_KIB * 1024];
static uint8_t *next = arena;
static uint8_t *end = arena + sizeof arena;
/* The newest block, whose end can still be moved. */
static uint8_t *newest;

/* Moves on to fresh memory; growths that follow one another make one region. */
static bool grow(size_t bytes) {
    size_t exact = bytes / WASM_PAGE + 1;
    size_t wanted[] = {exact > GROWTH_PAGES ? exact : GROWTH_PAGES, exact};
    for (size_t i = 0; i < 2; i++) {
        size_t before = __builtin_wasm_memory_grow(0, wanted[i]);
        if (before == SIZE_MAX) continue;
        uint8_t *start = (uint8_t *)(before * WASM_PAGE);
        if (start != end) next = start;
        /* The last byte of a 4 GiB memory stays unused, so that the end can be written down. */
        if (__builtin_add_overflow((size_t)start, wanted[i] * WASM_PAGE, (size_t *)&end)) end = (uint8_t *)SIZE_MAX;
        return true;
    }
    return false;
}

static size_t room(size_t size) { return (size + ALIGN - 1) & ~(ALIGN - 1); }

void *malloc(size_t size) {
    /* No block of half the address space is there, and the sums below stay sums. */
    if (size > SIZE_MAX / 2) goto full;
    while ((size_t)(end - next) < ALIGN + room(size)) {
        if (!grow(ALIGN + room(size))) goto full;
    }
    newest = next + ALIGN;
    ((header *)next)->size = size;
    next = newest + room(size);
    return newest;
full:
    errno = ENOMEM;
    return NULL;
}

/* Fresh memory is zeros already; a block that was given back and taken again is not. The compiler would make a call of
 * calloc out of what stands here, if it knew the two functions. */
__attribute__((no_builtin("malloc", "memset"))) void *calloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    void *block = malloc(bytes);
    return block ? memset(block, 0, bytes) : NULL;
}

/* The newest block alone is given back. Views of literals and parts of blocks come here too, from the generated
 * bindings. */
void free(void *block) {
    if (block && block == newest) {
        next = newest - ALIGN;
        newest = NULL;
    }
}

void *realloc(void *block, size_t size) {
    if (!block) return malloc(size);
    header *about = (header *)((uint8_t *)block - ALIGN);
    if (size <= about->size) return block;
    if (block == newest && size <= SIZE_MAX / 2 && room(size) <= (size_t)(end - newest)) {
        about->size = size;
        next = newest + room(size);
        return block;
    }
    size_t kept = about->size;
    void *fresh = malloc(size);
    return fresh ? memcpy(fresh, block, kept) : NULL;
}

void *aligned_alloc(size_t align, size_t size) {
    if (align <= ALIGN) return malloc(size);
    uint8_t *block = malloc(size + align);
    return block ? (void *)(((size_t)block + align - 1) & ~(align - 1)) : NULL;
}

void *cs_alloc(size_t bytes) {
    void *block = malloc(bytes);
    if (!block) abort();
    return block;
}

/* Room for one more item of an array that doubles as it fills. */
void *cs_grown(void *items, size_t len, size_t item) {
    if (len & (len - 1)) return items;
    void *fresh = realloc(items, (len ? 2 * len : 1) * item);
    if (!fresh) abort();
    return fresh;
}
