#include "measure.h"

#include "measure_mps2.h"
#include "registers.h"
#include "stack.h"

/* The core's stack is measured on this much below the caller's, painted anew before each call. */
#define PAINTED_WORDS 512

static struct measured sums;
static uint32_t peak_bytes, overhead_ticks;
static uint32_t started, slept, asleep_ticks; /* the time that measuring takes counts as asleep */
static uint32_t *call_top, begun;
static uint32_t of_sample; /* ticks of the newest sample so far */

const struct measured *measured(void)
{
    return &sums;
}

uint32_t measured_stack_peak_bytes(void)
{
    uint32_t now_bytes = stack_peak_bytes();
    return now_bytes > peak_bytes ? now_bytes : peak_bytes;
}

void measure_start(void)
{
    started = TIMER0->value;
    measure_begin();
    overhead_ticks = begun - TIMER0->value;
    __asm volatile("cpsie i" ::: "memory");
}

void measure_sleep(void)
{
    slept = TIMER0->value;
}

void measure_wake(void)
{
    asleep_ticks += slept - TIMER0->value;
}

uint32_t measured_awake_ticks(void)
{
    return started - TIMER0->value - asleep_ticks;
}

static uint32_t *stack_pointer(void)
{
    uint32_t *pointer;
    __asm volatile("mov %0, sp" : "=r"(pointer));
    return pointer;
}

/* Inlined in both, so that it does not stand on what it paints. */
static inline uint32_t *lowest_painted(void)
{
    uint32_t *lowest = call_top - PAINTED_WORDS;
    return lowest > stack_bottom ? lowest : stack_bottom;
}

void measure_begin(void)
{
    uint32_t entered = TIMER0->value;
    peak_bytes = measured_stack_peak_bytes(); /* before the paint covers it */
    __asm volatile("cpsid i" ::: "memory");   /* an interrupt is not the core's */
    call_top = stack_pointer();
    for (uint32_t *word = lowest_painted(); word < call_top; word++)
        *word = STACK_PAINT;
    asleep_ticks += entered - TIMER0->value;
    begun = TIMER0->value;
}

static void add(struct cost *cost, uint32_t ticks, uint32_t sample_ticks, uint32_t stack_bytes)
{
    cost->ticks += ticks;
    if (sample_ticks > cost->most_ticks)
        cost->most_ticks = sample_ticks;
    if (stack_bytes > cost->stack_bytes)
        cost->stack_bytes = stack_bytes;
}

void measure_end(enum core_part part)
{
    uint32_t ended = TIMER0->value, ticks = begun - ended - overhead_ticks; /* it counts down */
    uint32_t *word = lowest_painted();
    while (word < call_top && *word == STACK_PAINT)
        word++;
    __asm volatile("cpsie i" ::: "memory");
    uint32_t bytes = (uint32_t)((uintptr_t)call_top - (uintptr_t)word);
    if (part == PART_DETECTOR) {
        sums.samples++;
        of_sample = 0;
        add(&sums.detector, ticks, ticks, bytes);
    }
    of_sample += ticks;
    add(&sums.core, ticks, of_sample, bytes);
    asleep_ticks += ended - TIMER0->value;
}
