"""Pure functions from arrays and frames to frames: correlation, anytime, Pareto, significance, landscape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nasbench_sim.lazy import lazily

if TYPE_CHECKING:
    from nasbench_sim.analysis.agreement import (
        best_rank_at_k,
        concordance,
        precision_at_k,
        tau_at_top,
        top_agreement,
        top_k_overlap,
        vote_concordance,
    )
    from nasbench_sim.analysis.anytime import area_under_curve, curves, rank_over_time
    from nasbench_sim.analysis.best import compare_with_best, win_tie_loss
    from nasbench_sim.analysis.bootstrap import bootstrap_interval
    from nasbench_sim.analysis.choosing import discounted_gain, expected_best, rank_sum_of_estimates
    from nasbench_sim.analysis.correlation import correlation_coefficient, rank_correlation
    from nasbench_sim.analysis.effect_size import a12, cliffs_delta, probability_of_improvement
    from nasbench_sim.analysis.estimators import estimator_study
    from nasbench_sim.analysis.hardware import hardware_lottery
    from nasbench_sim.analysis.incumbent import at_incumbents, incumbents, regret
    from nasbench_sim.analysis.indicators import (
        attainment_surfaces,
        front_quality,
        hypervolume,
        hypervolume_over_time,
    )
    from nasbench_sim.analysis.inputs import sample_mask
    from nasbench_sim.analysis.kendall import kendall_tau
    from nasbench_sim.analysis.landscape import (
        basins,
        fitness_distance_correlation,
        local_optima,
        neutrality,
        optima,
        shared_optima,
    )
    from nasbench_sim.analysis.marginals import marginal_effects
    from nasbench_sim.analysis.matrix import correlation_matrix, correlation_table
    from nasbench_sim.analysis.pareto import knee_points, pareto_front
    from nasbench_sim.analysis.partial import partial_correlation
    from nasbench_sim.analysis.profiles import ratio_profile, score_profile
    from nasbench_sim.analysis.sample_size import replicates_for_a12, replicates_for_difference
    from nasbench_sim.analysis.significance import (
        CriticalDifference,
        critical_difference,
        friedman,
        holm,
        nemenyi,
        pairwise_tests,
    )
    from nasbench_sim.analysis.summary import interquartile_mean, summarize
    from nasbench_sim.analysis.targets import expected_runtime, runtime_to_target, target_ecdf
    from nasbench_sim.analysis.walks import autocorrelation, correlation_length, random_walk_autocorrelation

# Module -> its public names; imported when first used, so that an incumbent costs no import of scipy.
_NAMES = {
    "agreement": (
        "best_rank_at_k",
        "concordance",
        "precision_at_k",
        "tau_at_top",
        "top_agreement",
        "top_k_overlap",
        "vote_concordance",
    ),
    "anytime": (
        "area_under_curve",
        "curves",
        "rank_over_time",
    ),
    "best": (
        "compare_with_best",
        "win_tie_loss",
    ),
    "bootstrap": ("bootstrap_interval",),
    "choosing": (
        "discounted_gain",
        "expected_best",
        "rank_sum_of_estimates",
    ),
    "correlation": (
        "correlation_coefficient",
        "rank_correlation",
    ),
    "effect_size": (
        "a12",
        "cliffs_delta",
        "probability_of_improvement",
    ),
    "estimators": ("estimator_study",),
    "hardware": ("hardware_lottery",),
    "incumbent": (
        "at_incumbents",
        "incumbents",
        "regret",
    ),
    "indicators": (
        "attainment_surfaces",
        "front_quality",
        "hypervolume",
        "hypervolume_over_time",
    ),
    "inputs": ("sample_mask",),
    "kendall": ("kendall_tau",),
    "landscape": (
        "basins",
        "fitness_distance_correlation",
        "local_optima",
        "neutrality",
        "optima",
        "shared_optima",
    ),
    "marginals": ("marginal_effects",),
    "matrix": (
        "correlation_matrix",
        "correlation_table",
    ),
    "pareto": (
        "knee_points",
        "pareto_front",
    ),
    "partial": ("partial_correlation",),
    "profiles": (
        "ratio_profile",
        "score_profile",
    ),
    "sample_size": (
        "replicates_for_a12",
        "replicates_for_difference",
    ),
    "significance": (
        "CriticalDifference",
        "critical_difference",
        "friedman",
        "holm",
        "nemenyi",
        "pairwise_tests",
    ),
    "summary": (
        "interquartile_mean",
        "summarize",
    ),
    "targets": (
        "expected_runtime",
        "runtime_to_target",
        "target_ecdf",
    ),
    "walks": (
        "autocorrelation",
        "correlation_length",
        "random_walk_autocorrelation",
    ),
}
_HOME = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [
    "CriticalDifference",
    "a12",
    "area_under_curve",
    "at_incumbents",
    "attainment_surfaces",
    "autocorrelation",
    "basins",
    "best_rank_at_k",
    "bootstrap_interval",
    "cliffs_delta",
    "compare_with_best",
    "concordance",
    "correlation_coefficient",
    "correlation_length",
    "correlation_matrix",
    "correlation_table",
    "critical_difference",
    "curves",
    "discounted_gain",
    "estimator_study",
    "expected_best",
    "expected_runtime",
    "fitness_distance_correlation",
    "friedman",
    "front_quality",
    "hardware_lottery",
    "holm",
    "hypervolume",
    "hypervolume_over_time",
    "incumbents",
    "interquartile_mean",
    "kendall_tau",
    "knee_points",
    "local_optima",
    "marginal_effects",
    "nemenyi",
    "neutrality",
    "optima",
    "pairwise_tests",
    "pareto_front",
    "partial_correlation",
    "precision_at_k",
    "probability_of_improvement",
    "random_walk_autocorrelation",
    "rank_correlation",
    "rank_over_time",
    "rank_sum_of_estimates",
    "ratio_profile",
    "regret",
    "replicates_for_a12",
    "replicates_for_difference",
    "runtime_to_target",
    "sample_mask",
    "score_profile",
    "shared_optima",
    "summarize",
    "target_ecdf",
    "tau_at_top",
    "top_agreement",
    "top_k_overlap",
    "vote_concordance",
    "win_tie_loss",
]

__getattr__, __dir__ = lazily(__name__, _HOME)
