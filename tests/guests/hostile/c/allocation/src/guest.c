#include <caisson.h>
#include <stdlib.h>
#include <string.h>

static bool activate(void) {
    for (;;) {
        volatile uint8_t *block = malloc(1 << 20);
        if (block) memset((void *)block, 7, 1 << 20);
    }
}

CAISSON_MODULE(.activate = activate);
