"""Limits of an axis that what nobody aims at does not stretch."""

from __future__ import annotations

import pandas as pd

_FAR_OUT = 3.0  # interquartile ranges from the middle half, beyond which a value is an outlier (Tukey)


def clear_of_outliers(values: pd.Series[float]) -> tuple[float, float]:
    """Give limits that hold all values but outliers, with a margin.

    Examples
    --------
    >>> clear_of_outliers(pd.Series([9.7, 84.0, 88.0, 90.0, 91.5]))
    (83.7, 91.8)
    """
    low, high = values.quantile(0.25), values.quantile(0.75)
    reach = _FAR_OUT * (high - low)
    shown = values[(values >= low - reach) & (values <= high + reach)]
    margin = 0.04 * float(shown.max() - shown.min()) or 1.0
    return float(shown.min()) - margin, float(shown.max()) + margin
