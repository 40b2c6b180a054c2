/* From reset to main, the same on every board: memory as C expects it, the floating-point unit, the stack
 * painted. The vector table is the board's. */
#include <stdint.h>

#include "stack.h"

extern uint32_t data_begin[], data_end[], data_source[], bss_begin[], bss_end[];
int main(void);

#define CPACR (*(volatile uint32_t *)0xE000ED88u) /* coprocessor access, ARMv7-M B3.2.20 */
#define FPU_FULL_ACCESS (0xFu << 20)

/* Without a frame of its own: it paints the stack that it would stand on. */
__attribute__((naked, noreturn)) void reset(void)
{
    __asm volatile("ldr r0, =stack_bottom\n"
                   "ldr r1, =stack_top\n"
                   "ldr r2, =0xA5A5A5A5\n"
                   "1: cmp r0, r1\n"
                   "beq 2f\n"
                   "str r2, [r0], #4\n"
                   "b 1b\n"
                   "2: b start\n");
}

__attribute__((noreturn, used)) void start(void)
{
    const uint32_t *from = data_source;
    for (uint32_t *to = data_begin; to < data_end; to++)
        *to = *from++;
    for (uint32_t *to = bss_begin; to < bss_end; to++)
        *to = 0;
    CPACR |= FPU_FULL_ACCESS;
    __asm volatile("dsb\nisb" ::: "memory");
    main();
    for (;;)
        ;
}
