"""Gradient boosting by one library or another, fitted to choices and turned into plain arrays of trees."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import MissingDependencyError
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.tables.trees import Trees

_TREES, _LEAVES, _RATE, _LEAST = 500, 16, 0.1, 2  # chosen on NAS-Bench-201 and HW-GPT-Bench

Branch = tuple[int, Any, Any]
"""An inner node: the feature it asks, and what comes where that is 0 and where it is 1. A leaf is a float."""


def _histogram_boosting(features: NDArray[np.uint8], targets: NDArray[np.float64], seed: int) -> Any:
    try:
        from sklearn.ensemble import HistGradientBoostingRegressor
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise MissingDependencyError(
            "a surrogate is fitted by scikit-learn: pip install nasbench-sim[predictors]"
        ) from error

    model = HistGradientBoostingRegressor(
        max_iter=_TREES,
        max_leaf_nodes=_LEAVES,
        learning_rate=_RATE,
        min_samples_leaf=_LEAST,
        early_stopping=False,
        random_state=seed,
    )
    with threadpool_limits(1):
        model.fit(features.astype(np.float64), targets)
    trees = []
    for (one,) in model._predictors:
        nodes = one.nodes

        def branch(place: int, nodes: Any = nodes) -> Any:
            node = nodes[place]
            if node["is_leaf"]:
                return float(node["value"])
            return int(node["feature_idx"]), branch(node["left"]), branch(node["right"])

        trees.append(branch(0))
    return float(np.ravel(model._baseline_prediction)[0]), trees


def _lightgbm(features: NDArray[np.uint8], targets: NDArray[np.float64], seed: int) -> Any:
    try:
        import lightgbm
    except ImportError as error:
        raise MissingDependencyError("model='lightgbm' needs it installed: pip install lightgbm") from error

    settings = {"learning_rate": _RATE, "num_leaves": _LEAVES, "min_data_in_leaf": _LEAST, "verbosity": -1}
    fixed = {"seed": seed, "deterministic": True, "force_row_wise": True, "num_threads": 1}
    data = lightgbm.Dataset(features.astype(np.float64), targets)
    model = lightgbm.train({**settings, **fixed}, data, num_boost_round=_TREES)

    def branch(node: dict[str, Any]) -> Any:
        if "leaf_value" in node:
            return float(node["leaf_value"])
        return int(node["split_feature"]), branch(node["left_child"]), branch(node["right_child"])

    return 0.0, [branch(tree["tree_structure"]) for tree in model.dump_model()["tree_info"]]


def _xgboost(features: NDArray[np.uint8], targets: NDArray[np.float64], seed: int) -> Any:
    try:
        import xgboost
    except ImportError as error:
        raise MissingDependencyError("model='xgboost' needs it installed: pip install xgboost") from error

    # A number is subtracted beforehand, since the library sums in single precision.
    mean = float(targets.mean())
    settings = {"eta": _RATE, "max_leaves": _LEAVES, "min_child_weight": _LEAST, "max_depth": 0}
    fixed = {"seed": seed, "nthread": 1, "tree_method": "hist", "grow_policy": "lossguide", "base_score": 0.0}
    data = xgboost.DMatrix(features.astype(np.float32), targets - mean)
    model = xgboost.train({**settings, **fixed}, data, num_boost_round=_TREES)

    def branch(node: dict[str, Any]) -> Any:
        if "leaf" in node:
            return float(node["leaf"])
        below = {child["nodeid"]: child for child in node["children"]}
        return int(node["split"][1:]), branch(below[node["yes"]]), branch(below[node["no"]])

    return mean, [branch(json.loads(tree)) for tree in model.get_dump(dump_format="json")]


MODELS: dict[str, Callable[[NDArray[np.uint8], NDArray[np.float64], int], Any]] = {
    "histogram_boosting": _histogram_boosting,
    "lightgbm": _lightgbm,
    "xgboost": _xgboost,
}
"""Name -> function that fits: from features, targets and a seed to a constant and trees of `Branch`."""


def fitted(
    space: SearchSpace, features: NDArray[np.uint8], targets: NDArray[np.float64], model: str, seed: int
) -> Trees:
    """Fit a model to choices, and return its trees.

    Parameters
    ----------
    features
        Of the members, as `choice_features` gives them, shape (n, choices).
    targets
        Shape (n,).
    """
    shift, scale = float(targets.mean()), float(targets.std()) or 1.0
    constant, trees = MODELS[model](features, (targets - shift) / scale, seed)
    roots: list[int] = []
    children: list[tuple[int, int]] = []
    feature: list[int] = []
    value: list[float] = []
    for tree in trees:
        roots.append(len(value))
        pending: list[tuple[Any, int, int]] = [(tree, -1, 0)]
        while pending:  # parents come before their children
            node, parent, side = pending.pop()
            own = len(value)
            leaf = isinstance(node, float)
            children.append((own, own))
            feature.append(0 if leaf else node[0])
            value.append(scale * node if leaf else 0.0)
            if parent >= 0:
                pair = list(children[parent])
                pair[side] = own
                children[parent] = (pair[0], pair[1])
            if not leaf:
                pending += [(node[2], own, 1), (node[1], own, 0)]
    numbers = (np.array(roots), np.array(children), np.array(feature), np.array(value))
    return Trees(space, *numbers, constant=shift + scale * constant)
