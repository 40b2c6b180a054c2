/* An inertial sensor with a FIFO. One file a sensor implements it. */
#ifndef SENSOR_H
#define SENSOR_H

#include <stdbool.h>
#include <stdint.h>

/* What fits into a frame of 244 bytes, the notification at an MTU of 247. */
#define SENSOR_BATCH_MOST 18

/* Samples that follow each other evenly: sample i was taken at tick_us + floor(i * period_ns / 1000). */
struct sensor_batch {
    uint32_t tick_us;   /* the pod's clock at the first */
    uint32_t period_ns; /* not 0 */
    uint32_t count;     /* 1 to SENSOR_BATCH_MOST */
    int16_t raw[SENSOR_BATCH_MOST][6]; /* acceleration x y z, rotation x y z, in counts */
};

/* How counts are read. */
struct sensor_facts {
    float acc_scale;  /* m/s² a count */
    float gyro_scale; /* rad/s a count */
    uint16_t acc_range_g;
    uint16_t gyro_range_dps;
};
extern const struct sensor_facts sensor_facts;

/* The lowest of its rates that is not below the one asked for, or its highest. Samples a second. */
float sensor_rate_for(float asked_hz);

/* Empties the FIFO and takes samples at one of its rates from now on. */
void sensor_start(float rate_hz);

/* Takes no more samples. */
void sensor_stop(void);

/* The next batch out of the FIFO, once its watermark is reached. False while there is none. */
bool sensor_read(struct sensor_batch *batch);

#endif
