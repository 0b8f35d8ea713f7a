"""Scripts for nats_bench, nas_201_api and hw_nas_bench_api as they are, answered by our tables.

``python -m nasbench_sim.compat SCRIPT.py ARGUMENTS`` runs one. Its modules `nats_bench`, `nas_201_api` and
`hw_nas_bench_api` have the names, arguments and answers of the published packages; `naslib`, `syne_tune` and
`evoxbench` have single functions and classes of others.
"""
