/* nRF52840: NOT TRIED ON SILICON. */
#include "../board.h"

#include "pins.h"
#include "registers.h"

#define RING_BYTES 256u /* a power of two */
#define WAKE_EVERY_S 100u

static volatile uint32_t put, taken;
static uint8_t ring[RING_BYTES];
static volatile bool is_sending;

void board_start(void)
{
    CLOCK_START_CRYSTAL = 1; /* the timer's µs and the UART's baud rate come from it */
    while (!CLOCK_CRYSTAL_RUNS)
        ;
    TIMER_WIDTH = TIMER_32_BITS;
    TIMER_PRESCALER = TIMER_BY_16;
    TIMER_START = 1;
    WATCHDOG_RELOAD_VALUE = WATCHDOG_S * WATCHDOG_CLOCK_HZ;
    WATCHDOG_START = 1;
    PIN_SET(PIN_LINE_TX) = PIN_BIT(PIN_LINE_TX);
    PIN_CONFIG(PIN_LINE_TX) = PIN_OUTPUT;
    PIN_CONFIG(PIN_LINE_RX) = PIN_INPUT;
    UART_PIN_TX = PIN_LINE_TX;
    UART_PIN_RX = PIN_LINE_RX;
    UART_BAUD = UART_BAUD_115200;
    UART_ENABLE = UART_IS_ENABLED;
    UART_INTERRUPTS_SET = UART_INTERRUPT_RX | UART_INTERRUPT_TX;
    UART_START_RX = 1;
    UART_START_TX = 1;
    NVIC_ENABLE = 1u << UART_INTERRUPT_NUMBER;
    SYSTICK_RELOAD = CORE_CLOCK_HZ / WAKE_EVERY_S - 1u;
    SYSTICK_CONTROL = SYSTICK_ON;
}

uint32_t board_clock_us(void)
{
    TIMER_CAPTURE_0 = 1;
    return TIMER_CAPTURED_0;
}

uint32_t board_entropy(void)
{
    uint32_t drawn = 0;
    RNG_CONFIG = RNG_CORRECT_BIAS;
    RNG_START = 1;
    for (int i = 0; i < 4; i++) {
        RNG_READY = 0;
        while (!RNG_READY)
            ;
        drawn = drawn << 8 | (RNG_VALUE & 0xFFu);
    }
    RNG_STOP = 1;
    return drawn;
}

void board_feed_watchdog(void)
{
    WATCHDOG_RELOAD = WATCHDOG_RELOAD_WORD;
}

void board_sleep(void)
{
    __asm volatile("cpsid i" ::: "memory");
    if (put == taken)
        __asm volatile("wfi" ::: "memory");
    __asm volatile("cpsie i" ::: "memory");
}

int line_read(void)
{
    if (put == taken)
        return -1;
    uint8_t byte = ring[taken % RING_BYTES];
    taken++;
    return byte;
}

bool line_write(uint8_t byte)
{
    if (is_sending)
        return false;
    is_sending = true;
    UART_TX = byte;
    return true;
}

void line_interrupt(void)
{
    if (UART_TX_READY) {
        UART_TX_READY = 0;
        is_sending = false;
    }
    while (UART_RX_READY) {
        UART_RX_READY = 0;
        uint8_t byte = (uint8_t)UART_RX;
        if (put - taken < RING_BYTES) { /* a command that is cut fails its CRC, and is sent again */
            ring[put % RING_BYTES] = byte;
            put++;
        }
    }
}
