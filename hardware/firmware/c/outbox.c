#include "outbox.h"

#include <stddef.h>

#include "board.h"
#include "bytes.h"
#include "cobs.h"
#include "crc.h"
#include "memory.h"

#define VERSION 1
#define FRAMES_KEPT 42 /* two seconds of samples: 10 kB (our choice) */
#define LINE_BYTES COBS_ROOM(LONGEST_FRAME_BYTES)

struct kept {
    uint8_t count;
    uint8_t bytes[LONGEST_FRAME_BYTES];
};

static struct kept kept[FRAMES_KEPT];
static uint32_t oldest, held;
static uint32_t given_up;

static uint32_t boot, sequence;
static uint8_t frame[LONGEST_FRAME_BYTES];

static uint8_t on_line[LINE_BYTES];
static size_t on_line_count, on_line_sent;

void outbox_start(uint32_t boot_id)
{
    boot = boot_id;
    /* Ends whatever a reset cut off in the middle, so that the first frame is not lost with it. */
    on_line[0] = 0;
    on_line_count = 1;
}

uint8_t *outbox_begin(enum frame_type type)
{
    uint8_t *at = put_u8(put_u8(frame, VERSION), (uint8_t)type);
    return put_u32(put_u32(at, boot), sequence++);
}

void outbox_end(const uint8_t *end)
{
    size_t count = (size_t)(end - frame);
    put_u16(frame + count, crc16(frame, count));
    if (held == FRAMES_KEPT) {
        oldest = (oldest + 1) % FRAMES_KEPT;
        held--;
        given_up++;
    }
    struct kept *newest = &kept[(oldest + held) % FRAMES_KEPT];
    newest->count = (uint8_t)(count + 2);
    memcpy(newest->bytes, frame, count + 2);
    held++;
}

void outbox_send(void)
{
    for (;;) {
        while (on_line_sent < on_line_count) {
            if (!line_write(on_line[on_line_sent]))
                return;
            on_line_sent++;
        }
        if (held == 0)
            return;
        on_line_count = cobs_encode(on_line, kept[oldest].bytes, kept[oldest].count);
        on_line_sent = 0;
        oldest = (oldest + 1) % FRAMES_KEPT;
        held--;
    }
}

bool outbox_waits(void)
{
    return held > 0 || on_line_sent < on_line_count;
}

uint32_t outbox_given_up(void)
{
    return given_up;
}
