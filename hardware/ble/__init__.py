"""The simulated radio: pods as real GATT servers, and two ways from bleak to them."""
