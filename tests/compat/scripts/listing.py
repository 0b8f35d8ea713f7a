"""The best of what was looked at, and everything on it."""

import sys

import nats_bench
from nats_bench import ArchResults, ResultsCount
from nats_bench.genotype_utils import topology_str2structure

path, space, hp, _ = sys.argv[1:5]
api = nats_bench.create(path, space, fast_mode=True, verbose=False)
print(nats_bench.version(), sorted(nats_bench.search_space_info("nats-bench", space)))
for index in (0, 11, 284):
    api.show(index)
api.evaluated_indexes = {0, 11, 284}
for dataset, setname in (
    ("cifar10", "valid"),
    ("cifar10", "test"),
    ("cifar100", "test"),
    ("ImageNet16-120", "train"),
):
    best, accuracy = api.find_best(dataset, setname, hp=hp, enforce_all=False)
    print(dataset, setname, best, f"{accuracy:.3f}", api.arch(best))
    print(api.statistics(dataset, hp))
results = api.query_by_index(11, "cifar100", hp)
for seed, trial in sorted(results.items()):
    assert isinstance(trial, ResultsCount)
    print(
        seed, trial, trial.get_config(None), f"{trial.get_train()['loss']:.5f}", f"{trial.get_latency():.6f}"
    )
info = api.query_by_index(11, hp=hp)
assert isinstance(info, ArchResults)
print(info, info.get_total_epoch(), info.get_dataset_names(), info.get_dataset_seeds("cifar10"))
print({key: round(value, 6) for key, value in info.get_compute_costs("cifar10").items()})
if space == "tss":
    print(api.get_unique_str(11), api.str2lists(api[11]), api.str2matrix(api[11]).tolist())
    print(topology_str2structure(api[11]).check_valid(), topology_str2structure(api[11]))
print(api.query_index_by_arch("nothing"), sum(1 for _ in api))
