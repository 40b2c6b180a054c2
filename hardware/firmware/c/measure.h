/* What the on-device core costs: around each call, on boards that measure. */
#ifndef MEASURE_H
#define MEASURE_H

enum core_part { PART_DETECTOR, PART_POLICY };

void measure_begin(void);
void measure_end(enum core_part part);

#endif
