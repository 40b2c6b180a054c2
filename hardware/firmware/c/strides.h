/* The pod's own strides and cues: the on-device core between the sensor and the outbox. */
#ifndef STRIDES_H
#define STRIDES_H

#include <stdint.h>

#include "sensor.h"

/* First 32 bits of the hash of the core's source; given by the build. */
#ifndef CORE_HASH
#error "the build gives the hash of the core's source"
#endif
#define STRIDES_CORE_HASH ((uint32_t)CORE_HASH)

/* A run begins: nothing is known of the runner. What was aimed at stays. */
void strides_begin(void);

/* Cue toward this cadence, in steps of both feet a minute; 0 for no cues. */
void strides_aim(float target_spm);

/* Find the strides that close within a batch, and cues, and send them. */
void strides_take(const struct sensor_batch *batch);

#endif
