"""The language model of the attention-placement space, with one mixer or none at each layer."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import elu, scaled_dot_product_attention

from nasbench_sim.benchmarks.attention_placement.space import (
    CONTEXT,
    HEADS,
    HIDDEN,
    SYMBOLS,
    WIDTH,
    WINDOW,
)

DECAYS = (0.5, 0.8, 0.93, 0.985)
"""What a head of a linear mixer keeps of its state from one character to the next."""


class Mixer(nn.Module):
    """Causal attention of one kind: the weights of all kinds have the same names and shapes.

    Parameters
    ----------
    kind
        ``"full"``, ``"window"`` or ``"linear"``.
    """

    weight: Tensor

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self.queries_keys_values = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.output = nn.Linear(WIDTH, WIDTH, bias=False)
        # What position i may take of position j, head by head where that differs.
        past = torch.ones(CONTEXT, CONTEXT, dtype=torch.bool).tril()
        if kind == "linear":
            distance = torch.arange(CONTEXT)[:, None] - torch.arange(CONTEXT)
            decay = torch.tensor(DECAYS)[:, None, None] ** distance.clamp_min(0)
            self.register_buffer("weight", decay * past, persistent=False)
        else:
            near = past if kind == "full" else past & ~past.tril(-WINDOW)
            self.register_buffer("weight", near, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, length, width) to the same shape."""
        batch, length, _ = x.shape
        split = self.queries_keys_values(x).view(batch, length, 3, HEADS, WIDTH // HEADS)
        queries, keys, values = split.permute(2, 0, 3, 1, 4)
        if self.kind == "full":
            mixed = scaled_dot_product_attention(queries, keys, values, is_causal=True)
        elif self.kind == "window":
            mask = self.weight[:length, :length]
            mixed = scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
        else:
            scores = (elu(queries) + 1) @ (elu(keys) + 1).transpose(-1, -2)
            scores = scores * self.weight[:, :length, :length]
            mixed = (scores @ values) / (scores.sum(-1, keepdim=True) + 1e-6)
        found: Tensor = self.output(mixed.transpose(1, 2).reshape(batch, length, WIDTH))
        return found


class PlacedModel(nn.Module):
    """A causal model of text, pre-normalised, with a mixer or none at each layer.

    Parameters
    ----------
    mixers
        The name of a mixer for each layer; see `nasbench_sim.benchmarks.attention_placement.space.MIXERS`.
    """

    def __init__(self, mixers: Sequence[str]) -> None:
        super().__init__()
        self.embedding = nn.Embedding(SYMBOLS, WIDTH)
        # Smaller embeddings, or positions that do not begin as waves, never learn to recall.
        nn.init.normal_(self.embedding.weight, std=0.7)
        self.places = nn.Parameter(_waves())
        self.mixers = nn.ModuleDict()
        self.mixer_norms = nn.ModuleDict()
        for layer, kind in enumerate(mixers):
            if kind != "none":
                self.mixers[str(layer)] = Mixer(kind)
                self.mixer_norms[str(layer)] = nn.LayerNorm(WIDTH)
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in mixers)
        self.perceptrons = nn.ModuleList(
            nn.Sequential(nn.Linear(WIDTH, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, WIDTH)) for _ in mixers
        )
        self.last_norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, SYMBOLS)

    def forward(self, symbols: Tensor) -> Tensor:
        """Map symbols (batch, length) to logits of the next ones (batch, length, symbols)."""
        x = self.embedding(symbols) + self.places[: symbols.shape[1]]
        for layer, (norm, perceptron) in enumerate(zip(self.norms, self.perceptrons, strict=True)):
            if str(layer) in self.mixers:
                x = x + self.mixers[str(layer)](self.mixer_norms[str(layer)](x))
            x = x + perceptron(norm(x))
        logits: Tensor = self.head(self.last_norm(x))
        return logits


def _waves() -> Tensor:
    """Compute sines and cosines of each position, shape (context, width)."""
    rates = torch.exp(-math.log(200.0) * torch.arange(0, WIDTH, 2) / WIDTH)
    angles = torch.arange(CONTEXT)[:, None] * rates
    return torch.stack([torch.sin(angles), torch.cos(angles)], dim=-1).reshape(CONTEXT, WIDTH)
