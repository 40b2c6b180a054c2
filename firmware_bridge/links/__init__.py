"""Links to pods: serial, BLE, recordings; one interface for all."""
