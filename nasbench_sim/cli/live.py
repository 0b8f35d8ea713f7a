"""``nasbench-sim live``: train networks for real (extra ``[live]``)."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from nasbench_sim.cli.options import add_json
from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.files import clear_drafts, replacing
from nasbench_sim.interrupts import going_on


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to its parser."""
    parser.description = "Train networks for real; needs PyTorch: pip install 'nasbench-sim[live]'."
    actions = parser.add_subparsers(title="actions", required=True, metavar="ACTION")
    check = actions.add_parser(
        "check",
        help="train a sample of architectures and compare with the table",
        description="Train a sample of architectures of a table again, and compare. One that does not say "
        "how it was trained needs the images: networks are then trained as NAS-Bench-201 was published.",
        epilog="examples: nasbench-sim live check --sample 5; "
        "nasbench-sim live check --table nas-bench-201 --data cifar-10-batches-py --metric val_accuracy",
    )
    check.add_argument(
        "--table", default="nas-bench-201-digits", help="name or file of a table (default: %(default)s)"
    )
    check.add_argument("--sample", type=int, default=10, help="how many to draw (default: %(default)s)")
    check.add_argument("--architectures", nargs="+", help="official indices or strings, instead of a sample")
    check.add_argument("--metric", help="what is compared (default: what searches on the table report)")
    check.add_argument("--data", type=Path, metavar="FOLDER", help="images: CIFAR or ImageNet16, unpacked")
    check.add_argument("--dataset", help="which data set that is (default: cifar10)")
    check.add_argument("--epochs", type=int, help="of the training on it (default: 200; hours without a GPU)")
    check.add_argument("--seeds", nargs="+", type=int, default=[777], help="training seeds (default: 777)")
    check.add_argument("--processes", type=int, default=1, help="networks at a time (default: 1)")
    check.add_argument("--device", help="a PyTorch device (default: a GPU where there is one)")
    check.add_argument(
        "--runs",
        type=Path,
        default=Path("results") / "live-check.jsonl",
        help="file that keeps the runs; a killed check goes on there (default: %(default)s)",
    )
    check.add_argument("--figure", type=Path, help="file to draw trained against table values into")
    add_json(check)


def run(arguments: argparse.Namespace) -> int:
    """Check, print every network and the verdict."""
    from nasbench_sim import live

    if arguments.figure is not None:
        _check_figure(arguments.figure)
    named = arguments.architectures
    if named is not None:
        named = [int(text) if text.isascii() and text.isdigit() else text for text in named]
    images = recipe = None
    if arguments.data is not None:
        images = live.load_images(arguments.dataset or "cifar10", arguments.data)
        recipe = live.Recipe(epochs=200 if arguments.epochs is None else arguments.epochs)
    elif arguments.dataset or arguments.epochs:
        raise RequestError("--dataset and --epochs say more of --data, which is missing")
    with going_on(f"what is trained is kept in {arguments.runs}, and the same command does the rest"):
        found = live.check(
            arguments.table,
            arguments.sample if named is None else named,
            images=images,
            recipe=recipe,
            metric=arguments.metric,
            seeds=tuple(arguments.seeds),
            runs=arguments.runs,
            processes=arguments.processes,
            device=arguments.device,
            progress=not arguments.json,
        )
    if arguments.figure is not None:
        figure = found.plot().get_figure(root=True)
        assert figure is not None
        with replacing(arguments.figure) as draft:
            figure.savefig(draft)
    correlation = None if found.correlation is None else found.correlation.to_dict()
    if arguments.json:
        networks = json.loads(found.frame.to_json(orient="records"))
        print(
            json.dumps({"networks": networks, "verdict": found.verdict, "correlation": correlation}, indent=1)
        )
        return 0
    print(found.frame.to_string(index=False, float_format="%.3f"))
    if correlation is not None:
        low, high = correlation["spearman_low"], correlation["spearman_high"]
        print(f"rank correlation with the table: {correlation['spearman']:.3f} ({low:.3f} to {high:.3f})")
    print(found.verdict)
    return 0


def _check_figure(path: Path) -> None:
    """Raise the error for a figure that could not be written, before anything is trained for it."""
    from matplotlib.backend_bases import FigureCanvasBase

    known = FigureCanvasBase.get_supported_filetypes()
    if path.suffix[1:].lower() not in known:
        raise unknown("format of a figure", path.suffix[1:], known)
    path.parent.mkdir(parents=True, exist_ok=True)
    clear_drafts(path.parent)
