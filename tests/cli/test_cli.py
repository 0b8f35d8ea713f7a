"""The command line, run as a user would."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys

import pytest

from nasbench_sim.cli import main, parser
from nasbench_sim.cli.options import output_folder


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def test_query_prints_what_was_asked(capsys) -> None:
    code, out, _ = run(
        capsys, "query", "6111", "0", "--metric", "val_accuracy", "latency:eyeriss", "--dataset", "cifar10"
    )
    assert code == 0
    assert "91.606667" in out
    assert "3.64562" in out
    text = "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|"
    code, out, _ = run(
        capsys, "query", text, "--metric", "val_accuracy", "--dataset", "cifar10", "--seed", "777", "--json"
    )
    assert json.loads(out) == [{"index": 0, "architecture": text, "val_accuracy": pytest.approx(82.092)}]


def test_a_command_brings_only_its_own_module() -> None:
    code = "import sys; from nasbench_sim.cli import main; main([{!r}, '--help'])"
    listed = (
        "print(*(name for name in sys.modules if name.startswith('nasbench_sim.cli.') or name == 'numpy'))"
    )
    for command, modules in (
        ("columns", "nasbench_sim.cli.columns nasbench_sim.cli.options nasbench_sim.cli.text"),
        ("-h", ""),
    ):
        program = f"try:\n {code.format(command)}\nexcept SystemExit:\n {listed}"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert set(done.stdout.splitlines()[-1].split()) == set(modules.split())


def test_an_unknown_command_is_answered_with_the_nearest(capsys) -> None:
    code, _, err = run(capsys, "comprae")
    assert code == 2
    assert "did you mean 'compare'" in err


def test_columns(capsys) -> None:
    code, out, _ = run(capsys, "columns", "--metric", "latency", "--dataset", "cifar10")
    assert code == 0
    assert len(out.splitlines()) == 2 + 3
    code, out, _ = run(capsys, "columns", "--metric", "flops")
    assert "None" not in out
    assert "NA" not in out
    code, out, _ = run(capsys, "columns", "--json")
    assert {row["metric"] for row in json.loads(out)} >= {"val_accuracy", "flops", "energy"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["query", "15625", "--metric", "flops", "--dataset", "cifar10"], "official indices run from 0"),
        (["query", "-1x", "--metric", "flops", "--dataset", "cifar10"], "not a NAS-Bench-201 string"),
        (["query", "0", "--metric", "flps", "--dataset", "cifar10"], "did you mean 'flops'"),
        (["query", "0", "--metric", "latency", "--dataset", "cifar10"], "say device"),
        (["query", "-1", "--metric", "flops", "--dataset", "cifar10"], "index -1 is not in nas-bench-201"),
        (["query", "9" * 5000, "--metric", "flops", "--dataset", "cifar10"], "not a NAS-Bench-201 string"),
        (["query", "0", "--metric", "flops", "--dataset", "cifar10", "--epoch", "3"], "epoch: no part of"),
        (
            ["query", "0", "--metric", "val_accuracy", "--dataset", "cifar10", "--device", "gpu"],
            "device: no part of a question for any of val_accuracy",
        ),
        (["compare", "--noise", "9" * 5000], "noise is 'run', 'mean' or a training seed"),
        (["columns", "--metric", "latencies"], "did you mean 'latency'"),
        (["columns", "--table", "nas-bench-202"], "did you mean 'nas-bench-201'"),
        (["columns", "--table", "none.h5"], "no table file"),
        (["compare", "--searchers", "random"], "did you mean 'random_search'"),
        (["compare", "--datasets", "cifar"], "did you mean 'cifar10'"),
        (["compare", "--evaluations", "0"], "1 or more"),
        (["compare", "--seconds", "nan"], "finite number"),
        (["compare", "--replicates", "0"], "1 or more"),
        (["compare", "--noise", "5"], "has no seed 5"),
        (["compare", "--jobs", "0"], "jobs is a number of processes"),
        (["compare", "--datasets", "cifar10", "cifar10"], "each data set once: cifar10"),
        (["compare", "--output", "/dev/null/out"], "/dev/null/out cannot be written to: Not a directory"),
        (["compare", "--output", "/proc/nothing/out"], "/proc/nothing/out cannot be written to"),
        (["compare", "--searchers", "random_search", "random_search"], "once"),
    ],
)
def test_a_wrong_request_is_one_line_and_code_2(capsys, tmp_path, monkeypatch, arguments, message) -> None:
    monkeypatch.chdir(tmp_path)
    if arguments[0] == "query" and arguments[1].startswith("-"):
        arguments = ["query", "--metric", *arguments[3:], "--", arguments[1]]
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert message in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_compare_writes_everything_and_refuses_to_overwrite(capsys, tmp_path) -> None:
    small = ["compare", "--replicates", "5", "--evaluations", "20", "--datasets", "cifar10"]
    folder = tmp_path / "out"
    code, out, _ = run(capsys, *small, "--output", str(folder))
    assert code == 0
    assert "reported of each final incumbent: val_accuracy" in out
    names = {"anytime.png", "anytime.svg", "manifest.json", "summary.csv", "trajectories.h5"}
    assert {path.name for path in folder.iterdir()} == names
    assert all(str(folder / name) in out for name in names)
    code, _, err = run(capsys, *small, "--output", str(folder))
    assert code == 2
    assert "is not empty" in err
    code, _, err = run(capsys, *small, "--output", str(folder / "summary.csv"))
    assert code == 2


@pytest.mark.parametrize(
    ("objective", "said"),
    [
        (
            "val_accuracy",
            "reported of each final incumbent: val_accuracy in %, larger is better, mean of its runs "
            "(schedule=200, trained_on=train)",
        ),
        (
            "latency:fpga",
            "reported of each final incumbent: latency:fpga in ms, smaller is better, mean of its runs",
        ),
    ],
)
def test_compare_says_what_the_numbers_are(capsys, tmp_path, objective: str, said: str) -> None:
    small = ["--replicates", "2", "--evaluations", "5", "--datasets", "cifar10", "cifar100", "--noise", "run"]
    arguments = ["compare", *small, "--objective", objective, "--output", str(tmp_path / "out")]
    code, out, err = run(capsys, *arguments, "--searchers", "random_search", "regularized_evolutoin")
    assert code == 2
    assert "did you mean 'regularized_evolution'" in err
    code, out, err = run(capsys, *arguments, "--searchers", "random_search", "local_search")
    assert code == 0
    assert said in " ".join(out.split())
    assert "None" not in out
    assert "cifar100: " in out
    assert max(map(len, out.splitlines()[1:7])) <= 100


def test_compare_without_output_takes_the_next_free_folder(capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    small = ["compare", "--replicates", "2", "--evaluations", "5", "--datasets", "cifar10", "--json"]
    for number in (1, 2):
        code, out, _ = run(capsys, *small, "--searchers", "random_search")
        assert code == 0
        assert json.loads(out)[0]["replicates"] == 2
        assert (tmp_path / "results" / f"compare-{number}").is_dir()


def test_two_at_the_same_time_never_share_a_folder(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    first, second = output_folder(None, "compare"), output_folder(None, "compare")
    assert not list(tmp_path.iterdir())
    with first, second:
        (first.path / "a").touch()
        (second.path / "b").touch()
    assert [str(second.path), str(first.path)] == ["results/compare-1", "results/compare-2"]
    assert [path.name for path in first.files()] == ["a"]


@pytest.mark.parametrize("command", [[], ["query"], ["columns"], ["compare"]])
def test_help(capsys, command: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command, "--help"])
    assert stopped.value.code == 0
    assert "usage: nasbench-sim" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["compare", "correlate", "hardware", "pareto", "query", "report"])
def test_the_example_of_the_help_works_as_it_is_printed(capsys, tmp_path, command: str) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    example = capsys.readouterr().out.partition("example: nasbench-sim ")[2]
    arguments = shlex.split(example)
    assert parser().parse_args(arguments)
    if command in ("pareto", "query"):
        output = ["--output", str(tmp_path / "out")] if command == "pareto" else []
        assert main([*arguments, *output]) == 0


def test_no_standard_output_at_all_is_no_error() -> None:
    shell = f"{sys.executable} -m nasbench_sim columns --metric flops >&-"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_closed_pipe_is_no_error() -> None:
    shell = f"{sys.executable} -m nasbench_sim columns --sources | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("nas-bench-201:")
