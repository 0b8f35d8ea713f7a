"""Zero-cost proxies: scores of untrained networks, as published."""

from nasbench_sim.live.proxies.registry import proxies, register_proxy
from nasbench_sim.live.proxies.scoring import proxy, proxy_frame, vote

__all__ = ["proxies", "proxy", "proxy_frame", "register_proxy", "vote"]
