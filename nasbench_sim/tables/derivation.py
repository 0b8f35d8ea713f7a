"""How tables are made: of a frame, or of a table with more columns or over a part of its space."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from nasbench_sim.spaces import RestrictedSpace, SampledSpace
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.numbers import Data
from nasbench_sim.tables.part import part_of

if TYPE_CHECKING:
    import pandas as pd

    from nasbench_sim.spaces import SearchSpace


class Derivation:
    """What a `Table` has to make others; it is never changed itself."""

    name: str
    space: SearchSpace
    provenance: dict[str, Any]
    hash: Any
    _columns: list[Column]
    _data: list[Data]
    _supplements: tuple[tuple[Column, Data], ...]

    if TYPE_CHECKING:

        def __init__(
            self,
            name: str,
            space: SearchSpace,
            columns: Iterable[tuple[Column, Data]],
            provenance: Mapping[str, Any] | None = None,
            hash: str | None = None,
            supplements: Iterable[tuple[Column, Data]] = (),
        ) -> None: ...

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        architecture: str,
        columns: Mapping[str, str | Column],
        name: str,
        *,
        space: str | SearchSpace = "nas-bench-201",
        dataset: str | None = None,
        source: str | None = None,
    ) -> Self:
        """Make a table of measurements of one's own, a row each.

        Architectures without a row have no value; several rows of one are its runs, whose mean is served.

        Parameters
        ----------
        frame
            Rows of measurements; NaN where one is missing.
        architecture
            The column that names architectures, by official index or string.
        columns
            Column of the frame -> what it means: ``metric``, ``metric:device``, ``metric:device:unit``,
            ``metric:device:unit:better`` (all but the metric may be empty), or a `Column`. A metric that is
            not known has to say its better direction, ``min`` or ``max``.
        name
            Of the table.
        space
            Their search space, or its name.
        dataset
            Data set of all that is measured.
        source
            Where the numbers are from, for provenance.

        Raises
        ------
        RequestError
            For a column that the frame lacks, another unit than the metric's, and rows whose architecture
            does not exist or whose value is no number of that unit; the message names them.

        Examples
        --------
        >>> import nasbench_sim as nbs
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"arch": [6111, 6111, 0], "ms": [3.0, 5.0, 2.0]})
        >>> mine = nbs.Table.from_frame(frame, "arch", {"ms": "latency:mine:ms"}, "mine")
        >>> mine.query([0, 1, 6111], "latency:mine")
        array([ 2., nan,  4.])
        """
        from nasbench_sim.tables.measurements import read_frame

        of, entries, made = read_frame(frame, architecture, columns, space, dataset, source or name)
        return cls(name, of, entries, made)

    def extended(self, columns: Iterable[tuple[Column, Data]], name: str | None = None) -> Self:
        """Give a new table with further columns, such as a proxy of one's own.

        Examples
        --------
        >>> import nasbench_sim as nbs
        >>> table = nbs.load_table("nas-bench-201")
        >>> mine = nbs.Column(metric="my_proxy", source="this session")
        >>> richer = table.extended([(mine, range(15625))])
        >>> richer.query(7, "my_proxy")
        7.0
        """
        own = list(zip(self._columns, self._data, strict=True))
        beside = self._supplements
        return type(self)(
            name or self.name, self.space, [*own, *columns], self.provenance, supplements=beside
        )

    def restrict(self, choices: Mapping[str, Sequence[str]], name: str | None = None) -> Self:
        """Return the table over the architectures that have certain choices only.

        Parameters
        ----------
        choices
            For each position to restrict, the choices that are left there (`SearchSpace.restrict`).
        name
            What the table is called; by default as its space.

        Examples
        --------
        >>> import nasbench_sim as nbs
        >>> table = nbs.load_table("nas-bench-201")
        >>> small = table.restrict({"0->1": ["none"]})
        >>> question = {"metric": "flops", "dataset": "cifar10"}
        >>> there = small.space.to_parent(7)
        >>> small.space.size, small.query(7, **question) == table.query(there, **question)
        (3125, True)
        """
        part = self.space.restrict(choices, name)
        return self._over(part, name or part.name)

    def sampled(self, architectures: Any, name: str) -> Self:
        """Return the table over some architectures alone, in the order given (`SampledSpace`).

        Parameters
        ----------
        architectures
            Different ones, as in `query`.
        name
            What the table and its space are called.

        Examples
        --------
        >>> import nasbench_sim as nbs
        >>> table = nbs.load_table("nas-bench-201")
        >>> few = table.sampled([6111, 9, 2], "few")
        >>> few.space.size, few.query(0, "flops", dataset="cifar10")
        (3, 153.27297)
        """
        return self._over(SampledSpace(self.space, architectures, name), name)

    def _over(self, part: RestrictedSpace | SampledSpace, name: str) -> Self:
        own = [part_of(*entry, part) for entry in zip(self._columns, self._data, strict=True)]
        beside = [part_of(*entry, part) for entry in self._supplements]
        provenance = {
            **self.provenance,
            "part": {"of": self.name, "table_hash": self.hash, "space": part.name},
        }
        return type(self)(name, part, own, provenance, supplements=beside)
