"""How well a cheap score ranks networks: the loop that papers of zero-cost proxies have."""

import sys

import numpy as np
from nats_bench import create

path, space, hp, seed = sys.argv[1:5]
np.random.seed(int(seed))
api = create(path, space, fast_mode=True, verbose=False)
scores, accuracies, costs = [], [], []
for index in (284, 0, 11):
    config = api.get_net_config(index, "cifar100")
    scores.append(len(str(config)) + api.get_cost_info(index, "cifar100", hp=hp)["flops"])
    info = api.get_more_info(index, "cifar100", iepoch=None, hp=hp, is_random=False)
    accuracies.append(info["test-accuracy"])
    costs.append(info["train-all-time"])
    meta = api.query_meta_info_by_index(index, hp=hp)
    for setname in ("train", "x-valid", "x-test", "ori-test"):
        metrics = meta.get_metrics("cifar100", setname)
        print(index, setname, {key: round(float(value), 5) for key, value in metrics.items()})
print(np.argsort(scores), np.argsort(accuracies), np.round(np.corrcoef(scores, accuracies)[0, 1], 6))
print(f"{sum(costs):.4f}")
