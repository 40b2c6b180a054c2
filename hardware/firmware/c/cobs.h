/* Consistent overhead byte stuffing (Cheshire and Baker 1999): packets without a zero, a zero after each. */
#ifndef COBS_H
#define COBS_H

#include <stddef.h>
#include <stdint.h>

/* What a packet of `count` bytes, up to 508, takes on the line, its zero included. */
#define COBS_ROOM(count) ((count) + 3)

/* Encodes a packet with its zero. Returns the bytes written, at most COBS_ROOM(count). */
size_t cobs_encode(uint8_t *out, const uint8_t *packet, size_t count);

/* Takes packets out of a line byte by byte. */
struct cobs_reader {
    uint8_t *packet; /* where the packet under way goes */
    size_t room;     /* bytes there; a longer packet is dropped */
    size_t count;    /* bytes of it so far */
    uint8_t code;    /* of the block under way; 0 before the first */
    uint8_t left;    /* bytes missing of that block */
    uint8_t broken;  /* 1: too long; wait for the zero */
};

/* Takes one byte. Returns the length of the packet that it ends, and 0 otherwise; what is broken or too
 * long gives 0. The packet stands until the next call. */
size_t cobs_take(struct cobs_reader *reader, uint8_t byte);

#endif
