"""The fidelities of successive halving: from the dearest down, each eta times cheaper than the one above."""

from __future__ import annotations

from collections.abc import Sequence

from nasbench_sim.oracle.fidelity import Fidelity


def rungs(fidelities: Sequence[Fidelity], eta: float) -> list[int]:
    """Give the places of the fidelities that are rungs, from the cheapest.

    Within one training the rungs are the epochs of the last fidelity, of 1/eta of it, 1/eta**2 and so on: of
    each the largest epoch that is there and not above it. Different trainings and proxies have no common
    measure: then every fidelity is a rung.

    Parameters
    ----------
    fidelities
        Of the task.
    eta
        Above 1.
    """
    epochs = [one.epoch for one in fidelities if one.epoch is not None]
    if len(epochs) < len(fidelities) or len({one.training for one in fidelities}) > 1:
        return list(range(len(fidelities)))
    return geometric(epochs, eta)


def geometric(amounts: Sequence[float], eta: float) -> list[int]:
    """Give the places of the amounts at and below the last one divided by powers of eta.

    Examples
    --------
    >>> geometric([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 3)  # 12, 4 and, for 1.33, 1
    [0, 3, 11]
    """
    found = [len(amounts) - 1]
    target = amounts[-1] / eta
    while target >= amounts[0]:
        place = max(i for i, amount in enumerate(amounts) if amount <= target * (1 + 1e-9))
        if place < found[-1]:
            found.append(place)
        target /= eta
    return found[::-1]
