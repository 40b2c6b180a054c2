"""Kernel-subset functions to Cortex-M4F, WebAssembly, C99 and host machine code.

One source, several homes: functions written in the kernel subset (float32 and int32 words in flat blocks)
are lowered by Numba to LLVM's intermediate representation, linked into one module, optimised for a
target, looked over by a lint and written out. A second route goes from the same Python source to readable
C99, so that another compiler can be asked for its opinion. Nothing here knows what the functions do.

What goes in is a `Program` (see `program.py`):

    Program(
        name="cadence_core",
        entries=(
            Entry(
                "detector_step",                      # the name in C
                "cadence.core.step:step",             # the Python function
                (
                    floats("settings", "DETECTOR_SETTINGS_WORDS", read_only=True),
                    floats("state", "DETECTOR_STATE_FLOATS"),
                    ints("state_ints", "DETECTOR_STATE_INTS"),
                    floats("out", "DETECTOR_OUTPUT_FLOATS"),
                    ints("out_ints", "DETECTOR_OUTPUT_INTS"),
                    integer("dt_us"),
                    scalars("motion", 6),             # six float arguments, in C one pointer to them
                ),
            ),
            ...
        ),
        layouts=(Layout("DETECTOR", "cadence.core.layout"), Layout("POLICY", "coach.policy_layout")),
    )

In C only pointers and int32 pass, never a float by value.

    int32_t detector_step(const float settings[DETECTOR_SETTINGS_WORDS], float state[DETECTOR_STATE_FLOATS],
                          int32_t state_ints[DETECTOR_STATE_INTS], float out[DETECTOR_OUTPUT_FLOATS],
                          int32_t out_ints[DETECTOR_OUTPUT_INTS], int32_t dt_us, const float motion[6]);

`build(program, target, folder)` writes, reproducibly, for a target of `TARGETS`:

    cortex-m4f   NAME.o, libNAME.a, NAME.h, NAME.json (the layouts), manifest.json
    host         NAME.o, libNAME.a, libNAME.so, NAME.h, NAME.json, manifest.json
    wasm32       NAME.wasm (no imports; exports the entries, `memory` and `__heap_base`; the hash of its
                 source, as in NAME.json, is a custom section), NAME.json, manifest.json
    c99          NAME.c, NAME.h, NAME.json, manifest.json

Every object is complete in itself: no undefined symbol, no library, no writable data, no allocation. All
memory is the caller's. What breaks the kernel's rules raises `KernelError`, which names the Python line.
"""
