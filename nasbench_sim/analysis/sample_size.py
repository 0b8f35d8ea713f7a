"""How many replicates are needed to see a given difference."""

from __future__ import annotations

import numpy as np
from scipy import stats

from nasbench_sim.analysis.inputs import number, share
from nasbench_sim.errors import RequestError

MOST = 10**7
"""The most replicates that are looked for."""


def replicates_for_difference(
    difference: float, std: float, *, alpha: float = 0.05, power: float = 0.8
) -> int:
    """Give the replicates of each of two searchers with which a t-test sees a difference of their means.

    Parameters
    ----------
    difference
        To be seen, in the unit of the metric.
    std
        Standard deviation over replicates, the same for both; from a pilot run.
    alpha
        Level of the two-sided test.
    power
        Chance to see it.

    Returns
    -------
    int

    Raises
    ------
    RequestError
        For a difference so small that more than ten million replicates would be needed.

    Examples
    --------
    >>> replicates_for_difference(0.5, std=1.0)  # Cohen's d of one half
    64
    """
    share(alpha, "alpha")
    share(power, "power")
    difference, std = number(difference, "difference"), number(std, "std")
    if not std > 0 or difference == 0:
        raise RequestError(f"a difference other than 0 and a std above 0 are needed: {difference:g}, {std:g}")
    effect = abs(difference) / std
    low, high = 1, 2
    while _power_of_t(high, effect, alpha) < power:
        low, high = high, high * 2
        if high > MOST:
            raise RequestError(f"more than {MOST:,} replicates would be needed to see {difference:g}")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _power_of_t(middle, effect, alpha) >= power else (middle, high)
    return high


def replicates_for_a12(probability: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
    """Give the replicates of each of two searchers with which Mann-Whitney's test sees an `a12`.

    Parameters
    ----------
    probability
        The chance that a replicate of one beats one of the other; other than 0.5.
    alpha, power
        As in `replicates_for_difference`.

    Returns
    -------
    int
        Noether's approximation, rounded up.

    References
    ----------
    Noether. Sample size determination for some common nonparametric tests. JASA 82, 1987.

    Examples
    --------
    >>> replicates_for_a12(0.7)
    33
    """
    share(probability, "probability")
    share(alpha, "alpha")
    share(power, "power")
    if probability == 0.5:
        raise RequestError("a probability of 0.5 is no difference: no number of replicates would show it")
    reach = stats.norm.isf(alpha / 2) + stats.norm.ppf(power)
    return max(2, int(np.ceil(reach**2 / (6 * (probability - 0.5) ** 2))))


def _power_of_t(n: int, effect: float, alpha: float) -> float:
    freedom, shift = 2 * n - 2, effect * np.sqrt(n / 2)
    edge = stats.t.isf(alpha / 2, freedom)
    # scipy's noncentral t is NaN far in the tail, where the power is 1 to all digits.
    if shift - edge > 30:
        return 1.0
    return float(stats.nct.sf(edge, freedom, shift) + stats.nct.cdf(-edge, freedom, shift))
