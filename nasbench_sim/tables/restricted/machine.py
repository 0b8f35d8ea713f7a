"""The pickle machine: the instructions that build plain data, and no others."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import IO, Any

from nasbench_sim.errors import FileFormatError
from nasbench_sim.tables.restricted.holdings import Holdings, extent
from nasbench_sim.tables.restricted.limits import UNIT, Budget, Limits, check_whole
from nasbench_sim.tables.restricted.memo import Memo
from nasbench_sim.tables.restricted.opcodes import refusal
from nasbench_sim.tables.restricted.stand_ins import Admitted, Draft, Name

Condense = Callable[[Any, dict[Any, Any]], Any]
"""Replaces a dictionary by something smaller as soon as it is complete: (its key, it) -> what is kept."""

_FLOAT = struct.Struct(">d").unpack
_INT32 = struct.Struct("<i").unpack
_SMALL_INTEGER = 16  # bytes of the longest integer that any format could need
# Steps that an instruction costs beyond one, as measured: a step is half a microsecond and 64 bytes.
_NEW, _SET, _NAME, _CALL, _BUILD, _DISK = 6, 8, 4, 16, 6, 3


class Machine:
    """Reads one pickle after another from a stream.

    Parameters
    ----------
    stream
        Where the instructions come from; reads beyond its end give fewer bytes.
    admitted
        The names that the format needs; any other is an error.
    condense
        Called for every dictionary that becomes a value of another.
    persistent
        Gives the object of a persistent id, as torch files have; without it they are refused.
    size
        Bytes of the file as it is stored: what it may cost is in proportion to them.
    """

    def __init__(
        self,
        stream: IO[bytes],
        name: str,
        admitted: Admitted,
        limits: Limits,
        condense: Condense | None = None,
        persistent: Callable[[Any], Any] | None = None,
        *,
        size: int,
    ) -> None:
        self._stream = stream
        self._file = name
        self._admitted = admitted
        self._limits = limits
        self._condense = condense
        self._persistent = persistent
        self._budget = Budget(limits, size)
        self._start()

    def _start(self) -> None:
        self._stack: list[Any] = []
        self._memo = Memo()
        self._marks: list[int] = []
        self._held = Holdings(self._budget, self._limits.depth)
        self._texts: dict[str, str] = {}

    def load(self) -> Any:
        """Give the value of the next pickle in the stream."""
        self._start()
        try:
            return self._run()
        except FileFormatError as error:
            if str(error).startswith(self._file):
                raise
            raise FileFormatError(f"{self._file} holds {error}") from error
        except (ArithmeticError, LookupError, TypeError, ValueError, struct.error) as error:
            raise FileFormatError(f"{self._file} is truncated, or not a pickle: {error}") from error

    def _run(self) -> Any:
        # The four instructions that make up nearly all of an archive come first and without a call.
        read, stack, memo, texts = self._stream.read, self._stack, self._memo.recent, self._texts
        budget = self._budget
        left = budget.grant()
        while True:
            opcode = read(1)
            left -= 1
            if opcode == b"G":
                stack.append(_FLOAT(read(8))[0])
            elif opcode == b"\x94":
                if stack[-1].__class__ in _DRAFTS:
                    stack[-1].memo.append(len(self._memo))
                memo.append(stack[-1])
            elif opcode == b"\x8c":
                size = read(1)[0]
                text = read(size).decode()
                if len(text) < size:
                    self._filled(text.encode(), size)
                known = texts.get(text)
                if known is None:
                    texts[text] = known = text
                    left -= 4 + (size >> 4)
                stack.append(known)
            elif opcode == b"K":
                stack.append(read(1)[0])
            elif opcode == b".":
                budget.give_back(left)
                return self._finished()
            else:
                step = _STEPS.get(opcode)
                if step is None:
                    raise refusal(opcode, self._file)
                step(self)
                if budget.charged:
                    left -= budget.charged
                    budget.charged = 0
            if left < 0:
                self._held.weigh([stack, list(texts), *self._memo.held()])
                left += budget.grant()

    def _finished(self) -> Any:
        value = self._stack.pop()
        if self._stack or self._marks:
            raise FileFormatError("a pickle that ends too early")
        return value

    # -- reading

    def _read(self, size: int, most: int) -> bytes:
        if size > min(most, self._budget.memory):
            raise FileFormatError(f"a value of {size:,} bytes: refused")
        self._budget.charged += size // UNIT
        return self._filled(self._stream.read(size), size)

    def _filled(self, data: bytes, size: int) -> bytes:
        if len(data) != size:
            raise FileFormatError(f"{self._file} is truncated")
        return data

    def _length(self, width: int) -> int:
        return int.from_bytes(self._read(width, width), "little")

    def _text(self, width: int) -> None:
        text = self._read(self._length(width), self._limits.text).decode()
        self._budget.charged += 4 + len(text) // (UNIT // 4)  # four bytes a character at most
        self._stack.append(self._texts.setdefault(text, text))

    def _string(self, width: int) -> None:
        """Python 2's byte string, which may be text."""
        self._stack.append(self._read(self._length(width), self._limits.bytes).decode("latin1"))

    def _bytes(self, width: int) -> None:
        self._stack.append(self._read(self._length(width), self._limits.bytes))

    def _int(self, width: int) -> None:
        self._stack.append(self._length(width))

    def _signed(self) -> None:
        self._stack.append(_INT32(self._read(4, 4))[0])

    def _long(self) -> None:
        data = self._read(self._length(1), _SMALL_INTEGER)
        self._stack.append(int.from_bytes(data, "little", signed=True))

    def _line(self) -> str:
        line = self._stream.readline(256)
        if not line.endswith(b"\n"):
            raise FileFormatError("a name without an end")
        return line[:-1].decode()

    # -- memo: a pickler numbers from zero, so no number can ask for room that is not needed

    def _put(self, width: int) -> None:
        key = self._length(width)
        value = self._stack[-1]
        if isinstance(value, Draft):
            value.memo.append(key)
        self._memo[key] = value

    def _get(self, width: int) -> None:
        key = self._length(width)
        if key < self._memo.before:
            self._budget.charged += _DISK
        self._stack.append(self._memo[key])

    # -- containers

    def _new(self, container: Any, cost: int = _NEW) -> None:
        self._budget.charged += cost
        self._held.begin(container)
        self._stack.append(container)

    def _mark(self) -> None:
        if len(self._marks) > self._limits.depth:
            raise FileFormatError(f"values nested deeper than {self._limits.depth}: refused")
        self._marks.append(len(self._stack))

    def _marked(self) -> list[Any]:
        if not self._marks:
            raise FileFormatError("items without a start")
        start = self._marks.pop()
        items = self._stack[start:]
        del self._stack[start:]
        return items

    def _pop(self, count: int) -> list[Any]:
        if len(self._stack) - (self._marks[-1] if self._marks else 0) < count:
            raise FileFormatError("an instruction without its values")
        items = self._stack[-count:] if count else []
        if count:
            del self._stack[-count:]
        return items

    def _growing(self, kind: type) -> Any:
        target = self._stack[-1]
        if target.__class__ is not kind or not self._held.growing(target):
            raise FileFormatError(f"items for what is not a new {kind.__name__}: {type(target).__name__}")
        return target

    def _tuple(self, items: list[Any]) -> None:
        made = tuple(items)
        self._budget.charged += 1
        self._held.forget(made)
        self._held.place(items, made)
        self._stack.append(made)

    def _append(self, items: list[Any]) -> None:
        self._held.place(items, self._stack[-1])
        self._growing(list).extend(items)  # not if it was among the items

    def _set_items(self, items: list[Any]) -> None:
        if len(items) % 2:
            raise FileFormatError("a key without a value")
        keys, values = items[::2], items[1::2]
        self._budget.charged += 4
        self._held.place(values, self._stack[-1], self._held.check_keys(keys))
        target = self._growing(dict)  # not if it was among the values
        if self._condense is not None:
            for at, value in enumerate(values):
                if value.__class__ is dict:
                    values[at] = self._condense(keys[at], value)
            self._memo.put_away()
        target.update(zip(keys, values, strict=True))

    def _add_items(self) -> None:
        items = self._marked()
        target = self._growing(set)
        if not all(type(item) is int for item in items):
            raise FileFormatError("a set of anything but whole numbers")
        check_whole(items)
        self._budget.charged += len(items)
        target.update(items)

    # -- names and calls

    def _global(self, module: Any, name: Any) -> None:
        if module.__class__ is not str or name.__class__ is not str:
            raise FileFormatError("a type whose name is not text: refused")
        self._budget.charged += _NAME + (len(module) + len(name)) // UNIT
        text = f"{module}.{name}"
        make = self._admitted.get(text)
        if make is None:
            raise FileFormatError(f"the type {text[:100]!r}, which this format does not need: refused")
        self._stack.append(Name(text, make))

    def _call(self) -> None:
        called, arguments = self._pop(2)
        if called.__class__ is not Name or arguments.__class__ is not tuple:
            raise FileFormatError(f"a call of a {type(called).__name__}")
        self._budget.charged += _CALL + sum(map(extent, arguments))
        made = called.make(arguments)
        self._new(made)
        self._held.place(arguments, made)

    def _build(self) -> None:
        draft, state = self._pop(2)
        if not isinstance(draft, Draft) or not self._held.growing(draft):
            raise FileFormatError(f"a state for a {type(draft).__name__}")
        self._held.place([state], draft)
        self._budget.charged += _BUILD + len(draft.memo)
        made = draft.build(state)
        for key in draft.memo:
            self._memo[key] = made
        if made is not draft:
            self._held.forget(made)
        self._stack.append(made)

    def _persistent_id(self) -> None:
        if self._persistent is None:
            raise FileFormatError("a reference to an object outside of it: refused")
        self._budget.charged += _CALL
        self._stack.append(self._persistent(self._pop(1)[0]))

    def _protocol(self) -> None:
        version = self._length(1)
        if version > 5:
            raise FileFormatError(f"a pickle of protocol {version}; known are 2 to 5")


_DRAFTS = frozenset({Draft, *Draft.__subclasses__()})

_STEPS: dict[bytes, Callable[[Machine], Any]] = {
    b"\x80": Machine._protocol,
    b"\x95": lambda m: m._read(8, 8),  # frames say how much to read ahead; nothing depends on it
    b"N": lambda m: m._stack.append(None),
    b"\x88": lambda m: m._stack.append(True),
    b"\x89": lambda m: m._stack.append(False),
    b"M": lambda m: m._int(2),
    b"J": Machine._signed,
    b"\x8a": Machine._long,
    b"X": lambda m: m._text(4),
    b"\x8d": lambda m: m._text(8),
    b"U": lambda m: m._string(1),
    b"T": lambda m: m._string(4),
    b"C": lambda m: m._bytes(1),
    b"B": lambda m: m._bytes(4),
    b"\x8e": lambda m: m._bytes(8),
    b"\x96": lambda m: m._bytes(8),
    b"q": lambda m: m._put(1),
    b"r": lambda m: m._put(4),
    b"h": lambda m: m._get(1),
    b"j": lambda m: m._get(4),
    b"(": Machine._mark,
    b"0": lambda m: m._pop(1),
    b"1": Machine._marked,
    b"2": lambda m: m._stack.append(m._stack[-1]),
    b")": lambda m: m._tuple([]),
    b"\x85": lambda m: m._tuple(m._pop(1)),
    b"\x86": lambda m: m._tuple(m._pop(2)),
    b"\x87": lambda m: m._tuple(m._pop(3)),
    b"t": lambda m: m._tuple(m._marked()),
    b"]": lambda m: m._new([]),
    b"}": lambda m: m._new({}),
    b"\x8f": lambda m: m._new(set(), _SET),
    b"a": lambda m: m._append(m._pop(1)),
    b"e": lambda m: m._append(m._marked()),
    b"s": lambda m: m._set_items(m._pop(2)),
    b"u": lambda m: m._set_items(m._marked()),
    b"\x90": Machine._add_items,
    b"c": lambda m: m._global(m._line(), m._line()),
    b"\x93": lambda m: m._global(*m._pop(2)),
    b"R": Machine._call,
    b"\x81": Machine._call,
    b"b": Machine._build,
    b"Q": Machine._persistent_id,
}
