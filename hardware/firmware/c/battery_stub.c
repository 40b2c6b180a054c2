#include "battery_stub.h"

static uint8_t told_percent = NO_BATTERY_GAUGE;

uint8_t battery_percent(void)
{
    return told_percent;
}

void battery_stub_set(uint8_t percent)
{
    told_percent = percent;
}
