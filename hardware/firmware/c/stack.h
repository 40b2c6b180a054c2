/* How much of the stack was ever used: it is painted before the start, and what is not paint was used. */
#ifndef STACK_H
#define STACK_H

#include <stdint.h>

#define STACK_PAINT 0xA5A5A5A5u

/* Of the linker script: the lowest word of the stack, and the word above it. */
extern uint32_t stack_bottom[], stack_top[];

/* The most bytes that were ever in use. */
uint32_t stack_peak_bytes(void);

#endif
