#include "uart.h"

void uart_start(struct uart *uart, struct uart_registers *registers, uint32_t baud)
{
    uart->registers = registers;
    registers->divider = CORE_CLOCK_HZ / baud;
    registers->control = UART_CONTROL_TX | UART_CONTROL_RX | UART_CONTROL_RX_INTERRUPT;
}

bool uart_has_input(const struct uart *uart)
{
    return uart->put != uart->taken;
}

int uart_read(struct uart *uart)
{
    if (!uart_has_input(uart))
        return -1;
    uint8_t byte = uart->ring[uart->taken % UART_RING_BYTES];
    uart->taken++;
    uart->registers->control |= UART_CONTROL_RX_INTERRUPT;
    return byte;
}

bool uart_write(struct uart *uart, uint8_t byte)
{
    if (uart->registers->state & UART_STATE_TX_FULL) {
        uart->registers->control |= UART_CONTROL_TX_INTERRUPT;
        return false;
    }
    uart->registers->data = byte;
    return true;
}

void uart_interrupt(struct uart *uart)
{
    struct uart_registers *registers = uart->registers;
    registers->interrupts = UART_INTERRUPT_TX | UART_INTERRUPT_RX;
    if (!(registers->state & UART_STATE_TX_FULL))
        registers->control &= ~UART_CONTROL_TX_INTERRUPT;
    while (registers->state & UART_STATE_RX_FULL) {
        if (uart->put - uart->taken == UART_RING_BYTES) {
            /* No room: the byte waits in the UART, and the sender with it, until one is read. */
            registers->control &= ~UART_CONTROL_RX_INTERRUPT;
            return;
        }
        uart->ring[uart->put % UART_RING_BYTES] = (uint8_t)registers->data;
        uart->put++;
    }
}
