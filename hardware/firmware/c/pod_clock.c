#include "pod_clock.h"

#include "board.h"

static uint32_t ahead_us; /* of the board's clock */

uint32_t pod_clock_us(void)
{
    return board_clock_us() + ahead_us;
}

void pod_clock_follow(uint32_t tick_us)
{
    uint32_t sample_ahead_us = tick_us - board_clock_us();
    if ((int32_t)(sample_ahead_us - ahead_us) > 0)
        ahead_us = sample_ahead_us;
}
