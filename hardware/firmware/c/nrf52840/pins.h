/* Where things are wired on a XIAO nRF52840 Sense (Seeed's pin map, from memory: check before soldering).
 * docs/hardware.md has the drawing. */
#ifndef PINS_H
#define PINS_H

#define PIN(port, number) ((port) * 32u + (number))

#define PIN_LINE_TX PIN(1u, 11u)         /* D6 */
#define PIN_LINE_RX PIN(1u, 12u)         /* D7 */
#define PIN_SENSOR_CLOCK PIN(1u, 13u)    /* D8 */
#define PIN_SENSOR_IN PIN(1u, 14u)       /* D9 */
#define PIN_SENSOR_OUT PIN(1u, 15u)      /* D10 */
#define PIN_SENSOR_SELECT PIN(0u, 28u)   /* D2 */
#define PIN_SENSOR_WATERMARK PIN(0u, 29u) /* D3: the sensor's INT1 */

#endif
