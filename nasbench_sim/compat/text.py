"""The text that the published packages print of an architecture, letter by letter."""

from __future__ import annotations

from typing import Any

from nasbench_sim.compat.results import ArchResults

_PARTS = {
    "cifar10-valid": {"train": "train", "valid": "x-valid"},
    "cifar10": {"train": "train", "test ": "ori-test"},
    "cifar100": {"train": "train", "valid": "x-valid", "test": "x-test"},
    "ImageNet16-120": {"train": "train", "valid": "x-valid", "test": "x-test"},
}
"""What is printed of each data set: its name in the text, and the published set."""


def printed(
    results: ArchResults, extra: Any = None, show: bool = False, between: str = " & ", with_test: bool = False
) -> list[str]:
    """Return the text on an architecture: two lines, then two for each data set.

    Parameters
    ----------
    extra
        What the second line says beside the data sets.
    show
        Whether it is printed, too.
    between
        What stands between loss and accuracy: `` & `` in nats_bench, ``, `` in nas_201_api.
    with_test
        Whether the test accuracy after training on half of CIFAR-10 is printed, as in the size space.
    """
    names = results.get_dataset_names()
    found = [results.arch_str, f"datasets : {names}, extra-info : {extra}"]
    for name in names:
        costs = results.get_compute_costs(name)
        found.append(
            f"{name:14s} FLOP={number(costs['flops'], '6.2f')} M, "
            f"Params={number(costs['params'], '.3f')} MB, latency={_latency(costs['latency'])} ms."
        )
        parts = dict(_PARTS.get(name, _PARTS["cifar100"]))
        if with_test and name == "cifar10-valid":
            parts["test"] = "ori-test"
        said = []
        for label, part in parts.items():
            metrics = results.get_metrics(name, part)
            said.append(
                f"{label} : [loss = {number(metrics['loss'], '.3f')}{between}"
                f"top1 = {number(metrics['accuracy'], '.2f')}%]"
            )
        found.append(f"{name:14s} {', '.join(said)}")
    if show:
        print("\n".join(found))
    return found


def number(value: float, form: str) -> str:
    """Return a number in a format; an unknown one is ``+nan``, which programs that cut it out can read.

    Examples
    --------
    >>> number(85.8633, ".2f"), number(float("nan"), "6.2f")
    ('85.86', '  +nan')
    """
    if value == value:
        return format(value, form)
    width = form.partition(".")[0]
    return f"{'+nan':>{width}}" if width else "+nan"


def _latency(seconds: Any) -> str:
    if seconds is None or seconds <= 0:
        return "None"
    return number(1000 * seconds, ".2f")
