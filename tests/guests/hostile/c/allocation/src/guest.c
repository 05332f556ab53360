#include <caisson.h>
#include <stdlib.h>

enum { MIB = 1 << 20, PAGE = 1 << 12 };

/* Writes to all it gets, in a way that the compiler may not leave out: else nothing was taken. */
static bool activate(void) {
    for (;;) {
        volatile uint8_t *block = malloc(MIB);
        if (!block) abort();
        for (int at = 0; at < MIB; at += PAGE) block[at] = 7;
    }
}

CAISSON_MODULE(.activate = activate);
