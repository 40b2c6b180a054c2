/* What a board would be to example.c: samples of samples.bin in, strides.bin and cues.bin out, by semihosting on
 * QEMU's mps2-an386 or by the C library of this machine. */
#include "cadence_core.h"

void follow_foot(void);
int next_sample(int32_t *step_us, float motion[6]);
void on_stride(const float out[DETECTOR_OUTPUT_FLOATS], const int32_t out_ints[DETECTOR_OUTPUT_INTS]);
void on_cue(const float cue[POLICY_CUE_FLOATS], const int32_t cue_ints[POLICY_CUE_INTS]);

static int64_t now_us;

#ifdef __arm__
enum { OPEN = 1, CLOSE = 2, WRITE = 5, READ = 6, EXIT = 0x18 }; /* semihosting operations */
enum { FOR_READING = 1, FOR_WRITING = 5 };
typedef int file;

static int semihost(int operation, const void *block)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = block;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static file opened(const char *name, int for_writing)
{
    uint32_t length = 0;
    while (name[length])
        length++;
    const uint32_t block[3] = {(uint32_t)name, for_writing ? FOR_WRITING : FOR_READING, length};
    return semihost(OPEN, block);
}

static int got(file from, void *bytes, uint32_t count)
{
    const uint32_t block[3] = {(uint32_t)from, (uint32_t)bytes, count};
    return semihost(READ, block) == 0;
}

static void put(file to, const void *bytes, uint32_t count)
{
    const uint32_t block[3] = {(uint32_t)to, (uint32_t)bytes, count};
    semihost(WRITE, block);
}

static void closed(file which)
{
    semihost(CLOSE, &which);
}
#else
#include <stdio.h>
typedef FILE *file;

static file opened(const char *name, int for_writing)
{
    return fopen(name, for_writing ? "wb" : "rb");
}

static int got(file from, void *bytes, uint32_t count)
{
    return fread(bytes, count, 1, from) == 1;
}

static void put(file to, const void *bytes, uint32_t count)
{
    fwrite(bytes, count, 1, to);
}

static void closed(file which)
{
    fclose(which);
}
#endif

static file samples, strides, cues;

int next_sample(int32_t *step_us, float motion[6])
{
    if (!got(samples, step_us, sizeof *step_us) || !got(samples, motion, 6 * sizeof motion[0]))
        return 0;
    now_us += *step_us;
    return 1;
}

void on_stride(const float out[DETECTOR_OUTPUT_FLOATS], const int32_t out_ints[DETECTOR_OUTPUT_INTS])
{
    put(strides, &now_us, sizeof now_us);
    put(strides, out, DETECTOR_OUTPUT_FLOATS * sizeof out[0]);
    put(strides, out_ints, DETECTOR_OUTPUT_INTS * sizeof out_ints[0]);
}

void on_cue(const float cue[POLICY_CUE_FLOATS], const int32_t cue_ints[POLICY_CUE_INTS])
{
    put(cues, &now_us, sizeof now_us);
    put(cues, cue, POLICY_CUE_FLOATS * sizeof cue[0]);
    put(cues, cue_ints, POLICY_CUE_INTS * sizeof cue_ints[0]);
}

int main(void)
{
    samples = opened("samples.bin", 0);
    strides = opened("strides.bin", 1);
    cues = opened("cues.bin", 1);
    follow_foot();
    closed(strides);
    closed(cues);
    return 0;
}

#ifdef __arm__
void reset(void)
{
    *(volatile uint32_t *)0xe000ed88 |= 0xfu << 20; /* the floating-point unit on */
    __asm__ volatile("dsb\nisb");
    main();
    semihost(EXIT, (const void *)0x20026); /* all is well */
}

static void fault(void)
{
    semihost(EXIT, (const void *)0x20023);
}

__attribute__((section(".vectors"), used)) static const void *const vectors[] = {
    (void *)0x20100000, (void *)reset, (void *)fault, (void *)fault, (void *)fault, (void *)fault, (void *)fault,
};
#endif
