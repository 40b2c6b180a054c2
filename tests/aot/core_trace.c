/* The driver of hardware/firmware/core_trace.py for a Cortex-M4F in QEMU, alone on the machine: it reads
 * stretch.bin and writes trace.bin by semihosting, and says how many instructions a sample took. */
#include <stdint.h>

#include "cadence_core.h"

#define CHUNK 64
#define SAID_IN_TIME 0x100
#define SAID_AT_STRIDE 0x200
#define WORD(address) (*(volatile uint32_t *)(address))

enum { OPEN = 1, CLOSE = 2, WRITE0 = 4, WRITE = 5, READ = 6, EXIT = 0x18 }; /* semihosting operations */

static int semihost(int operation, const void *block)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = block;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static void leave(int is_well)
{
    semihost(EXIT, (const void *)(is_well ? 0x20026 : 0x20023));
    for (;;)
        ;
}

static int open(const char *name, uint32_t length, uint32_t mode)
{
    const uint32_t block[3] = {(uint32_t)name, mode, length};
    int file = semihost(OPEN, block);
    if (file < 0)
        leave(0);
    return file;
}

static void transfer(int operation, int file, void *bytes, uint32_t count)
{
    const uint32_t block[3] = {(uint32_t)file, (uint32_t)bytes, count};
    if (semihost(operation, block) != 0)
        leave(0);
}

static void say(const char *name, uint32_t value)
{
    char digits[12], *at = digits + sizeof digits;
    *--at = 0;
    *--at = '\n';
    do
        *--at = (char)('0' + value % 10);
    while (value /= 10);
    semihost(WRITE0, name);
    semihost(WRITE0, at);
}

/* In the order of the digest: the float32 first. */
static struct {
    float state[DETECTOR_STATE_FLOATS], out[DETECTOR_OUTPUT_FLOATS];
    float policy[POLICY_STATE_FLOATS], cue[POLICY_CUE_FLOATS];
    int32_t state_ints[DETECTOR_STATE_INTS], out_ints[DETECTOR_OUTPUT_INTS];
    int32_t policy_ints[POLICY_STATE_INTS], cue_ints[POLICY_CUE_INTS];
} core;
#define FLOATS (sizeof core.state + sizeof core.out + sizeof core.policy + sizeof core.cue) / 4

static uint32_t digest(void)
{
    const uint32_t *words = (const uint32_t *)&core;
    uint32_t sum = 0;
    for (uint32_t index = 0; index < sizeof core / 4; index++) {
        uint32_t word = words[index];
        if (index < FLOATS && (word & 0x7fffffffu) > 0x7f800000u)
            word = 0x7fc00000u;
        sum += word * ((2 * index + 1) * 2654435761u);
    }
    return sum;
}

static struct {
    float detector[DETECTOR_SETTINGS_WORDS], policy[POLICY_SETTINGS_WORDS];
} settings;

struct sample {
    int32_t step_us;
    float motion[6];
};

static int32_t take(const struct sample *sample)
{
    int32_t event = detector_step(settings.detector, core.state, core.state_ints, core.out, core.out_ints,
                                  sample->step_us, sample->motion);
    event |= SAID_IN_TIME * policy_advance(core.policy, core.policy_ints, core.cue, core.cue_ints, sample->step_us);
    if (event & DETECTOR_EVENT_STRIDE)
        event |= SAID_AT_STRIDE * policy_stride(settings.policy, core.policy, core.policy_ints, core.out,
                                                core.out_ints, core.cue, core.cue_ints);
    return event;
}

static uint32_t counted(void) /* SysTick counts down, at 25 MHz of QEMU's 1 GHz: 40 instructions a tick */
{
    return 0xffffffu - WORD(0xe000e018);
}

static void run(void)
{
    static struct sample samples[CHUNK];
    static uint32_t trace[CHUNK][2];
    int32_t count;
    uint64_t ticks = 0;
    uint32_t most = 0;
    int from = open("stretch.bin", 11, 1), to = open("trace.bin", 9, 5);
    transfer(READ, from, &count, sizeof count);
    transfer(READ, from, &settings, sizeof settings);
    detector_init(core.state, core.state_ints);
    policy_init(core.policy, core.policy_ints);
    for (int32_t left = count; left > 0;) {
        int32_t now = left < CHUNK ? left : CHUNK;
        transfer(READ, from, samples, (uint32_t)now * sizeof samples[0]);
        for (int32_t index = 0; index < now; index++) {
            WORD(0xe000e018) = 0;
            uint32_t before = counted();
            trace[index][0] = (uint32_t)take(&samples[index]);
            uint32_t took = (counted() - before) & 0xffffffu;
            ticks += took;
            most = took > most ? took : most;
            trace[index][1] = digest();
        }
        transfer(WRITE, to, trace, (uint32_t)now * sizeof trace[0]);
        left -= now;
    }
    const uint32_t file = (uint32_t)to;
    semihost(CLOSE, &file);
    say("instructions_mean ", (uint32_t)(ticks * 40 / (uint32_t)count));
    say("instructions_max ", most * 40);
    leave(1);
}

void reset(void)
{
    WORD(0xe000ed88) |= 0xfu << 20; /* the floating-point unit on */
    __asm__ volatile("dsb\nisb");
    WORD(0xe000e014) = 0xffffff; /* SysTick: over all 24 bits, from the processor's clock */
    WORD(0xe000e010) = 5;
    run();
}

static void fault(void)
{
    leave(0);
}

__attribute__((section(".vectors"), used)) static const void *const vectors[] = {
    (void *)0x20100000, (void *)reset, (void *)fault, (void *)fault, (void *)fault, (void *)fault, (void *)fault,
};
