"""The names of the instructions of a pickle, for what is refused."""

from __future__ import annotations

import pickletools

from nasbench_sim.errors import FileFormatError

_NAMES = {opcode.code.encode("latin1"): opcode.name for opcode in pickletools.opcodes}


def refusal(opcode: bytes, file: str) -> FileFormatError:
    """Build the error for an instruction that the machine does not know.

    Examples
    --------
    >>> print(refusal(b"I", "a.pickle"))
    the instruction INT, which no table format needs: refused
    """
    if not opcode:
        return FileFormatError(f"{file} is truncated")
    if opcode not in _NAMES:
        return FileFormatError(f"{file} is not a pickle: unknown instruction {opcode!r}")
    return FileFormatError(f"the instruction {_NAMES[opcode]}, which no table format needs: refused")
