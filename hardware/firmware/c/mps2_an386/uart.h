/* A UART of the CMSDK behind a ring: bytes are taken by interrupt, and wait until they are read. */
#ifndef UART_H
#define UART_H

#include <stdbool.h>
#include <stdint.h>

#include "registers.h"

#define UART_RING_BYTES 1024u /* a power of two */

struct uart {
    struct uart_registers *registers;
    volatile uint32_t put, taken; /* counts; the ring's places are their remainders */
    uint8_t ring[UART_RING_BYTES];
};

void uart_start(struct uart *uart, struct uart_registers *registers, uint32_t baud);

/* The next byte, or -1. */
int uart_read(struct uart *uart);

bool uart_has_input(const struct uart *uart);

/* False when there is no room now; an interrupt comes when there is. */
bool uart_write(struct uart *uart, uint8_t byte);

/* Of its two interrupts. */
void uart_interrupt(struct uart *uart);

#endif
