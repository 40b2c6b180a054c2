#include "bench.h"

#include "../battery_stub.h"
#include "../bytes.h"
#include "../cobs.h"
#include "../outbox.h"
#include "../pod_clock.h"
#include "../sensor.h"
#include "../sensor_batch.h"
#include "measure_mps2.h"
#include "uart.h"

#define BENCH_BAUD 921600u
#define SAMPLE_BYTES 16u
#define LONGEST_PACKET_BYTES (2u + SENSOR_BATCH_MOST * SAMPLE_BYTES)

static struct uart uart;
static uint8_t packet[LONGEST_PACKET_BYTES];
static struct cobs_reader reader = {.packet = packet, .room = sizeof packet};

static float set_rate_hz;
/* A reset leaves it: an answer to a setting from before the reset is not taken for a later one's. */
static uint8_t token __attribute__((section(".noinit")));
static bool obeyed; /* the sensor's answer to the last setting has come: what follows is of it */
static uint32_t samples_taken;

void bench_interrupt(void)
{
    uart_interrupt(&uart);
}

int bench_has_input(void)
{
    return uart_has_input(&uart);
}

static void send(const uint8_t *bytes, size_t count)
{
    uint8_t coded[COBS_ROOM(64)];
    size_t coded_count = cobs_encode(coded, bytes, count);
    for (size_t i = 0; i < coded_count; i++)
        while (!uart_write(&uart, coded[i]))
            ;
}

void bench_start(void)
{
    static const uint8_t started = BENCH_STARTED;
    uart_start(&uart, UART1, BENCH_BAUD);
    while (!uart_write(&uart, 0)) /* of what a reset cut off in the middle */
        ;
    send(&started, 1);
}

static void set_sensor(float rate_hz, uint8_t watermark)
{
    uint8_t bytes[7], *at = bytes;
    set_rate_hz = rate_hz;
    obeyed = false;
    at = put_u8(at, BENCH_SENSOR);
    at = put_f32(at, rate_hz);
    at = put_u8(at, watermark);
    put_u8(at, ++token);
    send(bytes, sizeof bytes);
}

void sensor_start(float rate_hz)
{
    set_sensor(rate_hz, (uint8_t)sensor_watermark(rate_hz));
}

void sensor_stop(void)
{
    set_sensor(0.0f, 0);
}

static void report(void)
{
    const uint32_t words[] = {
        pod_clock_us(),
        samples_taken,
        outbox_given_up(),
        measured_stack_peak_bytes(),
        measured_awake_ticks(),
        measured()->samples,
        measured()->detector.ticks,
        measured()->detector.most_ticks,
        measured()->detector.stack_bytes,
        measured()->core.ticks,
        measured()->core.most_ticks,
        measured()->core.stack_bytes,
    };
    uint8_t bytes[1 + sizeof words], *at = put_u8(bytes, BENCH_REPORT);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        at = put_u32(at, words[i]);
    send(bytes, sizeof bytes);
}

static bool read_batch(struct sensor_batch *batch, size_t count)
{
    uint32_t samples = packet[1];
    if (!obeyed || samples == 0 || count != 2u + samples * SAMPLE_BYTES)
        return false;
    uint32_t last_us = 0;
    for (uint32_t i = 0; i < samples; i++) {
        const uint8_t *at = packet + 2 + i * SAMPLE_BYTES;
        last_us = get_u32(at);
        if (i == 0)
            batch->tick_us = last_us;
        for (int axis = 0; axis < 6; axis++)
            batch->raw[i][axis] = (int16_t)get_u16(at + 4 + 2 * axis);
    }
    batch->count = samples;
    batch->period_ns = sensor_period_ns(batch->tick_us, last_us, samples, set_rate_hz);
    samples_taken += samples;
    return true;
}

/* Whether the packet was a batch. */
static bool take_packet(struct sensor_batch *batch, size_t count)
{
    switch (packet[0]) {
    case BENCH_SAMPLES:
        return count > 1 && read_batch(batch, count);
    case BENCH_SENSOR:
        obeyed = count == 2 && packet[1] == token && set_rate_hz > 0.0f;
        return false;
    case BENCH_HANG:
        for (;;)
            ;
    case BENCH_BATTERY:
        if (count == 2)
            battery_stub_set(packet[1]);
        return false;
    case BENCH_REPORT:
        report();
        return false;
    default:
        return false;
    }
}

bool sensor_read(struct sensor_batch *batch)
{
    int byte;
    while ((byte = uart_read(&uart)) >= 0) {
        size_t count = cobs_take(&reader, (uint8_t)byte);
        if (count > 0 && take_packet(batch, count))
            return true;
    }
    return false;
}
