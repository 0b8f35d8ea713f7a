"""How much a search may spend, and what happens to the evaluation that overshoots."""

from __future__ import annotations

import dataclasses
import math
from typing import Literal

from nasbench_sim.errors import RequestError


@dataclasses.dataclass(frozen=True, kw_only=True)
class Budget:
    """What each replicate may spend: evaluations, or seconds on the simulated clock.

    Parameters
    ----------
    evaluations
        Number of evaluations.
    seconds
        Simulated seconds. A search goes on while its clock is below them, as in the published protocols.
    overshoot
        ``"keep"``: the evaluation during which the seconds run out counts, with its full cost, as in the
        published protocols. ``"drop"``: it does not count, and the clock stops before it.

    Raises
    ------
    RequestError
        For none or both of the two, zero, negative or NaN.

    Examples
    --------
    >>> Budget(seconds=12_000)
    Budget(seconds=12000)
    """

    evaluations: int | None = None
    seconds: float | None = None
    overshoot: Literal["keep", "drop"] = "keep"

    def __post_init__(self) -> None:
        """Check that exactly one positive amount is given."""
        if (self.evaluations is None) == (self.seconds is None):
            raise RequestError("a budget is either evaluations=... or seconds=...: exactly one of them")
        if self.evaluations is not None and (
            isinstance(self.evaluations, bool)
            or not hasattr(self.evaluations, "__index__")
            or self.evaluations < 1
        ):
            raise RequestError(f"evaluations is a whole number of 1 or more, not {self.evaluations!r}")
        if self.seconds is not None and (
            isinstance(self.seconds, bool)
            or not isinstance(self.seconds, (int, float))
            or not math.isfinite(self.seconds)
            or self.seconds <= 0
        ):
            raise RequestError(f"seconds is a finite number above 0, not {self.seconds!r}")
        if self.overshoot not in ("keep", "drop"):
            raise RequestError(f"overshoot is 'keep' or 'drop', not {self.overshoot!r}")

    def __str__(self) -> str:
        """In words, such as "200 evaluations"."""
        if self.seconds is None:
            return f"{self.evaluations:,} evaluations"
        return f"{self.seconds:,g} simulated seconds"

    def __repr__(self) -> str:
        """Only what was said."""
        said = f"evaluations={self.evaluations}" if self.seconds is None else f"seconds={self.seconds}"
        return f"Budget({said}{'' if self.overshoot == 'keep' else ', overshoot=' + repr(self.overshoot)})"
