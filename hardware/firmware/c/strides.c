#include "strides.h"

#include <stdbool.h>

#include "bytes.h"
#include "cadence_core.h"
#include "measure.h"
#include "outbox.h"

#define FULL_COUNT 32767.0f
#define LONGEST_STEP_US 0x40000000 /* a longer silence is a gap like any other */
#define SIDE_UNKNOWN 0
#define IS_CLIPPED 1
#define IS_GOOD 2

/* The detector's and the policy's blocks, as the core wants them. */
static float settings[DETECTOR_SETTINGS_WORDS];
static float state[DETECTOR_STATE_FLOATS];
static int32_t state_ints[DETECTOR_STATE_INTS];
static float out[DETECTOR_OUTPUT_FLOATS];
static int32_t out_ints[DETECTOR_OUTPUT_INTS];
static float policy_settings[POLICY_SETTINGS_WORDS];
static float policy[POLICY_STATE_FLOATS];
static int32_t policy_ints[POLICY_STATE_INTS];
static float cue[POLICY_CUE_FLOATS];
static int32_t cue_ints[POLICY_CUE_INTS];

static bool has_last, cues;
static uint32_t last_us;    /* the newest sample */
static uint32_t advanced_us; /* how far the policy's time has come */

void strides_begin(void)
{
    settings[DETECTOR_ACC_LIMIT_M_S2] = FULL_COUNT * sensor_facts.acc_scale;
    settings[DETECTOR_GYRO_LIMIT_RAD_S] = FULL_COUNT * sensor_facts.gyro_scale;
    settings[DETECTOR_HAS_GYROSCOPE] = 1.0f;
    detector_init(state, state_ints);
    policy_init(policy, policy_ints);
    has_last = false;
}

void strides_aim(float target_spm)
{
    /* With no baseline told the policy learns the runner's own cadence in the first minutes. */
    policy_settings[POLICY_TARGET_SPM] = target_spm;
    cues = target_spm > 0.0f;
}

static void send_stride(uint32_t closed_us)
{
    uint8_t *at = outbox_begin(FRAME_STRIDE);
    at = put_u32(at, closed_us - (uint32_t)out_ints[DETECTOR_OUT_TOE_OFF_AGE_US]);
    at = put_u32(at, closed_us - (uint32_t)out_ints[DETECTOR_OUT_CONTACT_AGE_US]);
    at = put_u32(at, closed_us - (uint32_t)out_ints[DETECTOR_OUT_MID_STANCE_AGE_US]);
    for (int word = 0; word < DETECTOR_OUTPUT_FLOATS; word++)
        at = put_f32(at, out[word]);
    at = put_u8(at, (uint8_t)out_ints[DETECTOR_OUT_ACTIVITY]);
    int bits = (out_ints[DETECTOR_OUT_CLIPPED] ? IS_CLIPPED : 0) | (out_ints[DETECTOR_OUT_GOOD] ? IS_GOOD : 0);
    at = put_u8(at, (uint8_t)bits);
    outbox_end(put_u8(at, SIDE_UNKNOWN));
}

static void send_cue(uint32_t now_us)
{
    if (!cues)
        return;
    uint8_t *at = outbox_begin(FRAME_CUE);
    at = put_u32(at, now_us - (uint32_t)cue_ints[POLICY_CUE_AGE_US]);
    at = put_u8(at, (uint8_t)cue_ints[POLICY_CUE_KIND]);
    at = put_u8(at, (uint8_t)cue_ints[POLICY_CUE_REASON]);
    outbox_end(put_f32(at, cue[POLICY_CUE_TEMPO_SPM]));
}

static void advance_policy(uint32_t now_us)
{
    int32_t step_us = (int32_t)(now_us - advanced_us);
    advanced_us = now_us;
    measure_begin();
    int32_t said = policy_advance(policy, policy_ints, cue, cue_ints, step_us);
    measure_end(PART_POLICY);
    if (said)
        send_cue(now_us);
}

static void take_stride(void)
{
    measure_begin();
    int32_t said = policy_stride(policy_settings, policy, policy_ints, out, out_ints, cue, cue_ints);
    measure_end(PART_POLICY);
    if (said)
        send_cue(last_us);
}

/* The step from the sample before: as on the host, a time that steps back counts as none. */
static int32_t step_to(uint32_t tick_us)
{
    if (!has_last) {
        has_last = true;
        last_us = advanced_us = tick_us;
    }
    int32_t step_us = (int32_t)(tick_us - last_us);
    if (step_us < 0)
        return 0;
    last_us = tick_us;
    return step_us < LONGEST_STEP_US ? step_us : LONGEST_STEP_US;
}

static void take_sample(uint32_t tick_us, const int16_t raw[6])
{
    float motion[6];
    for (int axis = 0; axis < 3; axis++) {
        motion[axis] = (float)raw[axis] * sensor_facts.acc_scale;
        motion[3 + axis] = (float)raw[3 + axis] * sensor_facts.gyro_scale;
    }
    int32_t step_us = step_to(tick_us);
    measure_begin();
    int32_t events = detector_step(settings, state, state_ints, out, out_ints, step_us, motion);
    measure_end(PART_DETECTOR);
    if (events & DETECTOR_EVENT_STRIDE) {
        send_stride(last_us);
        advance_policy(last_us);
        take_stride();
    }
}

void strides_take(const struct sensor_batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++)
        take_sample(batch->tick_us + i * batch->period_ns / 1000u, batch->raw[i]);
    advance_policy(last_us);
}
