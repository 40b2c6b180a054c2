/* The charge of the battery. */
#ifndef BATTERY_H
#define BATTERY_H

#include <stdint.h>

#define NO_BATTERY_GAUGE 255

/* 0 to 100 %, or NO_BATTERY_GAUGE. */
uint8_t battery_percent(void);

#endif
