"""A person's own algorithm as an object that is asked for architectures and told their values."""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from nasbench_sim.errors import RequestError
from nasbench_sim.spaces import SearchSpace


class AskTell:
    """Runs an object with ``ask()`` and ``tell(architecture, value)`` as a generator function.

    Made by `from_ask_tell`, which see.
    """

    def __init__(
        self,
        made: Any,
        decode: Callable[[SearchSpace, Any], Any] | None = None,
        better: Literal["max", "min"] = "max",
    ) -> None:
        self.made = made
        self.decode = decode
        self.better = better
        self.__name__ = getattr(made, "__name__", type(made).__name__)

    def __call__(self, space: SearchSpace, random: np.random.Generator) -> Generator[Any, float, None]:
        """Converse with an object of its own: asked, evaluated, told, and asked again."""
        if callable(self.made):
            player = self.made(space, random)
            if not asks_and_tells(player):
                raise RequestError(f"{self.__name__} made {type(player).__name__}, which has no ask and tell")
        else:
            player = copy.deepcopy(self.made)
        yield from conversation(player, space, self.decode, self.better)


def from_ask_tell(
    made: Any,
    *,
    decode: Callable[[SearchSpace, Any], Any] | None = None,
    better: Literal["max", "min"] = "max",
) -> AskTell:
    """Make a searcher of an object with ``ask()`` and ``tell(what was asked, value)``, or of what makes one.

    Parameters
    ----------
    made
        A function or class that makes the object of (space, random), once a replicate, with a
        `numpy.random.Generator` of its own; or one object, of which each run takes a copy and which therefore
        runs one replicate only.
    decode
        From the space and what ``ask`` returned to an official index, an architecture string, a choice for
        each position (its name or number) in order, or a mapping of positions to choices. By default ``ask``
        returns one of these. None from ``ask`` ends the replicate.
    better
        ``"max"``: values are told signed so that larger is better, -inf where an evaluation failed;
        ``"min"``: the other way round, as optuna, nevergrad and scikit-optimize want it by default.

    Returns
    -------
    AskTell
        What `nasbench_sim.run` and `nasbench_sim.compare` take for a searcher.

    Raises
    ------
    RequestError
        For what cannot be asked and told.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> class Climber:
    ...     def __init__(self, space, random):
    ...         self.space, self.random, self.best = space, random, None
    ...     def ask(self):
    ...         if self.best is None:
    ...             return int(self.random.integers(self.space.size))
    ...         return self.random.choice(self.space.neighbors(self.best[1]))
    ...     def tell(self, architecture, value):
    ...         self.best = max(self.best or (-float("inf"), 0), (value, int(architecture)))
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> len(nbs.run(nbs.search.from_ask_tell(Climber), task, budget=nbs.Budget(evaluations=50), seeds=4))
    4
    """
    if better not in ("max", "min"):
        raise RequestError(f"better is 'max' or 'min', not {better!r}")
    if decode is not None and not callable(decode):
        raise RequestError(f"decode is a function of the space and what was asked, not {decode!r}")
    if not callable(made) and not asks_and_tells(made):
        raise RequestError(f"{type(made).__name__} has no ask and tell, and makes nothing that has")
    return AskTell(made, decode, better)


def asks_and_tells(one: Any) -> bool:
    """Whether an object can be asked and told."""
    return callable(getattr(one, "ask", None)) and callable(getattr(one, "tell", None))


def conversation(
    player: Any,
    space: SearchSpace,
    decode: Callable[[SearchSpace, Any], Any] | None = None,
    better: Literal["max", "min"] = "max",
) -> Generator[Any, float, None]:
    """Ask an object, yield the architecture, and tell it the value, until it asks for nothing."""
    while (asked := player.ask()) is not None:
        value = yield decoded(space, asked if decode is None else decode(space, asked))
        player.tell(asked, value if better == "max" else -value)


def decoded(space: SearchSpace, asked: Any) -> Any:
    """Return the architecture that is meant by an index, a string, a list of choices, or a mapping to them.

    Examples
    --------
    >>> space = SearchSpace("tiny", ["ab", "cde"], positions=["x", "y"])
    >>> decoded(space, ["b", "c"]), decoded(space, [1, 0]), decoded(space, {"y": "c", "x": "b"})
    (3, 3, 3)
    """
    if isinstance(asked, Mapping):
        if set(asked) != set(space.positions):
            raise RequestError(f"a choice for each of {', '.join(space.positions)} is wanted, not {asked!r}")
        asked = [asked[position] for position in space.positions]
    if isinstance(asked, str) or not isinstance(asked, (Sequence, np.ndarray)) or np.ndim(asked) == 0:
        return asked
    if len(asked) != len(space.positions):
        raise RequestError(f"a choice for each of {len(space.positions)} positions is wanted, not {asked!r}")
    ops = []
    for options, choice in zip(space.choices, asked, strict=True):
        if isinstance(choice, str):
            if choice not in options:
                raise RequestError(f"{choice!r} is none of the choices {', '.join(options)}")
            choice = options.index(choice)
        ops.append(choice)
    return int(space.index(ops))
