"""A script with a copy of nas_201_api of its own beside it: the copy is never read."""

import sys

from nas_201_api import ArchResults, ResultsCount
from nas_201_api import NASBench201API as API

api = API(sys.argv[1])
index = api.query_index_by_arch(
    "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|"
)
info = api.get_more_info(index, "cifar10", None, False, False)
print(f"200: {info['test-accuracy']:.3f} {info['est-valid-accuracy']:.3f}")
info = api.get_more_info(index, "cifar10-valid", None, True, False)
print(f"12: {info['valid-accuracy']:.3f}")
info = api.get_more_info(index, "cifar10-valid", iepoch=None, use_12epochs_result=False, is_random=777)
print(f"777: {info['valid-accuracy']:.3f}")
info = api.get_more_info(index, "cifar10", is_random=False)
print(f"default: {info['test-accuracy']:.2f}")
print(api.query_by_arch(index, True).split("\n")[1])
assert isinstance(api.arch2infos_full[0], ArchResults)
assert isinstance(
    api.query_by_index(0, "cifar10")[777 if 777 in api.query_by_index(0, "cifar10") else 111], ResultsCount
)
print(len(api.arch2infos_less), str(api))
