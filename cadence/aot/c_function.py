"""Kernel-subset functions to C, statement by statement, with their names and comments."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from dataclasses import dataclass, field

from cadence.aot.c_comments import Comments, block_comment
from cadence.aot.c_expression import Called, Caller, Expressions
from cadence.aot.c_names import Names
from cadence.aot.c_types import BOOL, FLOAT, INT, POINTERS, VOID, Piece, Place, together
from cadence.aot.c_variables import Declarations, declarations

MEMBERS = "abcdefgh"
"""Of the structs by which several values are returned."""
_SHORT = {FLOAT: "float", INT: "int", BOOL: "bool"}
_AUGMENTED = {ast.Add: "+=", ast.Sub: "-=", ast.Mult: "*=", ast.Div: "/=", ast.BitAnd: "&=", ast.BitOr: "|="}


@dataclass(frozen=True, slots=True)
class Head:
    """How a function is to be declared.

    Attributes:
        c_name: in C.
        kinds: the types of its arguments.
        declared: how the arguments of an entry are declared in the header, by position; None where nobody
            else may call it.
        constant: by position, the arguments that an entry promises not to write through.
    """

    c_name: str
    kinds: tuple[str, ...]
    declared: tuple[Callable[[str], str], ...] | None = None
    constant: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Written:
    """A function in C.

    Attributes:
        head: its declaration, without the semicolon.
        text: its definition.
        line: of its definition in Python.
        called: as its callers see it.
        stores: the positions of the arguments that it writes through.
    """

    head: str
    text: str
    line: int
    called: Called
    stores: frozenset[int]


FindWritten = Callable[[str, str, tuple[str, ...], Place, ast.Call], Written]


@dataclass(slots=True)
class Shared:
    """What the functions of a program have in common.

    Attributes:
        names: of the program.
        find: finds a function by module, name and argument types, and writes it if it is not yet written.
        helpers: gets the names of the C helpers that are needed.
        structs: gets the structs that are needed, the types of their members by name.
    """

    names: Names
    find: FindWritten
    helpers: set[str] = field(default_factory=set)
    structs: dict[str, tuple[str, ...]] = field(default_factory=dict)


class FunctionWriter:
    """Writes one Python function for one set of argument types."""

    def __init__(self, shared: Shared, module: str, node: ast.FunctionDef, head: Head) -> None:
        found = shared.names.module(module)
        self._shared = shared
        node = _apart(node, shared.names, module)
        self._node = node
        self._head = head
        self._place = Place(found.path, node.name)
        self._comments: Comments = found.comments
        self._arguments = [argument.arg for argument in node.args.args]
        if len(self._arguments) != len(head.kinds):
            raise self._place.refusal(f"{len(head.kinds)} arguments for {len(self._arguments)}", node)
        self._locals = dict(zip(self._arguments, head.kinds, strict=True))
        caller: Caller = self._call
        self._expressions = Expressions(
            shared.names, module, self._place, self._locals, caller, shared.helpers
        )
        self._declarations = Declarations()
        self._returns = ""
        self._reads = self._writes = False
        self._stores: set[str] = set()
        self._held = 0

    def write(self) -> Written:
        """The function in C.

        Raises KernelError for what is not in the kernel subset.
        """
        docstring = ast.get_docstring(self._node)
        body = self._node.body[1:] if docstring is not None else self._node.body
        self._declarations = declarations(body, set(self._arguments))
        lines = self._block(body, 1)
        stores = frozenset(self._arguments.index(name) for name in self._stores)
        for position in sorted(self._head.constant & stores):
            rule = f"{self._arguments[position]} is written, but declared read only"
            raise self._place.refusal(rule, self._node)
        returns = self._returns or VOID
        head = f"{returns} {self._head.c_name}({self._parameters(stores)})"
        if self._head.declared is None:
            head = f"static {head}"
        above = [block_comment(docstring)] if docstring else []
        text = "\n".join([*above, head, "{", *lines, "}"])
        called = Called(self._head.c_name, returns, self._reads, self._writes)
        return Written(head, text, self._node.lineno, called, stores)

    def _parameters(self, stores: frozenset[int]) -> str:
        if self._head.declared is not None:
            return ", ".join(
                say(name) for say, name in zip(self._head.declared, self._arguments, strict=True)
            )
        return ", ".join(
            ("const " if kind in POINTERS and position not in stores else "") + _declared(kind, name)
            for position, (name, kind) in enumerate(zip(self._arguments, self._head.kinds, strict=True))
        )

    def _call(self, module: str, name: str, kinds: list[str], node: ast.Call) -> Called:
        written = self._shared.find(module, name, tuple(kinds), self._place, node)
        self._reads |= written.called.reads
        self._writes |= written.called.writes
        for position in written.stores:
            argument = node.args[position]
            assert isinstance(argument, ast.Name)  # no expression has a pointer as its value
            self._stores.add(argument.id)
        return written.called

    def _block(self, body: list[ast.stmt], depth: int) -> list[str]:
        pad = "    " * depth
        lines: list[str] = []
        for statement in body:
            written = self._statement(statement, depth)
            late = self._declarations.before.get(id(statement), [])
            lines += [pad + comment for comment in self._comments.above(statement.lineno)]
            lines += [f"{pad}{_declared(self._locals[name], name)};" for name in late]
            lines += written
        return lines

    def _statement(self, node: ast.stmt, depth: int) -> list[str]:
        match node:
            case ast.If():
                return self._if(node, depth)
            case ast.While(orelse=[]):
                test = self._expressions.condition(node.test)
                return self._braced(f"while ({test.text})", node, node.body, depth)
            case ast.For(orelse=[]):
                return self._for(node, depth)
            case ast.Pass():
                return []
        lines = [f"{'    ' * depth}{line};" for line in self._simple(node)]
        return [*lines[:-1], lines[-1] + self._comments.after(node.end_lineno or node.lineno)]

    def _simple(self, node: ast.stmt) -> list[str]:
        """A statement without statements in it."""
        piece = self._expressions.piece
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                return [self._assign(node, name, piece(value))]
            case ast.Assign(targets=[ast.Subscript() as target], value=value):
                return [self._store(node, target, "=", value)]
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=value):
                return self._unpack(node, targets, value)
            case ast.AugAssign(op=op) if type(op) in _AUGMENTED:
                return [self._augment(node, _AUGMENTED[type(op)])]
            case ast.Return(value=value):
                return self._return(node, value)
            case ast.Expr(value=ast.Call() as call):
                return [piece(call).text]
        raise self._place.refusal(f"not in the kernel subset: {ast.unparse(node).splitlines()[0]}", node)

    def _assign(self, node: ast.stmt, name: str, piece: Piece) -> str:
        self._keep_type(node, name, piece.type)
        if name in self._declarations.within.get(id(node), ()):
            return f"{_declared(piece.type, name)} = {piece.text}"
        return f"{name} = {piece.text}"

    def _keep_type(self, node: ast.stmt, name: str, kind: str) -> None:
        if kind not in (FLOAT, INT, BOOL):
            raise self._place.refusal(f"a {kind} as the value of {name}", node)
        if self._locals.setdefault(name, kind) != kind:
            raise self._place.refusal(f"{name} is {self._locals[name]} and becomes {kind}", node)

    def _store(self, node: ast.stmt, target: ast.Subscript, sign: str, value: ast.expr) -> str:
        if not isinstance(target.value, ast.Name):
            raise self._place.refusal(f"not in the kernel subset: {ast.unparse(target)}", node)
        element = self._expressions.element(target, target.value.id, target.slice)
        stored = self._expressions.piece(value)
        if element.type != stored.type:
            raise self._place.refusal(f"a {stored.type} into a block of {element.type}", node)
        if sign != "=" or not isinstance(target.slice, (ast.Name, ast.Constant)):
            together([element, stored], self._place, node)
        self._writes = True
        if target.value.id in self._arguments:
            self._stores.add(target.value.id)
        return f"{element.text} {sign} {stored.text}"

    def _augment(self, node: ast.AugAssign, sign: str) -> str:
        if isinstance(node.target, ast.Subscript):
            return self._store(node, node.target, sign, node.value)
        if not isinstance(node.target, ast.Name):
            raise self._place.refusal(f"not in the kernel subset: {ast.unparse(node)}", node)
        name = node.target.id
        whole = ast.copy_location(ast.BinOp(ast.Name(name, ast.Load()), node.op, node.value), node)
        self._keep_type(node, name, self._expressions.piece(whole).type)
        return f"{name} {sign} {self._expressions.piece(node.value).text}"

    def _unpack(self, node: ast.stmt, targets: list[ast.expr], value: ast.expr) -> list[str]:
        """Several values from one call, by way of a struct."""
        piece = self._expressions.piece(value)
        kinds = self._shared.structs.get(piece.type, ())
        if len(kinds) != len(targets) or not all(isinstance(target, ast.Name) for target in targets):
            raise self._place.refusal(f"not in the kernel subset: {ast.unparse(node)}", node)
        holder = self._fresh("found")
        lines = [f"const {piece.type} {holder} = {piece.text}"]
        for member, target, kind in zip(MEMBERS, targets, kinds, strict=False):
            assert isinstance(target, ast.Name)
            if target.id != "_":
                lines.append(self._assign(node, target.id, Piece(f"{holder}.{member}", kind)))
        return lines

    def _fresh(self, name: str) -> str:
        """A name for C alone."""
        self._held += 1
        return f"{name}_{self._held}"

    def _return(self, node: ast.stmt, value: ast.expr | None) -> list[str]:
        if value is None:
            self._keep_return(node, VOID)
            return ["return"]
        if not isinstance(value, ast.Tuple):
            piece = self._expressions.piece(value)
            self._reads |= piece.reads
            self._keep_return(node, piece.type)
            return [f"return {piece.text}"]
        pieces = [self._expressions.piece(part) for part in value.elts]
        together(pieces, self._place, node)
        self._reads |= any(piece.reads for piece in pieces)
        kinds = tuple(piece.type for piece in pieces)
        if len(set(kinds)) == 1:
            struct = f"{_SHORT[kinds[0]]}_{len(kinds)}"
        else:
            struct = "_and_".join(_SHORT[kind] for kind in kinds)
        self._shared.structs[struct] = kinds
        self._keep_return(node, struct)
        return [f"return ({struct}){{{', '.join(piece.text for piece in pieces)}}}"]

    def _keep_return(self, node: ast.stmt, kind: str) -> None:
        if self._returns not in ("", kind):
            raise self._place.refusal(f"returns {self._returns} and {kind}", node)
        self._returns = kind

    def _if(self, node: ast.If, depth: int, begin: str = "") -> list[str]:
        pad = "    " * depth
        test = self._expressions.condition(node.test)
        lines = self._braced(f"{begin}if ({test.text})", node, node.body, depth)
        if not node.orelse:
            return lines
        only = node.orelse[0]
        if len(node.orelse) == 1 and isinstance(only, ast.If) and only.col_offset == node.col_offset:
            tail = self._if(only, depth, "} else ")
        else:
            tail = [f"{pad}}} else {{", *self._block(node.orelse, depth + 1), f"{pad}}}"]
        return [*lines[:-1], *tail]

    def _for(self, node: ast.For, depth: int) -> list[str]:
        """A loop over a range; its end is taken before it begins, as in Python."""
        pad = "    " * depth
        match node:
            case ast.For(
                target=ast.Name(id=name),
                iter=ast.Call(func=ast.Name(id="range"), args=[*bounds], keywords=[]),
            ) if len(bounds) in (1, 2):
                pieces = [self._expressions.piece(bound) for bound in bounds]
            case _:
                raise self._place.refusal("a loop over anything but range(end) or range(begin, end)", node)
        if any(piece.type != INT for piece in pieces):
            raise self._place.refusal("a range of what is no whole number", node)
        self._locals[name] = INT
        end = pieces[-1]
        lines = []
        if end.reads or end.writes:
            held = self._fresh("end")
            lines.append(f"{pad}const int32_t {held} = {end.text};")
            end = Piece(held, INT)
        begin = pieces[0].text if len(pieces) == 2 else "0"
        head = f"for (int32_t {name} = {begin}; {name} < {end.within(11)}; {name}++)"
        return [*lines, *self._braced(head, node, node.body, depth)]

    def _braced(self, head: str, node: ast.stmt, body: list[ast.stmt], depth: int) -> list[str]:
        pad = "    " * depth
        after = self._comments.after(body[0].lineno - 1) if body[0].lineno > node.lineno else ""
        return [f"{pad}{head} {{{after}", *self._block(body, depth + 1), f"{pad}}}"]


def _apart(node: ast.FunctionDef, names: Names, module: str) -> ast.FunctionDef:
    """The function with new names for variables that are called like a function it calls."""
    called = {
        names.c_name(*names.home(module, call.func.id))
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if call.func.id in names.module(module).space and names.function(module, call.func.id) is not None
    }
    renamed = copy.deepcopy(node)
    for inner in ast.walk(renamed):
        if isinstance(inner, ast.arg) and inner.arg in called:
            inner.arg += "_"
    stored = {
        name.id for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }
    stored |= {argument.arg for argument in node.args.args}
    for inner in ast.walk(renamed):
        if isinstance(inner, ast.Name) and inner.id in called & stored:
            inner.id += "_"
    return renamed


def _declared(kind: str, name: str) -> str:
    return f"{kind}{name}" if kind.endswith("*") else f"{kind} {name}"
