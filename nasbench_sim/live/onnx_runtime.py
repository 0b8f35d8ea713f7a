"""Networks run by ONNX Runtime (extra ``[onnx]``), on one thread of the processor."""

from __future__ import annotations

import importlib
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from nasbench_sim.errors import MissingDependencyError


def check_installed() -> None:
    """Raise the error with the hint where ONNX Runtime or what exports to it is missing.

    Raises
    ------
    MissingDependencyError
    """
    for name in ("onnx", "onnxruntime", "onnxscript"):
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise MissingDependencyError(
                f"the backend 'onnx' needs {name}: pip install 'nasbench-sim[live,onnx]'"
            ) from error


def exported(model: nn.Module, x: Tensor) -> Callable[[Tensor], Any]:
    """Give a network as ONNX Runtime runs it: a function of images of the shape of `x`, giving arrays."""
    runtime = importlib.import_module("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the exporter says of itself
        path = Path(folder) / "network.onnx"
        torch.onnx.export(model, (x,), path, dynamo=True, verbose=False)
        session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda images: session.run(None, {name: images.numpy()})[0]
