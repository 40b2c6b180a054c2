/* Registers of ARM's MPS2 board with the AN386 image (Cortex-M4F), as QEMU has them: AN386 application
 * note, Cortex-M System Design Kit (ARM DDI 0479) for the peripherals, ARMv7-M manual for the core's own. */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

#define CORE_CLOCK_HZ 25000000u

struct uart_registers {
    volatile uint32_t data, state, control, interrupts, divider;
};
#define UART0 ((struct uart_registers *)0x40004000u)
#define UART1 ((struct uart_registers *)0x40005000u)
#define UART_STATE_TX_FULL 1u
#define UART_STATE_RX_FULL 2u
#define UART_CONTROL_TX 1u
#define UART_CONTROL_RX 2u
#define UART_CONTROL_TX_INTERRUPT 4u
#define UART_CONTROL_RX_INTERRUPT 8u
#define UART_INTERRUPT_TX 1u
#define UART_INTERRUPT_RX 2u

struct timer_registers {
    volatile uint32_t control, value, reload, interrupts;
};
#define TIMER0 ((struct timer_registers *)0x40000000u)
#define TIMER_ENABLE 1u

struct watchdog_registers {
    volatile uint32_t load, value, control, clear;
};
#define WATCHDOG ((struct watchdog_registers *)0x40008000u)
#define WATCHDOG_INTERRUPT 1u
#define WATCHDOG_RESET 2u

#define NVIC_ENABLE (*(volatile uint32_t *)0xE000E100u)
#define SYSTICK_CONTROL (*(volatile uint32_t *)0xE000E010u)
#define SYSTICK_RELOAD (*(volatile uint32_t *)0xE000E014u)
#define SYSTICK_ON 7u /* with its interrupt, at the core's clock */
#define AIRCR (*(volatile uint32_t *)0xE000ED0Cu)
#define AIRCR_RESET 0x05FA0004u

#endif
