/* The driver of trace.py in C: linked with the core, for whatever processor. */
#include "core_trace.h"

#define SAID_IN_TIME 0x100
#define SAID_AT_STRIDE 0x200

/* In the order of the digest: what may hold any NaN first, then the other words. */
static struct {
    float state[DETECTOR_STATE_FLOATS], policy[POLICY_STATE_FLOATS];
    float out[DETECTOR_OUTPUT_FLOATS], cue[POLICY_CUE_FLOATS];
    int32_t state_ints[DETECTOR_STATE_INTS], policy_ints[POLICY_STATE_INTS];
    int32_t out_ints[DETECTOR_OUTPUT_INTS], cue_ints[POLICY_CUE_INTS];
} core;
#define ANY_NAN (sizeof core.state + sizeof core.policy) / 4

/* The finaliser of MurmurHash3. */
static uint32_t mixed(uint32_t word)
{
    word = (word ^ word >> 16) * 0x85ebca6bu;
    word = (word ^ word >> 13) * 0xc2b2ae35u;
    return word ^ word >> 16;
}

static uint32_t digest(void)
{
    const uint32_t *words = (const uint32_t *)&core;
    uint32_t sum = 0;
    for (uint32_t index = 0; index < sizeof core / 4; index++) {
        uint32_t word = words[index];
        if (index < ANY_NAN && (word & 0x7fffffffu) > 0x7f800000u)
            word = 0x7fc00000u;
        sum += mixed(word ^ (2 * index + 1) * 2654435761u);
    }
    return sum;
}

static int32_t take(const struct settings *settings, const struct sample *sample)
{
    int32_t event = detector_step(settings->detector, core.state, core.state_ints, core.out, core.out_ints,
                                  sample->step_us, sample->motion);
    event |= SAID_IN_TIME * policy_advance(core.policy, core.policy_ints, core.cue, core.cue_ints, sample->step_us);
    if (event & DETECTOR_EVENT_STRIDE)
        event |= SAID_AT_STRIDE * policy_stride(settings->policy, core.policy, core.policy_ints, core.out,
                                                core.out_ints, core.cue, core.cue_ints);
    return event;
}

void core_begin(void)
{
    volatile uint32_t *words = (uint32_t *)&core; /* volatile: or the loop becomes a call that nobody has */
    for (uint32_t index = 0; index < sizeof core / 4; index++)
        words[index] = 0;
    detector_init(core.state, core.state_ints);
    policy_init(core.policy, core.policy_ints);
}

void core_trace(const struct settings *settings, const struct sample *samples, int32_t count, struct told *told)
{
    for (int32_t index = 0; index < count; index++) {
        told[index].events = (uint32_t)take(settings, &samples[index]);
        told[index].digest = digest();
    }
}
