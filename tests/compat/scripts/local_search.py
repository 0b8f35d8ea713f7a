"""Local search from each start, by the mean validation accuracy."""

import sys

from nats_bench import create

path, space, hp, _ = sys.argv[1:5]
api = create(path, space, fast_mode=True, verbose=False)
known = {}


def score(index):
    if index not in known:
        info = api.get_more_info(index, "cifar10-valid", hp=hp, is_random=False)
        known[index] = info["valid-accuracy"]
    return known[index]


for start in (0, 11, 284):
    current = start
    while True:
        better = [index for index in (0, 11, 284) if score(index) > score(current)]
        if not better:
            break
        current = better[0]
    print(start, "->", current, f"{score(current):.4f}", api.get_net_config(current, "cifar10"))
