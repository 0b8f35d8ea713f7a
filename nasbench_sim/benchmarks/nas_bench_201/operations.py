"""The published operations of NAS-Bench-201 and its relatives as PyTorch modules."""

from __future__ import annotations

from torch import Tensor, nn


class ReLUConvBN(nn.Sequential):
    """ReLU, convolution without bias, batch normalisation.

    Parameters
    ----------
    before, after
        Channels in and out.
    kernel, stride
        Of the convolution, padded to keep the image size at stride 1.
    """

    def __init__(self, before: int, after: int, kernel: int, stride: int = 1) -> None:
        super().__init__(
            nn.ReLU(),
            nn.Conv2d(before, after, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(after),
        )


class Zero(nn.Module):
    """No connection: zeros of the output's shape."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.after = after if before != after else None

    def forward(self, x: Tensor) -> Tensor:
        """Give zeros."""
        if self.after is None:
            return x.mul(0.0)
        return x.new_zeros(x.shape[0], self.after, *x.shape[2:])


class Pooling(nn.Sequential):
    """Average of the 3 x 3 neighbourhood within the image; a ReLU-conv-BN before it where widths differ."""

    def __init__(self, before: int, after: int) -> None:
        widening = [] if before == after else [ReLUConvBN(before, after, 1)]
        super().__init__(*widening, nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False))


class Widening(nn.Sequential):
    """What a skip connection is where widths differ: a 1 x 1 convolution and batch normalisation."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__(nn.Conv2d(before, after, 1, bias=False), nn.BatchNorm2d(after))


def operation(name: str, before: int, after: int) -> nn.Module:
    """Give the module of one edge of a cell.

    Parameters
    ----------
    name
        As in `nasbench_sim.benchmarks.nas_bench_201.space.OPERATIONS`.
    before, after
        Channels in and out.

    Examples
    --------
    >>> operation("skip_connect", 16, 16)
    Identity()
    """
    if name == "none":
        return Zero(before, after)
    if name == "skip_connect":
        return nn.Identity() if before == after else Widening(before, after)
    if name == "avg_pool_3x3":
        return Pooling(before, after)
    return ReLUConvBN(before, after, {"nor_conv_1x1": 1, "nor_conv_3x3": 3}[name])


class Reduction(nn.Module):
    """The residual block between stages: half the image side.

    Two ReLU-conv3x3-BN, the first of stride 2; the shortcut is 2 x 2 average pooling and a 1 x 1 convolution
    without normalisation.
    """

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.first = ReLUConvBN(before, after, 3, stride=2)
        self.second = ReLUConvBN(after, after, 3)
        self.shortcut = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(before, after, 1, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, before, side, side) to (batch, after, side / 2, side / 2)."""
        if x.shape[-1] % 2:  # of 3 pixels the parts have 2 and 1, which would be added all the same
            raise RuntimeError(f"a side of {x.shape[-1]} pixels cannot be halved")
        found: Tensor = self.shortcut(x) + self.second(self.first(x))
        return found
