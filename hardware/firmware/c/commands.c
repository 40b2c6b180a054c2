#include "commands.h"

#include "bytes.h"
#include "crc.h"

#define VERSION 1
#define HEADER_BYTES 10
#define CRC_BYTES 2

/* -1 for a type that is not known: its length cannot be wrong. */
static int payload_bytes(uint8_t type)
{
    switch (type) {
    case COMMAND_START:
        return 1;
    case COMMAND_STOP:
    case COMMAND_INFO:
        return 0;
    case COMMAND_RATE:
    case COMMAND_TARGET:
        return 4;
    case COMMAND_TICK:
        return 2;
    case COMMAND_TIME:
        return 8;
    default:
        return -1;
    }
}

int command_read(struct command *command, const uint8_t *packet, size_t count)
{
    if (count < HEADER_BYTES + CRC_BYTES || packet[0] != VERSION)
        return 0;
    size_t body = count - CRC_BYTES;
    if (crc16(packet, body) != get_u16(packet + body))
        return 0;
    command->type = packet[1];
    command->token = get_u32(packet + 6);
    command->payload = packet + HEADER_BYTES;
    command->payload_bytes = body - HEADER_BYTES;
    int told = payload_bytes(command->type);
    return told < 0 || command->payload_bytes == (size_t)told;
}
