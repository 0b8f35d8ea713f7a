"""The language model of the evolved-transformer space."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import pad, relu, scaled_dot_product_attention, silu

from nasbench_sim.benchmarks.evolved_transformer.space import CONTEXT, SYMBOLS, WIDTH


class Branch(nn.Module):
    """One operation of a block, normalised before.

    Parameters
    ----------
    name
        Of `nasbench_sim.benchmarks.evolved_transformer.space.BRANCHES`, but for the identity.
    activation
        ``"relu"`` or ``"swish"``.
    inner
        Inner width of convolutions and gated units.
    """

    def __init__(self, name: str, activation: str, inner: int) -> None:
        super().__init__()
        self.name = name
        self.activation = relu if activation == "relu" else silu
        self.norm = nn.LayerNorm(WIDTH)
        if name == "conv3":
            self.convolution = nn.Conv1d(WIDTH, inner, 3)
        elif name == "sep5":
            self.convolution = nn.Conv1d(WIDTH, WIDTH, 5, groups=WIDTH)
            self.widening = nn.Linear(WIDTH, inner)
        elif name == "glu":
            self.widening = nn.Linear(WIDTH, 2 * inner)
        else:
            self.heads = int(name.removeprefix("att"))
            self.queries_keys_values = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
            inner = WIDTH
        self.output = nn.Linear(inner, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, length, width) to the same shape; no place sees a later one."""
        x = self.norm(x)
        if self.name == "glu":
            value, gate = self.widening(x).chunk(2, dim=-1)
            inner = self.activation(value) * torch.sigmoid(gate)
        elif self.name.startswith("att"):
            inner = self._attended(x)
        else:
            inner = self._convolved(x)
            inner = self.activation(self.widening(inner) if self.name == "sep5" else inner)
        found: Tensor = self.output(inner)
        return found

    def _convolved(self, x: Tensor) -> Tensor:
        before = self.convolution.kernel_size[0] - 1
        found: Tensor = self.convolution(pad(x.transpose(1, 2), (before, 0))).transpose(1, 2)
        return found

    def _attended(self, x: Tensor) -> Tensor:
        batch, length, _ = x.shape
        split = self.queries_keys_values(x).view(batch, length, 3, self.heads, -1)
        queries, keys, values = split.permute(2, 0, 3, 1, 4)
        mixed = scaled_dot_product_attention(queries, keys, values, is_causal=True)
        return mixed.transpose(1, 2).reshape(batch, length, WIDTH)


class EvolvedModel(nn.Module):
    """Embedding, one cell of two blocks in a residual branch, and head.

    Biases begin at 0, output projections at a standard deviation of 1 / sqrt(inputs), the head at 0.02: with
    PyTorch's own beginnings nothing is learned in the time there is.

    Parameters
    ----------
    branches
        Left and right of the first block, left and right of the second.
    activation, inner
        As in `Branch`.
    """

    def __init__(self, branches: Sequence[str], activation: str, inner: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(SYMBOLS, WIDTH)
        self.places = nn.Parameter(torch.randn(CONTEXT, WIDTH) * 0.02)
        self.branches = nn.ModuleList(
            nn.Identity() if name == "identity" else Branch(name, activation, inner) for name in branches
        )
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, SYMBOLS)
        for layer in self.modules():
            if isinstance(layer, (nn.Linear, nn.Conv1d)) and layer.bias is not None:
                nn.init.zeros_(layer.bias)
            if isinstance(layer, Branch):
                nn.init.normal_(layer.output.weight, std=layer.output.in_features**-0.5)
        nn.init.normal_(self.head.weight, std=0.02)

    def forward(self, symbols: Tensor) -> Tensor:
        """Map symbols (batch, length) to logits of the next ones (batch, length, symbols)."""
        left, right, left_2, right_2 = self.branches
        x = self.embedding(symbols) + self.places[: symbols.shape[1]]
        inner = left(x) + right(x)
        x = x + left_2(inner) + right_2(inner)
        logits: Tensor = self.head(self.norm(x))
        return logits
