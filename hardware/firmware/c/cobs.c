#include "cobs.h"

#include <stdbool.h>

size_t cobs_encode(uint8_t *out, const uint8_t *packet, size_t count)
{
    uint8_t *at = out + 1, *code_at = out;
    uint8_t code = 1;
    for (size_t i = 0; i < count; i++) {
        if (packet[i] != 0) {
            *at++ = packet[i];
            code++;
        }
        bool full = code == 0xFF && i + 1 < count;
        if (packet[i] == 0 || full) {
            *code_at = code;
            code_at = at++;
            code = 1;
        }
    }
    *code_at = code;
    *at++ = 0;
    return (size_t)(at - out);
}

static void begin(struct cobs_reader *reader)
{
    reader->count = 0;
    reader->code = reader->left = reader->broken = 0;
}

static void keep(struct cobs_reader *reader, uint8_t byte)
{
    if (reader->count == reader->room)
        reader->broken = 1;
    else
        reader->packet[reader->count++] = byte;
}

size_t cobs_take(struct cobs_reader *reader, uint8_t byte)
{
    if (byte == 0) {
        bool whole = reader->code != 0 && reader->left == 0 && !reader->broken;
        size_t count = reader->count;
        begin(reader);
        return whole ? count : 0;
    }
    if (reader->left == 0) {
        if (reader->code != 0 && reader->code != 0xFF)
            keep(reader, 0);
        reader->code = byte;
        reader->left = (uint8_t)(byte - 1);
    } else {
        keep(reader, byte);
        reader->left--;
    }
    return 0;
}
