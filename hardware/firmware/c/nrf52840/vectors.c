/* The vector table of the nRF52840 up to the last interrupt that is used. */
#include <stdint.h>

#include "../stack.h"
#include "registers.h"

void reset(void);
void line_interrupt(void);

static void fault(void)
{
    AIRCR = AIRCR_RESET;
    for (;;)
        ;
}

static void nothing(void)
{
}

typedef void (*handler)(void);

__attribute__((section(".vectors"), used)) static const handler vectors[16 + UART_INTERRUPT_NUMBER + 1] = {
    (handler)(uintptr_t)stack_top,
    reset,
    fault, /* NMI */
    fault, /* hard */
    fault, /* memory */
    fault, /* bus */
    fault, /* usage */
    0,
    0,
    0,
    0,
    fault, /* SVC */
    fault, /* debug */
    0,
    fault,   /* PendSV */
    nothing, /* SysTick: wakes the loop */
    fault,   /* power and clock */
    fault,   /* radio */
    line_interrupt,
};
