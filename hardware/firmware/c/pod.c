#include "pod.h"

#include "battery.h"
#include "bytes.h"
#include "commands.h"
#include "memory.h"
#include "outbox.h"
#include "pod_clock.h"
#include "strides.h"

enum mode { MODE_RAW = 1, MODE_STRIDES = 2, MODE_BOTH = 3 };
enum side { SIDE_UNKNOWN = 0, SIDE_RIGHT = 2 };

#define FIRST_RATE_HZ 208.0f
#define BATTERY_EVERY_US 10000000u
#define MODEL "CadPod fw"
#define MODEL_BYTES 12
#define HAS_GYROSCOPE 1
#define IS_STREAMING 2

static const uint8_t firmware_version[3] = {1, 0, 0};

static float rate_hz = FIRST_RATE_HZ;
static enum mode mode = MODE_RAW;
static bool streaming;
static uint32_t battery_told_us;
static uint8_t told_percent = NO_BATTERY_GAUGE;

static void say_hello(void)
{
    char model[MODEL_BYTES] = MODEL;
    uint8_t *at = outbox_begin(FRAME_HELLO);
    at = put_u32(at, pod_clock_us());
    at = put_f32(at, rate_hz);
    at = put_f32(at, sensor_facts.acc_scale);
    at = put_f32(at, sensor_facts.gyro_scale);
    at = put_u16(at, sensor_facts.acc_range_g);
    at = put_u16(at, sensor_facts.gyro_range_dps);
    at = put_u8(at, HAS_GYROSCOPE | (streaming ? IS_STREAMING : 0));
    at = put_u8(at, (uint8_t)mode);
    at = put_u8(at, battery_percent());
    at = put_u8(at, SIDE_UNKNOWN);
    for (size_t i = 0; i < sizeof firmware_version; i++)
        at = put_u8(at, firmware_version[i]);
    at = put_u32(at, STRIDES_CORE_HASH);
    memcpy(at, model, MODEL_BYTES);
    outbox_end(at + MODEL_BYTES);
}

static void acknowledge(const struct command *command, enum command_status status)
{
    uint8_t *at = outbox_begin(FRAME_ACK);
    at = put_u32(at, command->token);
    at = put_u8(at, command->type);
    outbox_end(put_u8(at, (uint8_t)status));
}

/* A finite number from 0 up; NaN is none. */
static bool is_number(float value)
{
    return value >= 0.0f && value <= 3.402823466e38f;
}

static enum command_status start(uint8_t asked)
{
    if (asked < MODE_RAW || asked > MODE_BOTH)
        return STATUS_BAD_VALUE;
    bool finds_strides = streaming && mode != MODE_RAW;
    mode = (enum mode)asked;
    /* A START that comes again changes nothing: strides go on where they are. */
    if (mode != MODE_RAW && !finds_strides)
        strides_begin();
    if (!streaming) {
        streaming = true;
        battery_told_us = pod_clock_us();
        sensor_start(rate_hz);
    }
    return STATUS_DONE;
}

static enum command_status set_rate(float asked_hz)
{
    if (!is_number(asked_hz))
        return STATUS_BAD_VALUE;
    float chosen_hz = sensor_rate_for(asked_hz);
    if (chosen_hz != rate_hz) {
        rate_hz = chosen_hz;
        if (streaming)
            sensor_start(rate_hz);
    }
    return STATUS_DONE;
}

static enum command_status obey(const struct command *command)
{
    const uint8_t *payload = command->payload;
    switch (command->type) {
    case COMMAND_START:
        return start(payload[0]);
    case COMMAND_STOP:
        streaming = false;
        sensor_stop();
        return STATUS_DONE;
    case COMMAND_RATE:
        return set_rate(get_f32(payload));
    case COMMAND_TARGET:
        if (!is_number(get_f32(payload)))
            return STATUS_BAD_VALUE;
        strides_aim(get_f32(payload));
        return STATUS_DONE;
    case COMMAND_TICK: /* no haptic motor on these boards: taken, and nothing comes of it */
        return payload[0] > SIDE_RIGHT ? STATUS_BAD_VALUE : STATUS_DONE;
    case COMMAND_TIME: /* no recordings of its own: likewise */
    case COMMAND_INFO:
        return STATUS_DONE;
    default:
        return STATUS_UNKNOWN_COMMAND;
    }
}

void pod_start(void)
{
    say_hello();
}

void pod_take_packet(const uint8_t *packet, size_t count)
{
    struct command command;
    if (!command_read(&command, packet, count))
        return;
    enum command_status status = obey(&command);
    acknowledge(&command, status);
    if (status == STATUS_DONE && (command.type == COMMAND_START || command.type == COMMAND_INFO))
        say_hello();
}

static void send_samples(const struct sensor_batch *batch)
{
    uint8_t *at = outbox_begin(FRAME_SAMPLES);
    at = put_u32(at, batch->tick_us);
    at = put_u32(at, batch->period_ns);
    at = put_u8(at, (uint8_t)batch->count);
    for (uint32_t i = 0; i < batch->count; i++)
        for (int axis = 0; axis < 6; axis++)
            at = put_u16(at, (uint16_t)batch->raw[i][axis]);
    outbox_end(at);
}

void pod_take_samples(const struct sensor_batch *batch)
{
    pod_clock_follow(batch->tick_us + (batch->count - 1) * batch->period_ns / 1000u);
    if (!streaming)
        return;
    if (mode != MODE_STRIDES)
        send_samples(batch);
    if (mode != MODE_RAW)
        strides_take(batch);
}

void pod_tell_battery(void)
{
    uint32_t now_us = pod_clock_us();
    uint8_t percent = battery_percent();
    bool is_due = now_us - battery_told_us >= BATTERY_EVERY_US || percent != told_percent;
    if (!streaming || !is_due)
        return;
    battery_told_us = now_us;
    told_percent = percent;
    if (percent == NO_BATTERY_GAUGE) {
        /* BATTERY cannot say that nothing is known; HELLO can, and is the same sign of life. */
        say_hello();
        return;
    }
    uint8_t *at = outbox_begin(FRAME_BATTERY);
    at = put_u32(at, now_us);
    outbox_end(put_u8(at, percent));
}
