/* In place of core_trace.c: what each sample costs on a Cortex-M4F in QEMU, with -icount shift=ICOUNT_SHIFT.
 * Told of a sample are its events, with the stack of policy and detector above them, and the instructions of both. */
#include "core_trace.h"

#define TICK_NS 40u /* the board's timers run at 25 MHz */
#define PAINT 0x5AFEC0DEu
#define PAINTED_WORDS 255 /* fits a byte */
#define BATCH_US 50000 /* the policy's time goes on after each batch of the firmware: see sensor_batch.c */
#define BATCH_MOST 18
#define SAID_IN_TIME 0x100
#define SAID_AT_STRIDE 0x200

static struct {
    volatile uint32_t control, value, reload;
} *const timer = (void *)0x40000000;

static float state[DETECTOR_STATE_FLOATS], out[DETECTOR_OUTPUT_FLOATS];
static int32_t state_ints[DETECTOR_STATE_INTS], out_ints[DETECTOR_OUTPUT_INTS];
static float policy[POLICY_STATE_FLOATS], cue[POLICY_CUE_FLOATS];
static int32_t policy_ints[POLICY_STATE_INTS], cue_ints[POLICY_CUE_INTS];
static int32_t batch_us, batch_count;
static uint32_t overhead_ticks;

struct cost {
    uint32_t instructions, stack_words;
};

typedef int32_t call(const struct settings *, const struct sample *);

/* Each in a frame of its own, so that what the caller pushes counts as stack. */
static __attribute__((noinline)) int32_t detect(const struct settings *settings, const struct sample *sample)
{
    return detector_step(settings->detector, state, state_ints, out, out_ints, sample->step_us, sample->motion);
}

static __attribute__((noinline)) int32_t advance(const struct settings *settings, const struct sample *sample)
{
    (void)settings, (void)sample;
    return policy_advance(policy, policy_ints, cue, cue_ints, batch_us);
}

static __attribute__((noinline)) int32_t judge(const struct settings *settings, const struct sample *sample)
{
    (void)sample;
    return policy_stride(settings->policy, policy, policy_ints, out, out_ints, cue, cue_ints);
}

static __attribute__((noinline)) int32_t nothing(const struct settings *settings, const struct sample *sample)
{
    (void)settings, (void)sample;
    return 0;
}

/* The ticks that a call took, and the words of the stack. */
static __attribute__((noinline)) uint32_t timed(call *call, const struct settings *settings,
                                                const struct sample *sample, int32_t *returned, uint32_t *words)
{
    volatile uint32_t *top, *word;
    __asm__ volatile("mov %0, sp" : "=r"(top));
    for (word = top - PAINTED_WORDS; word < top; word++)
        *word = PAINT;
    uint32_t begun = timer->value;
    *returned = call(settings, sample);
    uint32_t ticks = begun - timer->value; /* it counts down */
    for (word = top - PAINTED_WORDS; word < top && *word == PAINT;)
        word++;
    *words = (uint32_t)(top - word);
    return ticks;
}

static int32_t add(struct cost *cost, call *call, const struct settings *settings, const struct sample *sample)
{
    int32_t returned;
    uint32_t words, ticks = timed(call, settings, sample, &returned, &words) - overhead_ticks;
    cost->instructions += (ticks * TICK_NS + (1u << ICOUNT_SHIFT) / 2) >> ICOUNT_SHIFT;
    if (words > cost->stack_words)
        cost->stack_words = words;
    return returned;
}

static int32_t add_advance(struct cost *cost, const struct settings *settings, const struct sample *sample)
{
    int32_t said = add(cost, advance, settings, sample);
    batch_us = 0;
    return SAID_IN_TIME * said;
}

static void take(const struct settings *settings, const struct sample *sample, struct told *told)
{
    struct cost detector = {0, 0}, coach = {0, 0};
    int32_t events = add(&detector, detect, settings, sample);
    batch_us += sample->step_us;
    if (events & DETECTOR_EVENT_STRIDE) {
        events |= add_advance(&coach, settings, sample);
        events |= SAID_AT_STRIDE * add(&coach, judge, settings, sample);
    }
    if (++batch_count == BATCH_MOST || batch_us > BATCH_US - sample->step_us) {
        events |= add_advance(&coach, settings, sample);
        batch_count = 0;
    }
    told->events = (uint32_t)events | coach.stack_words << 16 | detector.stack_words << 24;
    told->digest = detector.instructions | coach.instructions << 16;
}

void core_begin(void)
{
    int32_t none;
    uint32_t words;
    timer->reload = timer->value = 0xFFFFFFFF;
    timer->control = 1;
    overhead_ticks = timed(nothing, 0, 0, &none, &words);
    detector_init(state, state_ints);
    policy_init(policy, policy_ints);
    batch_us = batch_count = 0;
}

void core_trace(const struct settings *settings, const struct sample *samples, int32_t count, struct told *told)
{
    for (int32_t index = 0; index < count; index++)
        take(settings, &samples[index], &told[index]);
}
