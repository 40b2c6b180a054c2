/* A stub in place of a battery gauge: nothing is measured, and the pod says so. */
#ifndef BATTERY_STUB_H
#define BATTERY_STUB_H

#include "battery.h"

/* Say this charge from now on: for a bench that plays the battery. */
void battery_stub_set(uint8_t percent);

#endif
