#include "sensor_batch.h"

#include "sensor.h"

/* Of the chip's rates those that a detector can use and a radio can carry. */
const float sensor_rates_hz[SENSOR_RATES] = {52.0f, 104.0f, 208.0f, 416.0f, 833.0f};

#define LONGEST_BATCH_S 0.05f
#define LONGEST_SPAN_US 4000000u /* times 1000 it fits 32 bits */

/* 16 g and 2000 degrees/s: 0.488 mg and 70 mdps a count (ST data sheet DocID030071, table 3). */
const struct sensor_facts sensor_facts = {
    .acc_scale = 0.488e-3f * 9.80665f,
    .gyro_scale = 70e-3f * 0.017453292519943295f,
    .acc_range_g = 16,
    .gyro_range_dps = 2000,
};

float sensor_rate_for(float asked_hz)
{
    for (int i = 0; i < SENSOR_RATES; i++)
        if (sensor_rates_hz[i] >= asked_hz)
            return sensor_rates_hz[i];
    return sensor_rates_hz[SENSOR_RATES - 1];
}

uint32_t sensor_watermark(float rate_hz)
{
    uint32_t count = (uint32_t)(LONGEST_BATCH_S * rate_hz);
    return count < SENSOR_BATCH_MOST ? count : SENSOR_BATCH_MOST;
}

uint32_t sensor_period_ns(uint32_t first_us, uint32_t last_us, uint32_t count, float rate_hz)
{
    uint32_t steps = count - 1, span_us = last_us - first_us;
    if (steps == 0 || span_us == 0 || span_us > LONGEST_SPAN_US)
        return (uint32_t)(1e9f / rate_hz);
    return (span_us * 1000u + steps / 2u) / steps;
}
