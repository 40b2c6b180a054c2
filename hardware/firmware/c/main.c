/* The loop: what came from the host, what came from the sensor, what is due, what goes out. */
#include "board.h"
#include "cobs.h"
#include "commands.h"
#include "outbox.h"
#include "pod.h"
#include "sensor.h"

static uint8_t packet[LONGEST_COMMAND_BYTES];
static struct cobs_reader reader = {.packet = packet, .room = sizeof packet};
static struct sensor_batch batch;

static void take_commands(void)
{
    int byte;
    while ((byte = line_read()) >= 0) {
        size_t count = cobs_take(&reader, (uint8_t)byte);
        if (count > 0)
            pod_take_packet(packet, count);
    }
}

int main(void)
{
    board_start();
    outbox_start(board_entropy());
    pod_start();
    for (;;) {
        take_commands();
        /* One batch a turn: the line is served between two. */
        bool taken = sensor_read(&batch);
        if (taken)
            pod_take_samples(&batch);
        pod_tell_battery();
        outbox_send();
        board_feed_watchdog();
        if (!taken)
            board_sleep();
    }
}
