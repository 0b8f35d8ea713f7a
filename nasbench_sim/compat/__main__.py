"""``python -m nasbench_sim.compat SCRIPT.py ARGUMENTS``: run a script, unchanged, on our tables."""

from __future__ import annotations

import argparse
import sys

from nasbench_sim.compat.running import add_arguments, run
from nasbench_sim.errors import NasbenchSimError

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m nasbench_sim.compat")
    add_arguments(parser)
    try:
        sys.exit(run(parser.parse_args()))
    except NasbenchSimError as error:
        print(f"nasbench-sim: {error}", file=sys.stderr)
        sys.exit(2)
