"""The repetition counter: calf raises and heel drops from the pod on the shoe of the leg that works."""
