/* Frames on their way to the host. When the memory is full the oldest makes room and is counted; but not
 * the one that is on the line. */
#ifndef OUTBOX_H
#define OUTBOX_H

#include <stdbool.h>
#include <stdint.h>

/* docs/protocol.md, "Over Bluetooth Low Energy": the longest frame, 244 bytes. */
#define LONGEST_FRAME_BYTES 244

enum frame_type {
    FRAME_HELLO = 1,
    FRAME_SAMPLES = 2,
    FRAME_STRIDE = 3,
    FRAME_CUE = 4,
    FRAME_BATTERY = 6,
    FRAME_ACK = 7,
};

/* Before the first frame: the boot id of all that come. */
void outbox_start(uint32_t boot_id);

/* Begin a frame: it has its sequence number from here on. Returns where its payload goes. */
uint8_t *outbox_begin(enum frame_type type);

/* End it: `end` is behind its payload. Its CRC is added and it is kept. */
void outbox_end(const uint8_t *end);

/* Hand on to the line what the line takes. */
void outbox_send(void);

/* Whether anything waits to be sent. */
bool outbox_waits(void);

/* Frames that made room, since the start. */
uint32_t outbox_given_up(void);

#endif
