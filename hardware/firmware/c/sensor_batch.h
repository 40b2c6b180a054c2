/* What drivers share: the rates of the LSM6DS3TR-C, how many samples make a batch, and their times. */
#ifndef SENSOR_BATCH_H
#define SENSOR_BATCH_H

#include <stdint.h>

#define SENSOR_RATES 5
extern const float sensor_rates_hz[SENSOR_RATES];

/* The FIFO's watermark at a rate, in samples: at most 50 ms, so that no frame delays longer (our choice). */
uint32_t sensor_watermark(float rate_hz);

/* From one sample to the next in ns, from the clock at the first and the last of `count`. */
uint32_t sensor_period_ns(uint32_t first_us, uint32_t last_us, uint32_t count, float rate_hz);

#endif
