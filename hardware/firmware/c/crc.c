#include "crc.h"

uint16_t crc16(const uint8_t *bytes, size_t count)
{
    uint32_t crc = 0xFFFFu;
    while (count--) {
        /* A byte at once without a table: x^8 times the remainder, folded (our choice: 12 instructions
         * a byte, against 50 bit by bit or 512 bytes of table). */
        uint32_t top = (crc >> 8) ^ *bytes++;
        top ^= top >> 4;
        crc = ((crc << 8) ^ (top << 12) ^ (top << 5) ^ top) & 0xFFFFu;
    }
    return (uint16_t)crc;
}
