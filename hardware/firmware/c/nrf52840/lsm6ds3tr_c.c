/* ST LSM6DS3TR-C: both halves at one rate into the FIFO, read by the watermark. Written to the data sheet
 * (DocID030071) from memory, compiled, NOT TRIED ON SILICON.
 *
 * A sample has no time of its own in this FIFO. The instant at which the watermark is reached is caught by
 * hardware (INT1's edge to the timer's capture), and is that of the newest sample of the batch; those
 * before it lie evenly between two such instants. */
#include "../bytes.h"
#include "../sensor.h"
#include "../sensor_batch.h"
#include "pins.h"
#include "registers.h"
#include "sensor_bus.h"

#define FIFO_CTRL1 0x06u
#define FIFO_CTRL2 0x07u
#define FIFO_CTRL3 0x08u
#define FIFO_CTRL5 0x0Au
#define INT1_CTRL 0x0Du
#define CTRL1_XL 0x10u
#define CTRL2_G 0x11u
#define CTRL3_C 0x12u
#define CTRL4_C 0x13u
#define FIFO_STATUS1 0x3Au
#define FIFO_DATA_OUT_L 0x3Eu

#define BLOCK_UPDATE_AND_COUNT_ON 0x44u /* CTRL3_C: BDU, IF_INC */
#define NO_I2C 0x04u                    /* CTRL4_C */
#define ACC_16_G 0x04u                  /* CTRL1_XL: FS_XL = 01 */
#define GYRO_2000_DPS 0x0Cu             /* CTRL2_G: FS_G = 11 */
#define BOTH_UNDECIMATED 0x09u          /* FIFO_CTRL3 */
#define FIFO_OFF 0x00u                  /* bypass; empties it */
#define FIFO_CONTINUOUS 0x06u
#define WATERMARK_ON_INT1 0x08u
#define OVERRUN 0x40u /* FIFO_STATUS2 */

#define WORDS_A_SAMPLE 6u
#define BYTES_A_SAMPLE 12u
#define FIRST_RATE_CODE 3u /* of 52 Hz in CTRL1_XL, CTRL2_G and FIFO_CTRL5; each next rate is one more */

static bool begun;
static float set_rate_hz;
static uint32_t rate_code, watermark;
static uint32_t newest_us, period_ns; /* of the batch read last */
static bool has_newest;

static void watch_watermark(void)
{
    PIN_CONFIG(PIN_SENSOR_WATERMARK) = PIN_INPUT;
    EDGE_CONFIG = EDGE_RISE_OF(PIN_SENSOR_WATERMARK);
    PPI_EVENT = (uint32_t)(uintptr_t)&EDGE_SEEN;
    PPI_TASK = (uint32_t)(uintptr_t)&TIMER_CAPTURE_1;
    PPI_ENABLE_SET = 1u;
}

static void restart_fifo(void)
{
    bus_write(FIFO_CTRL5, FIFO_OFF);
    EDGE_SEEN = 0;
    has_newest = false;
    bus_write(FIFO_CTRL5, (uint8_t)(rate_code << 3 | FIFO_CONTINUOUS));
}

void sensor_start(float rate_hz)
{
    if (!begun) {
        bus_start();
        watch_watermark();
        begun = true;
    }
    set_rate_hz = rate_hz;
    rate_code = FIRST_RATE_CODE;
    for (uint32_t i = 0; i < SENSOR_RATES && sensor_rates_hz[i] < rate_hz; i++)
        rate_code++;
    watermark = sensor_watermark(rate_hz);
    period_ns = sensor_period_ns(0, 0, 1, rate_hz);
    bus_write(CTRL3_C, BLOCK_UPDATE_AND_COUNT_ON);
    bus_write(CTRL4_C, NO_I2C);
    uint32_t words = watermark * WORDS_A_SAMPLE;
    bus_write(FIFO_CTRL1, (uint8_t)words);
    bus_write(FIFO_CTRL2, (uint8_t)(words >> 8));
    bus_write(FIFO_CTRL3, BOTH_UNDECIMATED);
    bus_write(INT1_CTRL, WATERMARK_ON_INT1);
    bus_write(CTRL1_XL, (uint8_t)(rate_code << 4 | ACC_16_G));
    bus_write(CTRL2_G, (uint8_t)(rate_code << 4 | GYRO_2000_DPS));
    restart_fifo();
}

void sensor_stop(void)
{
    if (!begun)
        return;
    bus_write(FIFO_CTRL5, FIFO_OFF);
    bus_write(CTRL1_XL, 0);
    bus_write(CTRL2_G, 0);
    watermark = 0;
}

/* When the newest sample of the batch was taken. */
static uint32_t time_of_newest(void)
{
    if (!EDGE_SEEN) /* more than a batch stood in the FIFO: the pin stayed high */
        return newest_us + watermark * period_ns / 1000u;
    EDGE_SEEN = 0;
    uint32_t caught_us = TIMER_CAPTURED_1;
    if (has_newest)
        period_ns = sensor_period_ns(newest_us, caught_us, watermark + 1u, set_rate_hz);
    return caught_us;
}

bool sensor_read(struct sensor_batch *batch)
{
    if (watermark == 0 || !(PIN_LEVELS(PIN_SENSOR_WATERMARK) & PIN_BIT(PIN_SENSOR_WATERMARK)))
        return false;
    uint8_t status[2], bytes[SENSOR_BATCH_MOST * BYTES_A_SAMPLE];
    bus_read(FIFO_STATUS1, status, sizeof status);
    if (status[1] & OVERRUN) { /* samples are lost, and with them which word comes next */
        restart_fifo();
        return false;
    }
    if (!EDGE_SEEN && !has_newest)
        return false; /* the edge is due any moment */
    newest_us = time_of_newest();
    has_newest = true;
    bus_read(FIFO_DATA_OUT_L, bytes, watermark * BYTES_A_SAMPLE);
    batch->count = watermark;
    batch->period_ns = period_ns;
    batch->tick_us = newest_us - (watermark - 1u) * period_ns / 1000u;
    for (uint32_t i = 0; i < watermark; i++)
        for (uint32_t axis = 0; axis < 6; axis++) {
            /* The gyroscope comes first out of the FIFO. */
            const uint8_t *at = bytes + i * BYTES_A_SAMPLE + (axis + 3) % 6 * 2;
            batch->raw[i][axis] = (int16_t)get_u16(at);
        }
    return true;
}
