"""The supernet of NAS-Bench-201: every operation on every edge, with weights that all cells share."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from nasbench_sim.benchmarks.nas_bench_201.networks import staged
from nasbench_sim.benchmarks.nas_bench_201.operations import operation
from nasbench_sim.benchmarks.nas_bench_201.space import EDGES, OPERATIONS
from nasbench_sim.errors import RequestError


@dataclasses.dataclass
class Choice:
    """What a forward pass does on the six edges of every cell.

    Parameters
    ----------
    weights
        Of the operations, shape (6, 5).
    picked
        The one operation an edge that is computed; None computes all that are weighted.
    edges
        Factors of the edges, shape (6,); None for ones.
    """

    weights: Tensor
    picked: Sequence[int] | None = None
    edges: Tensor | None = None


def single_path(ops: Sequence[int]) -> Choice:
    """Give the choice of one architecture: its operations, unweighted."""
    rows = torch.zeros(len(EDGES), len(OPERATIONS))
    rows[torch.arange(len(EDGES)), torch.as_tensor(ops, dtype=torch.long)] = 1.0
    return Choice(rows, picked=list(ops))


class Supernet(nn.Module):
    """All cells of NAS-Bench-201 in one network.

    Inside cells normalisation has no parameters; the stem, the reductions and the last layer keep theirs: as
    published. All statistics are those of the batch. The published programs keep running statistics outside
    of cells and use them to evaluate paths; an average over all paths is that of none, which is why SPOS
    measures statistics anew for every path, and why they are never kept here.

    Parameters
    ----------
    channels, cells, classes, colors
        As in `nasbench_sim.live.network`.
    partial
        PC-DARTS: one in `partial` channels goes through the operations, the others pass; 1 uses all.

    Examples
    --------
    >>> supernet = Supernet(channels=4, cells=1, classes=10, colors=1)
    >>> supernet(torch.zeros(2, 1, 8, 8), single_path([3] * 6)).shape
    torch.Size([2, 10])
    """

    def __init__(self, *, channels: int, cells: int, classes: int, colors: int, partial: int = 1) -> None:
        super().__init__()
        if partial < 1 or channels % partial:
            raise RequestError(f"{channels} channels do not split into {partial} equal parts")
        self.network = staged(
            lambda before, after: _MixedCell(before, partial),
            channels=channels,
            cells=cells,
            classes=classes,
            colors=colors,
        )
        self._cells = [cell for cell in self.network.modules() if isinstance(cell, _MixedCell)]
        within = {module for cell in self._cells for module in cell.modules()}
        for parent in list(self.network.modules()):
            for name, child in parent.named_children():
                if isinstance(child, nn.BatchNorm2d):
                    affine = child not in within
                    own = nn.BatchNorm2d(child.num_features, affine=affine, track_running_stats=False)
                    setattr(parent, name, own)

    def forward(self, x: Tensor, choice: Choice) -> Tensor:
        """Map images (batch, colors, side, side) to logits (batch, classes) along a choice."""
        for cell in self._cells:
            cell.choice = choice
        found: Tensor = self.network(x)
        return found


class _MixedCell(nn.Module):
    """A cell with every operation on every edge."""

    choice: Choice

    def __init__(self, channels: int, partial: int) -> None:
        super().__init__()
        self.partial = partial
        width = channels // partial
        self.edges = nn.ModuleList(
            nn.ModuleList(operation(name, width, width) for name in OPERATIONS) for _ in EDGES
        )

    def forward(self, x: Tensor) -> Tensor:
        nodes = [x]
        for node in (1, 2, 3):
            total = torch.zeros_like(x)
            for edge, (source, target) in enumerate(EDGES):
                if target == node:
                    value = self._partly(edge, nodes[source])
                    factor = self.choice.edges
                    total = total + (value if factor is None else factor[edge] * value)
            nodes.append(total)
        return nodes[3]

    def _partly(self, edge: int, x: Tensor) -> Tensor:
        if self.partial == 1:
            return self._mixed(edge, x)
        width = x.shape[1] // self.partial
        joined = torch.cat([self._mixed(edge, x[:, :width]), x[:, width:]], dim=1)
        # Channels are shuffled, so that every one goes through the operations sooner or later.
        batch, channels, height, columns = joined.shape
        grouped = joined.reshape(batch, self.partial, width, height, columns).transpose(1, 2)
        return grouped.reshape(batch, channels, height, columns)

    def _mixed(self, edge: int, x: Tensor) -> Tensor:
        operations, weights = self.edges[edge], self.choice.weights[edge]
        assert isinstance(operations, nn.ModuleList)
        if self.choice.picked is not None:
            place = self.choice.picked[edge]
            value: Tensor = operations[place](x)
            if not weights.requires_grad:
                return value
            # The others are zero, but their gradient is wanted.
            return weights[place] * value + (weights.sum() - weights[place])
        total = torch.zeros_like(x)
        for place, name in enumerate(OPERATIONS):
            if name != "none":
                total = total + weights[place] * operations[place](x)
        return total
