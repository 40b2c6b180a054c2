"""The representation of a program for one target: linked, optimised, emitted."""

from __future__ import annotations

import re
from typing import Any

from cadence.aot.targets import Target

OPTIMISATION = {
    "speed_level": 2,
    "loop_unrolling": True,
    "loop_vectorization": False,
    "slp_vectorization": False,
    "loop_interleaving": False,
}
"""LLVM's O2 without what is for vectors; unrolling is worth its bytes."""

_TARGET_LINE = re.compile(r"^target (?:datalayout|triple) = .*$", re.MULTILINE)
_DEFINITION = re.compile(r"^(define .*?\))(?: #\d+)?((?: !dbg !\d+)?) \{$", re.MULTILINE)
_CALL_ATTRIBUTES = re.compile(r"^(attributes #\d+ = \{.*?)\bnoinline\b", re.MULTILINE)
_ATTRIBUTES = 'attributes #900 = { nounwind "no-builtins" }'
"""Without built-ins a loop that fills an array stays a loop, not a call to memset."""


def linked(modules: dict[str, str], target: Target) -> Any:
    """One LLVM module of all entries, everything else in it internal, optimised.

    Args:
        modules: as `lowering.lower` gives them.
        target: for which.
    """
    import llvmlite.binding as llvm

    machine = target_machine(target)
    whole = None
    for symbol, text in modules.items():
        module = llvm.parse_assembly(_retargeted(text, symbol, target, machine))
        for value in [*module.functions, *module.global_variables]:
            if not value.is_declaration and value.name != symbol:
                value.linkage = "internal"
        if whole is None:
            whole = module
        else:
            whole.link_in(module)
    if whole is None:
        raise ValueError("a program has at least one entry")
    _optimise(whole, machine)
    whole.verify()
    return whole


def emitted(module: Any, target: Target) -> bytes:
    """The object file. The module loses its names and lines: they would carry this machine's paths."""
    import llvmlite.binding as llvm

    passes = llvm.create_new_module_pass_manager()
    passes.add_strip_symbols_pass()
    machine = target_machine(target)
    passes.run(module, llvm.create_pass_builder(machine, llvm.PipelineTuningOptions()))
    return bytes(machine.emit_object(module))


def target_machine(target: Target) -> Any:
    """LLVM's code generator for a target."""
    import llvmlite.binding as llvm

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    return llvm.Target.from_triple(target.triple).create_target_machine(
        cpu=target.cpu, features=target.features, opt=2, reloc=target.relocation, codemodel="default"
    )


def _retargeted(text: str, symbol: str, target: Target, machine: Any) -> str:
    text = re.sub(rf"^define .*@{symbol}\(.*$", _with_blocks_apart, text, flags=re.MULTILINE)
    text = _TARGET_LINE.sub("", text)
    text = _DEFINITION.sub(r"\1 #900\2 {", text)
    text = _CALL_ATTRIBUTES.sub(r"\1nounwind", text)
    text = text.replace("@sqrtf(", "@llvm.sqrt.f32(")  # an instruction on every target
    head = f'target datalayout = "{machine.target_data}"\ntarget triple = "{target.triple}"\n'
    return f"{head}{text}\n{_ATTRIBUTES}\n"


def _with_blocks_apart(definition: re.Match[str]) -> str:
    """An entry whose blocks do not overlap, which the compiler may then build on, as on C's `restrict`."""
    return definition[0].replace("ptr %", "ptr noalias %")


def _optimise(module: Any, machine: Any) -> None:
    import llvmlite.binding as llvm

    options = llvm.PipelineTuningOptions(speed_level=OPTIMISATION["speed_level"])
    for name, value in OPTIMISATION.items():
        setattr(options, name, value)
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    last = llvm.create_new_module_pass_manager()
    last.add_global_dead_code_eliminate_pass()
    last.add_strip_dead_prototype_pass()
    last.run(module, builder)
