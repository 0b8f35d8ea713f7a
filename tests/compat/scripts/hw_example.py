"""HW-NAS-Bench's example: what one network costs on every device."""

import sys

from hw_nas_bench_api import HWNASBenchAPI as HWAPI

hw_api = HWAPI(sys.argv[1], search_space="nasbench201")
for dataset in ("cifar10", "cifar100", "ImageNet16-120"):
    print(f"===> Example all metrics for NASBench201 on {dataset}")
    for index in (0, 5, 15624):
        print(hw_api.get_net_config(index, dataset))
        metrics = hw_api.query_by_index(index, dataset)
        print("; ".join(f"{key}: {value:.6g}" for key, value in metrics.items()))
