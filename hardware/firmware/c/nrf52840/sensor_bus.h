/* The way to the sensor's registers. */
#ifndef SENSOR_BUS_H
#define SENSOR_BUS_H

#include <stdint.h>

void bus_start(void);
void bus_write(uint8_t at, uint8_t value);

/* From one register, and those behind it where the sensor counts on. */
void bus_read(uint8_t at, uint8_t *values, uint32_t count);

#endif
