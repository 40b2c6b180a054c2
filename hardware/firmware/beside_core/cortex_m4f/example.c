/* Strides and cues of one foot from its sensor, by the core alone:
 *   arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -I. ... example.c libcadence_core.a
 * What stands around it, of your board, is declared here and yours to write. */
#include "cadence_core.h"

/* Waits for a sample: µs since the one before, 0 for the first; m/s2 and rad/s. Returns 0 to end. */
int next_sample(int32_t *step_us, float motion[6]);
/* A stride has closed, at the last sample: DETECTOR_OUT_... are the words. */
void on_stride(const float out[DETECTOR_OUTPUT_FLOATS], const int32_t out_ints[DETECTOR_OUTPUT_INTS]);
/* There is something to say: POLICY_CUE_... are the words. */
void on_cue(const float cue[POLICY_CUE_FLOATS], const int32_t cue_ints[POLICY_CUE_INTS]);

static float state[DETECTOR_STATE_FLOATS], out[DETECTOR_OUTPUT_FLOATS];
static int32_t state_ints[DETECTOR_STATE_INTS], out_ints[DETECTOR_OUTPUT_INTS];
static float policy[POLICY_STATE_FLOATS], cue[POLICY_CUE_FLOATS];
static int32_t policy_ints[POLICY_STATE_INTS], cue_ints[POLICY_CUE_INTS];

static const float settings[DETECTOR_SETTINGS_WORDS] = {
    /* The largest the sensor can say, here an LSM6DS3TR-C set to 16 g and 2000 degrees a second. */
    [DETECTOR_ACC_LIMIT_M_S2] = 32767 * 0.488e-3f * 9.80665f,
    [DETECTOR_GYRO_LIMIT_RAD_S] = 32767 * 70e-3f * 0.01745329f,
    [DETECTOR_HAS_GYROSCOPE] = 1.0f,
};
static const float policy_settings[POLICY_SETTINGS_WORDS] = {
    [POLICY_TARGET_SPM] = 172.0f, /* the rest is 0: the runner's own cadence is learned in the run */
};

void follow_foot(void)
{
    int32_t step_us;
    float motion[6];
    detector_init(state, state_ints);
    policy_init(policy, policy_ints);
    while (next_sample(&step_us, motion)) {
        int32_t events = detector_step(settings, state, state_ints, out, out_ints, step_us, motion);
        if (policy_advance(policy, policy_ints, cue, cue_ints, step_us))
            on_cue(cue, cue_ints);
        if (events & DETECTOR_EVENT_STRIDE) {
            on_stride(out, out_ints);
            if (policy_stride(policy_settings, policy, policy_ints, out, out_ints, cue, cue_ints))
                on_cue(cue, cue_ints);
        }
    }
}
