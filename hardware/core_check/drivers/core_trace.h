/* Runs samples through the on-device core and draws all its words together after each. */
#ifndef CORE_TRACE_H
#define CORE_TRACE_H

#include <stdint.h>

#include "cadence_core.h"

struct settings {
    float detector[DETECTOR_SETTINGS_WORDS], policy[POLICY_SETTINGS_WORDS];
};

struct sample {
    int32_t step_us; /* since the sample before */
    float motion[6]; /* m/s2, rad/s */
};

struct told {
    uint32_t events, digest;
};

/* Before the first sample of a stretch. */
void core_begin(void);

/* The next samples of a stretch: what is told after each. */
void core_trace(const struct settings *settings, const struct sample *samples, int32_t count, struct told *told);

#endif
