/* What was measured since the start. Instructions are told in ticks of the board's 25 MHz timer: with QEMU's
 * -icount shift=6 an instruction takes 64 ns, 1.6 ticks. */
#ifndef MEASURE_MPS2_H
#define MEASURE_MPS2_H

#include <stdint.h>

struct cost {
    uint32_t ticks;       /* sum over the samples */
    uint32_t most_ticks;  /* of one sample */
    uint32_t stack_bytes; /* the most that one call took */
};

struct measured {
    uint32_t samples;
    struct cost detector;
    struct cost core; /* the detector, and the policy where it has a stride or the time to look at */
};

const struct measured *measured(void);

/* Once, first: what the measuring itself takes, which is not counted. */
void measure_start(void);

/* Around a sleep. */
void measure_sleep(void);
void measure_wake(void);

/* Ticks since the start in which the processor was awake; wraps. */
uint32_t measured_awake_ticks(void);

/* The most of the whole stack that was in use. */
uint32_t measured_stack_peak_bytes(void);

#endif
