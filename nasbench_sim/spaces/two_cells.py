"""Size and work of stem, cell, reduction, cell and classifier: what is the same for every cell."""

from __future__ import annotations

from nasbench_sim.spaces.product import Array

SIDE = 8
CLASSES = 10


def params(width: Array | int) -> Array | int:
    """Compute the parameters around the cells, exact.

    Examples
    --------
    >>> params(6)
    892
    """
    stem = 9 * width + 2 * width
    reduction = 18 * width * width + 4 * width
    return stem + reduction + 4 * width + CLASSES * (2 * width + 1)


def flops(width: Array | int) -> Array | int:
    """Compute the multiply-adds around the cells of one image, exact."""
    reduction = 18 * width * width * (SIDE // 2) ** 2
    return 9 * width * SIDE**2 + reduction + CLASSES * 2 * width
