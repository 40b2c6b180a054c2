/* The vector table of the Cortex-M4F on the AN386. */
#include <stdint.h>

#include "../stack.h"
#include "bench.h"
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

/* The SysTick wakes the loop. After the watchdog's NMI the loop has as long again to feed it. */
__attribute__((section(".vectors"), used)) static const handler vectors[16 + 4] = {
    (handler)(uintptr_t)stack_top,
    reset,
    nothing, /* NMI */
    fault,   /* hard */
    fault,   /* memory */
    fault,   /* bus */
    fault,   /* usage */
    0,
    0,
    0,
    0,
    fault, /* SVC */
    fault, /* debug */
    0,
    fault,   /* PendSV */
    nothing, /* SysTick */
    line_interrupt,
    line_interrupt,
    bench_interrupt,
    bench_interrupt,
};
