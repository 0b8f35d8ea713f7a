"""Zero-cost proxies: scores of untrained networks, as published."""

# Each of these registers its proxies when it is imported.
from nasbench_sim.live.proxies import activations, gradients, perturbation, size, synflow, te_nas

__all__ = ["activations", "gradients", "perturbation", "size", "synflow", "te_nas"]
