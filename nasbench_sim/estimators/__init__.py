"""Anything that predicts a metric cheaply."""

from nasbench_sim.estimators.predictors import Predictor, predictor, predictors

__all__ = ["Predictor", "predictor", "predictors"]
