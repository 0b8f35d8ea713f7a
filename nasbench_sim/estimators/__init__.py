"""Anything that predicts a metric cheaply."""

from nasbench_sim.estimators.predictors import Predictor, predictor, predictors
from nasbench_sim.estimators.surrogates import is_far, surrogate

__all__ = ["Predictor", "is_far", "predictor", "predictors", "surrogate"]
