/* The open pod: obeys commands, sends what its mode says. */
#ifndef POD_H
#define POD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensor.h"

/* Says hello. Once, first. */
void pod_start(void);

/* A packet came from the host; anything that is no command is ignored. */
void pod_take_packet(const uint8_t *packet, size_t count);

/* The sensor gave some samples. */
void pod_take_samples(const struct sensor_batch *batch);

/* Says how the battery is when it is time to, or when it has changed. */
void pod_tell_battery(void);

#endif
