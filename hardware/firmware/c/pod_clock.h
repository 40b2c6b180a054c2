/* The pod's clock: µs since its start, modulo 2^32. It never stops and never steps back. */
#ifndef POD_CLOCK_H
#define POD_CLOCK_H

#include <stdint.h>

uint32_t pod_clock_us(void);

/* A sample has this time. Where the sensor's time runs faster than the board's, as on a bench whose
 * hours take minutes, the sensor's leads. */
void pod_clock_follow(uint32_t tick_us);

#endif
