"""Regularized evolution in the style of the published script, among the architectures that are given."""

import collections
import random
import sys

from nats_bench import create

ALLOWED = (0, 11, 284)


class Model:
    def __init__(self):
        self.arch = None
        self.accuracy = None


def run(api, dataset, hp, cycles, population_size, sample_size):
    population = collections.deque()
    history, total = [], []
    api.reset_time()
    while len(population) < population_size:
        model = Model()
        model.arch = api.arch(random.choice(ALLOWED))
        model.accuracy, _, _, total_cost = api.simulate_train_eval(model.arch, dataset, hp=hp)
        population.append(model)
        history.append(model)
        total.append(total_cost)
    for _ in range(cycles):
        sample = []
        while len(sample) < sample_size:
            sample.append(random.choice(list(population)))
        parent = max(sample, key=lambda i: i.accuracy)
        child = Model()
        child.arch = parent.arch if random.random() < 0.3 else api.arch(random.choice(ALLOWED))
        child.accuracy, _, _, total_cost = api.simulate_train_eval(child.arch, dataset, iepoch=None, hp=hp)
        population.append(child)
        history.append(child)
        total.append(total_cost)
        population.popleft()
    return history, total


def main():
    path, space, hp = sys.argv[1:4]
    random.seed(int(sys.argv[4]))
    api = create(path, space, fast_mode=True, verbose=False)
    print(api.search_space_name, len(api), api.full_train_epochs)
    for dataset in ("cifar10", "cifar100", "ImageNet16-120"):
        history, total = run(api, dataset, hp, 40, 8, 3)
        best = max(history, key=lambda i: i.accuracy)
        print(f"{dataset}: {len(history)} models, {total[-1]:.4f} s, best {best.arch} {best.accuracy:.3f}")
        info = api.query_info_str_by_arch(best.arch, hp)
        print(info)
    print(random.random())


main()
