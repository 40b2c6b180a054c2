/* What the firmware needs of a board. One folder a board implements it. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stdint.h>

/* Timer, line, watchdog. Called once, first. */
void board_start(void);

/* µs since the start, modulo 2^32. To be asked at least once a minute. */
uint32_t board_clock_us(void);

/* 32 bits that are others at each start: the boot id. */
uint32_t board_entropy(void);

/* The watchdog resets the pod when this is not called for WATCHDOG_S. */
#define WATCHDOG_S 4
void board_feed_watchdog(void);

/* Until something came in, can go out again, or some ms have passed. */
void board_sleep(void);

/* The serial line to the host: the next byte, or -1 when none has come. */
int line_read(void);

/* Says false when the line has no room now. */
bool line_write(uint8_t byte);

#endif
