#include <caisson.h>

/* Each frame holds room that the compiler can neither share nor leave out. */
static uint32_t deeper(volatile uint32_t *above) {
    volatile uint32_t room[64] = {*above + 1};
    if (room[0] == 0) return 0;
    return deeper(room) + room[0];
}

static bool activate(void) {
    volatile uint32_t depth = 0;
    return deeper(&depth) != 0;
}

CAISSON_MODULE(.activate = activate);
