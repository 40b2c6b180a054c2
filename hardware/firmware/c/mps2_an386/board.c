#include "../board.h"

#include "bench.h"
#include "measure_mps2.h"
#include "uart.h"

#define LINE_BAUD 115200u
#define TICKS_PER_US (CORE_CLOCK_HZ / 1000000u)
#define WAKE_EVERY_S 100u /* a hundredth of a second */
#define UART0_AND_1_INTERRUPTS 0xFu
/* Above the memory that the linker gives out: who starts QEMU puts a number here, since the board has no
 * source of chance. */
#define SEED (*(const volatile uint32_t *)0x20040000u)
#define GOLDEN 0x9E3779B9u /* 2^32 over the golden ratio: spreads the counts over all boot ids */

static struct uart line;
static uint32_t counted, rest, clock_us;
static uint32_t boots __attribute__((section(".noinit"))); /* 0 when QEMU starts; a reset leaves it */

void board_start(void)
{
    TIMER0->reload = 0xFFFFFFFFu;
    TIMER0->value = 0xFFFFFFFFu;
    TIMER0->control = TIMER_ENABLE;
    /* The watchdog of the CMSDK: its first time-out is an NMI, its second resets. */
    WATCHDOG->load = WATCHDOG_S * CORE_CLOCK_HZ / 2u;
    WATCHDOG->control = WATCHDOG_INTERRUPT | WATCHDOG_RESET;
    measure_start();
    uart_start(&line, UART0, LINE_BAUD);
    bench_start();
    NVIC_ENABLE = UART0_AND_1_INTERRUPTS;
    SYSTICK_RELOAD = CORE_CLOCK_HZ / WAKE_EVERY_S - 1u;
    SYSTICK_CONTROL = SYSTICK_ON;
    boots++;
}

uint32_t board_clock_us(void)
{
    uint32_t now = ~TIMER0->value; /* it counts down */
    uint32_t passed = now - counted + rest;
    counted = now;
    clock_us += passed / TICKS_PER_US;
    rest = passed % TICKS_PER_US;
    return clock_us;
}

uint32_t board_entropy(void)
{
    uint32_t mixed = SEED + boots * GOLDEN;
    mixed = (mixed ^ mixed >> 16) * 0x85EBCA6Bu; /* the finalizer of MurmurHash3 (Appleby, public domain) */
    mixed = (mixed ^ mixed >> 13) * 0xC2B2AE35u;
    return mixed ^ mixed >> 16;
}

void board_feed_watchdog(void)
{
    WATCHDOG->clear = 1;
}

static void wait(void)
{
    measure_sleep();
    __asm volatile("wfi" ::: "memory");
    measure_wake();
}

void board_sleep(void)
{
    /* With interrupts off: one that comes before the wfi is not missed, it ends it. */
    __asm volatile("cpsid i" ::: "memory");
    if (!uart_has_input(&line) && !bench_has_input())
        wait();
    __asm volatile("cpsie i" ::: "memory");
}

int line_read(void)
{
    return uart_read(&line);
}

bool line_write(uint8_t byte)
{
    return uart_write(&line, byte);
}

void line_interrupt(void)
{
    uart_interrupt(&line);
}
