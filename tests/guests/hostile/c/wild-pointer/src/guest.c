#include <caisson.h>

static volatile bool everywhere = true;

/* From its data on upwards: the kit's own state, the arena, all memory there is, and on. The stack below stays as it is, so that
 * nothing but the end of memory ends it. */
static bool activate(void) {
    for (volatile uint8_t *wild = (volatile uint8_t *)65536; everywhere || wild; wild++) *wild = 0xFF;
    return true;
}

CAISSON_MODULE(.activate = activate);
