/* Commands of the host, as docs/protocol.md has them. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include <stddef.h>
#include <stdint.h>

enum command_type {
    COMMAND_START = 0x81,
    COMMAND_STOP = 0x82,
    COMMAND_RATE = 0x83,
    COMMAND_TARGET = 0x84,
    COMMAND_TICK = 0x85,
    COMMAND_TIME = 0x86,
    COMMAND_INFO = 0x87,
};

enum command_status { STATUS_DONE = 0, STATUS_UNKNOWN_COMMAND = 1, STATUS_BAD_VALUE = 2 };

struct command {
    uint8_t type;
    uint32_t token;
    const uint8_t *payload;
    size_t payload_bytes;
};

/* The longest command: TIME. A longer packet is none. */
#define LONGEST_COMMAND_BYTES 32

/* What stands in a packet. Returns 0 when it is nothing that may be answered: too short, of another
 * version, of a wrong CRC, or of a length that its type does not have. */
int command_read(struct command *command, const uint8_t *packet, size_t count);

#endif
