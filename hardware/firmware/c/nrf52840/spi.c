/* The sensor on SPI0: mode 3, 8 MHz of the 10 MHz that it may have. NOT TRIED ON SILICON. */
#include "pins.h"
#include "registers.h"
#include "sensor_bus.h"

#define READ 0x80u

void bus_start(void)
{
    PIN_SET(PIN_SENSOR_SELECT) = PIN_BIT(PIN_SENSOR_SELECT);
    PIN_CONFIG(PIN_SENSOR_SELECT) = PIN_OUTPUT;
    PIN_SET(PIN_SENSOR_CLOCK) = PIN_BIT(PIN_SENSOR_CLOCK);
    PIN_CONFIG(PIN_SENSOR_CLOCK) = 1u; /* an output whose level is read back, as the SPI master wants it */
    PIN_CONFIG(PIN_SENSOR_OUT) = PIN_OUTPUT;
    PIN_CONFIG(PIN_SENSOR_IN) = PIN_INPUT;
    SPI_PIN_CLOCK = PIN_SENSOR_CLOCK;
    SPI_PIN_OUT = PIN_SENSOR_OUT;
    SPI_PIN_IN = PIN_SENSOR_IN;
    SPI_FREQUENCY = SPI_8_MHZ;
    SPI_CONFIG = SPI_MODE_3;
    SPI_ENABLE = SPI_IS_ENABLED;
}

static uint8_t exchange(uint8_t byte)
{
    SPI_BYTE_READY = 0;
    SPI_TX = byte;
    while (!SPI_BYTE_READY)
        ;
    return (uint8_t)SPI_RX;
}

void bus_write(uint8_t at, uint8_t value)
{
    PIN_CLEAR(PIN_SENSOR_SELECT) = PIN_BIT(PIN_SENSOR_SELECT);
    exchange(at);
    exchange(value);
    PIN_SET(PIN_SENSOR_SELECT) = PIN_BIT(PIN_SENSOR_SELECT);
}

void bus_read(uint8_t at, uint8_t *values, uint32_t count)
{
    PIN_CLEAR(PIN_SENSOR_SELECT) = PIN_BIT(PIN_SENSOR_SELECT);
    exchange(at | READ);
    while (count--)
        *values++ = exchange(0);
    PIN_SET(PIN_SENSOR_SELECT) = PIN_BIT(PIN_SENSOR_SELECT);
}
