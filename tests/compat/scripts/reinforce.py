"""A policy over three architectures, updated by REINFORCE with a moving baseline."""

import math
import random
import sys

from nats_bench import create

path, space, hp, seed = sys.argv[1:5]
random.seed(int(seed))
api = create(path, space, fast_mode=True, verbose=False)
allowed = [0, 11, 284]
logits = [0.0, 0.0, 0.0]
baseline = None
for _ in range(60):
    weights = [math.exp(logit) for logit in logits]
    shares = [weight / sum(weights) for weight in weights]
    choice = random.choices(range(3), shares)[0]
    reward, _, _, clock = api.simulate_train_eval(allowed[choice], "cifar10", hp=hp)
    baseline = reward if baseline is None else 0.9 * baseline + 0.1 * reward
    for place in range(3):
        gradient = (place == choice) - shares[place]
        logits[place] += 0.05 * (reward - baseline) * gradient
print([f"{logit:.6f}" for logit in logits], f"{clock:.4f}")
