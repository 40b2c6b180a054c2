/* The bench's line, UART1: it plays the sensor and the battery, and asks what only a bench may ask. Packets
 * in COBS; the first byte is the type. hardware/firmware/bench_line.py is the other end. */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

enum bench_packet {
    BENCH_SAMPLES = 1, /* in: u8 count, then for each u32 clock µs, 6 x i16 counts */
    BENCH_SENSOR = 2,  /* out: f32 rate Hz, 0 for off; u8 watermark; u8 token. In: the token, once done */
    BENCH_HANG = 3,    /* in: the firmware stands still, until the watchdog bites */
    BENCH_BATTERY = 4, /* in: u8 charge in percent */
    BENCH_REPORT = 5,  /* in: asks for a report. Out: the words of `report` */
    BENCH_STARTED = 6, /* out: the firmware has begun, its sensor is off */
};

void bench_interrupt(void);
int bench_has_input(void);
void bench_start(void);

#endif
