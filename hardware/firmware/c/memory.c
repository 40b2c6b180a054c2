#include "memory.h"

#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
    volatile uint8_t *out = to; /* volatile: or the loop becomes a call of itself */
    const uint8_t *in = from;
    while (count--)
        *out++ = *in++;
    return to;
}

void *memset(void *to, int value, size_t count)
{
    volatile uint8_t *out = to;
    while (count--)
        *out++ = (uint8_t)value;
    return to;
}
