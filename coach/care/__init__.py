"""Care of the Achilles tendon beside the cadence: what a runner tells and does, and the rules over it."""
