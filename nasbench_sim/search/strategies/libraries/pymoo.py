"""Algorithms of pymoo."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np

from nasbench_sim.search.adapters.library import LibrarySearcher, imported, seed_of
from nasbench_sim.search.adapters.pymoo import bounds
from nasbench_sim.search.hyperparameter import Choice, Whole
from nasbench_sim.spaces import SearchSpace


class Pymoo(LibrarySearcher):
    """Runs an algorithm of pymoo on the choices as integers, rounded as pymoo's manual does it.

    ``"ga"``: binary tournament, simulated binary crossover, polynomial mutation, no duplicates within the
    population (in a space of fewer than ten populations they stay, as new ones would run out). ``"de"``:
    differential evolution. A missing value is worse than any. Should the algorithm find nothing new any
    more, it begins anew. The population of 100 that pymoo has by default is made for thousands of
    evaluations.

    References
    ----------
    Blank, Deb. pymoo: multi-objective optimization in Python. IEEE Access 2020. Needs the extra
    ``[optimizers]``.
    """

    name = "pymoo"
    library = "pymoo"

    algorithm = Choice("ga", "which of pymoo's algorithms", options=("ga", "de"))
    population = Whole(20, "members of the population", least=4)

    def start(self) -> None:
        """Refuse a budget smaller than the first population."""
        self.context.require(self.population, "the first population")
        super().start()

    def run(self, space: SearchSpace, random: np.random.Generator) -> Generator[int, float, None]:
        """Ask and tell whole generations, one member after the other."""
        problem = imported("pymoo.core.problem").Problem(n_obj=1, **bounds(space))
        static = imported("pymoo.problems.static").StaticProblem
        evaluator = imported("pymoo.core.evaluator").Evaluator()
        endless = imported("pymoo.core.termination").NoTermination
        while True:
            algorithm = self._algorithm()
            algorithm.setup(problem, seed=seed_of(random), termination=endless(), verbose=False)
            while (generation := algorithm.ask()) is not None and len(generation):
                ops = np.rint(generation.get("X").astype(np.float64)).astype(np.int64)
                losses = []
                for index in space.repaired(np.asarray(ops)).tolist():
                    value = yield index
                    losses.append([-value])
                evaluator.eval(static(problem, F=np.array(losses)), generation)
                algorithm.tell(infills=generation)

    def _algorithm(self) -> Any:
        sampling = imported("pymoo.operators.sampling.rnd").IntegerRandomSampling()
        rounding = imported("pymoo.operators.repair.rounding").RoundingRepair
        if self.algorithm == "de":
            return imported("pymoo.algorithms.soo.nonconvex.de").DE(
                pop_size=self.population, sampling=sampling, repair=rounding()
            )
        return imported("pymoo.algorithms.soo.nonconvex.ga").GA(
            pop_size=self.population,
            eliminate_duplicates=self.space.size >= 10 * self.population,
            sampling=sampling,
            crossover=imported("pymoo.operators.crossover.sbx").SBX(vtype=float, repair=rounding()),
            mutation=imported("pymoo.operators.mutation.pm").PM(vtype=float, repair=rounding()),
        )
