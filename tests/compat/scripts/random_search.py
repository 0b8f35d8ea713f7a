"""Random search under a budget of simulated seconds, as the published script does it."""

import random
import sys

from nats_bench import create
from nats_bench.api_utils import time_string

ALLOWED = [0, 11, 284]

path, space, hp, seed = sys.argv[1:5]
random.seed(int(seed))
api = create(path, space, True, False)
assert time_string().startswith("[")
api.reset_time()
budget = 20000.0
best, best_acc, steps = None, -1, 0
while api.used_time < budget:
    drawn = api.random()
    index = ALLOWED[drawn % 3]
    accuracy, latency, cost, clock = api.simulate_train_eval(index, "cifar100", hp=hp)
    steps += 1
    if best_acc < accuracy:
        best, best_acc = index, accuracy
    if steps < 4:
        print(
            f"{steps}: {index} acc {accuracy:.3f} lat {1000 * latency:.4f} cost {cost:.4f} clock {clock:.4f}"
        )
print(f"{steps} steps, best {best}: {best_acc:.4f}; spent {api.used_time:.3f}")
for key, value in sorted(api.get_more_info(best, "cifar100", None, hp, False).items()):
    print(key, f"{value:.5f}" if isinstance(value, float) else value)
