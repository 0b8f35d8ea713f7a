"""Task, budget, simulated clock and trajectory."""

from nasbench_sim.oracle.budget import Budget
from nasbench_sim.oracle.oracle import Oracle
from nasbench_sim.oracle.streams import Streams
from nasbench_sim.oracle.task import Task
from nasbench_sim.oracle.trajectories import Trajectories

__all__ = ["Budget", "Oracle", "Streams", "Task", "Trajectories"]
