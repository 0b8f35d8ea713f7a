"""Pretrain what tables of trained systems start from, and write the weights that ship with the package.

``python data/build_starts.py attention-placement`` (extra ``[live]``, some three minutes): the language
model that ``attention-placement-text`` starts from, in half precision. ``python data/build_starts.py
merging-cell`` (some ten seconds): the backbone below all pyramids of ``merging-cell-digits``. Another machine
or version of PyTorch gives other, equally good weights, which the hash in the package tells apart.
"""

from __future__ import annotations

import argparse
import hashlib
import io
from pathlib import Path

import torch

from nasbench_sim.benchmarks.attention_placement import system as attention_placement
from nasbench_sim.benchmarks.merging_cell import system as merging_cell

STARTS = {"attention-placement": attention_placement, "merging-cell": merging_cell}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=STARTS)
    wanted = STARTS[parser.parse_args().name]
    torch.set_num_threads(1)
    buffer = io.BytesIO()
    torch.save(wanted.pretrained(), buffer)
    content = buffer.getvalue()
    output = Path(__file__).with_name(wanted.START)
    output.write_bytes(content)
    print(f"{output}: {len(content):,} bytes, sha256 {hashlib.sha256(content).hexdigest()}")
