"""Task, budget, simulated clock and workers, trajectory."""

from nasbench_sim.oracle.budget import Budget
from nasbench_sim.oracle.oracle import Oracle
from nasbench_sim.oracle.scalarisation import Chebyshev, MnasNet, Scalarisation, WeightedSum
from nasbench_sim.oracle.streams import Streams
from nasbench_sim.oracle.task import Task
from nasbench_sim.oracle.trajectories import Trajectories
from nasbench_sim.oracle.workers import Workers

__all__ = [
    "Budget",
    "Chebyshev",
    "MnasNet",
    "Oracle",
    "Scalarisation",
    "Streams",
    "Task",
    "Trajectories",
    "WeightedSum",
    "Workers",
]
