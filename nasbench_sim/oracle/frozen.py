"""Arrays that nobody can write to, and those that are known by their hash."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return a view of an array that cannot be written to; who else holds the array still can.

    Examples
    --------
    >>> import numpy as np
    >>> frozen(np.zeros(2)).flags.writeable
    False
    """
    view = array.view()
    view.flags.writeable = False
    return view


class Seconds:
    """Seconds that were given as an array: read-only, and known by their hash.

    Parameters
    ----------
    values
        Any shape; copied. None where only the hash is known, as in the provenance of results.
    sha256
        Of the values; computed from them by default.
    """

    def __init__(self, values: NDArray[np.float64] | None, sha256: str = "") -> None:
        self.values = None
        self.sha256 = sha256
        if values is not None:
            self.values = np.array(values, dtype="<f8")
            self.values.flags.writeable = False
            shape = repr(self.values.shape).encode()
            self.sha256 = hashlib.sha256(shape + self.values.tobytes()).hexdigest()

    def __eq__(self, other: object) -> bool:
        """Tell whether the seconds are the same, number by number."""
        return isinstance(other, Seconds) and self.sha256 == other.sha256

    def __hash__(self) -> int:
        """Equal for equal seconds."""
        return hash(self.sha256)

    def to_json(self, *, whole: bool) -> dict[str, Any]:
        """Write the hash and, of the whole, the shape and the numbers (base64 of little-endian doubles)."""
        if not whole or self.values is None:
            return {"sha256": self.sha256}
        packed = base64.b64encode(self.values.tobytes()).decode("ascii")
        return {"sha256": self.sha256, "shape": list(self.values.shape), "float64": packed}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Seconds:
        """Read what `to_json` wrote, and compare the numbers with their hash."""
        if "float64" not in fields:
            return cls(None, fields["sha256"])
        values = np.frombuffer(base64.b64decode(fields["float64"]), dtype="<f8").reshape(fields["shape"])
        found = cls(values)
        if found.sha256 != fields["sha256"]:
            raise RequestError("the cost of a task does not have the hash that is written beside it")
        return found
