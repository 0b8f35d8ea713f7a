"""``nasbench-sim completion``: what a shell needs to complete commands and options."""

from __future__ import annotations

import argparse

SHELLS = ("bash", "zsh", "tcsh")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to its parser."""
    parser.description = "Print a script that completes nasbench-sim's commands and options in a shell."
    parser.epilog = (
        "bash: nasbench-sim completion bash > ~/.local/share/bash-completion/completions/nasbench-sim; "
        "zsh: nasbench-sim completion zsh > FOLDER/_nasbench-sim, with FOLDER in $fpath"
    )
    parser.add_argument("shell", choices=SHELLS)


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    import shtab

    from nasbench_sim.cli import parser

    print(shtab.complete(parser(), arguments.shell))
    return 0
