"""Number by number against the real nats_bench, on the genuine records of both spaces."""

from __future__ import annotations

import contextlib
import copy
import io
import math
import pickle
import random
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nasbench_sim.compat import nats_bench as ours
from nasbench_sim.compat.missing import MissingNumbersWarning

theirs = pytest.importorskip("nats_bench")
if not hasattr(theirs, "version") or theirs.version() != "v1.8":
    pytest.skip("nats_bench 1.8 is the one to compare with", allow_module_level=True)

INDICES = (0, 11, 284)
DATASETS = ("cifar10-valid", "cifar10", "cifar100", "ImageNet16-120")
HPS = {"tss": {"12": 12, "200": 200}, "sss": {"01": 1, "12": 12, "90": 90}}
ARCHIVES = {"tss": "NATS-tss-v1_0-3ffb9-simple", "sss": "NATS-sss-v1_0-50262-simple"}
ON_GRID = 1.7e-7


@pytest.fixture(params=["tss", "sss"])
def both(request: pytest.FixtureRequest, installed: Path, published: Path) -> Iterator[tuple[str, Any, Any]]:
    path = str(published / "nats-bench" / ARCHIVES[request.param])
    original = theirs.create(path, request.param, fast_mode=True, verbose=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield request.param, original, ours.create(path, request.param, fast_mode=True, verbose=False)


def same(a: Any, b: Any, where: Any = "") -> None:
    """Check that ours (the second) is the original's, up to the grid of accuracies."""
    if isinstance(a, dict):
        assert list(a) == list(b), where
        for key in a:
            same(a[key], b[key], (where, key))
    elif isinstance(a, float):
        assert type(b) is type(a), where
        assert a == pytest.approx(b, rel=1e-13, abs=ON_GRID if "acc" in str(where) else 0), where
    elif isinstance(a, list | tuple):
        assert len(a) == len(b), where
        for place, (x, y) in enumerate(zip(a, b, strict=True)):
            same(x, y, (where, place))
    else:
        assert a == b, where


def asked(call: Any, *arguments: Any, **named: Any) -> Any:
    """What a call gives, or the type of its error."""
    try:
        return call(*arguments, **named)
    except (ValueError, KeyError, AssertionError) as error:
        return type(error).__name__


def epochs_of(epochs: int) -> list[int | None]:
    return [None, *sorted({0, 1, 5, epochs // 2, epochs - 2, epochs - 1} & set(range(epochs)))]


def test_get_more_info(both: tuple[str, Any, Any]) -> None:
    space, original, layer = both
    compared = 0
    for index in INDICES:
        for hp, epochs in HPS[space].items():
            for dataset in DATASETS:
                for run in (False, 111, 777, 888, 999, 0):
                    for iepoch in (*epochs_of(epochs), epochs, -1):
                        question = {"dataset": dataset, "iepoch": iepoch, "hp": hp, "is_random": run}
                        a = asked(original.get_more_info, index, **question)
                        b = asked(layer.get_more_info, index, **question)
                        same(a, b, ("acc", index, question))
                        compared += isinstance(a, dict)
    assert compared > 500


def test_every_epoch_of_a_run(both: tuple[str, Any, Any]) -> None:
    space, original, layer = both
    for hp, epochs in HPS[space].items():
        for dataset in DATASETS:
            for iepoch in range(epochs):
                a = original.get_more_info(11, dataset, iepoch, hp, False)
                same(a, layer.get_more_info(11, dataset, iepoch, hp, False), ("acc", hp, dataset, iepoch))


def test_metrics_and_costs_of_the_records(both: tuple[str, Any, Any]) -> None:
    space, original, layer = both
    for index in INDICES:
        for hp, epochs in HPS[space].items():
            a, b = original.query_meta_info_by_index(index, hp), layer.query_meta_info_by_index(index, hp)
            assert repr(a) == repr(b)
            for dataset in (*DATASETS, "none"):
                same(
                    asked(original.get_cost_info, index, dataset, hp),
                    asked(layer.get_cost_info, index, dataset, hp),
                )
                same(asked(a.get_compute_costs, dataset), asked(b.get_compute_costs, dataset))
                same(asked(a.get_latency, dataset), asked(b.get_latency, dataset))
                for name in ("train", "x-valid", "x-test", "ori-test", "valid", "nothing"):
                    for iepoch in epochs_of(epochs):
                        for run in (False, 777, 111):
                            question = (dataset, name, iepoch, run)
                            found = (
                                asked(a.get_metrics, *question),
                                asked(b.get_metrics, *question),
                            )
                            same(*found, ("acc", index, hp, question))


def test_the_records_themselves(both: tuple[str, Any, Any]) -> None:
    space, original, layer = both
    for hp in HPS[space]:
        a, b = original.query_by_index(0, hp=hp), layer.query_by_index(0, hp=int(hp) if hp != "01" else hp)
        assert a.get_dataset_names() == b.get_dataset_names()
        assert a.dataset_seed == b.dataset_seed
        assert a.arch_idx_str() == b.arch_idx_str()
        assert a.get_total_epoch() == b.get_total_epoch()
        assert set(a.all_results) == set(b.all_results)
        for key, run in a.all_results.items():
            told = b.all_results[key]
            assert repr(run) == repr(told)
            state, other = run.state_dict(), told.state_dict()
            for part in state:
                if part != "train_acc5es":  # top-5 accuracies are not in the tables
                    value = (
                        dict(sorted(state[part].items())) if isinstance(state[part], dict) else state[part]
                    )
                    found = (
                        dict(sorted(other[part].items())) if isinstance(other[part], dict) else other[part]
                    )
                    same(value, found, ("acc" if "acc" in part else "", key, part))
            for method in (
                "get_times",
                "get_train",
                "get_total_epoch",
                "get_eval_set",
                "get_latency",
                "get_net_param",
            ):
                same(getattr(run, method)(), getattr(told, method)(), "acc")
            assert run.get_config(None) == told.get_config(None)
            assert run.get_config(len) == told.get_config(len)
        same(
            original.query_by_index(11, "cifar100", hp=hp)[
                777 if hp != "12" or space == "sss" else 111
            ].get_eval("x-test"),
            layer.query_by_index(11, "cifar100", hp=hp)[
                777 if hp != "12" or space == "sss" else 111
            ].get_eval("x-test"),
            "acc",
        )
    assert original.get_net_config(11, "cifar100") == layer.get_net_config(11, "cifar100")
    assert layer.get_net_param(0, "cifar10", None, hp="12") == original.get_net_param(
        0, "cifar10", None, hp="12"
    )


def test_text_letter_by_letter(both: tuple[str, Any, Any]) -> None:
    space, original, layer = both
    for index in INDICES:
        for hp in HPS[space]:
            assert original.query_by_arch(index, hp) == layer.query_by_arch(index, hp)
            assert original.query_info_str_by_arch(original[index], hp) == layer.query_info_str_by_arch(
                layer[index], hp
            )
        texts = []
        for api in (original, layer):
            with contextlib.redirect_stdout(io.StringIO()) as out:
                api.show(index)
                api.show(10**6)
            texts.append(out.getvalue())
        assert texts[0] == texts[1]


def test_the_random_stream_stays_in_step(both: tuple[str, Any, Any]) -> None:
    space, original, layer = both
    streams = []
    for api in (original, layer):
        random.seed(7)
        told: list[Any] = []
        for round_ in range(40):
            index = INDICES[round_ % 3]
            dataset = DATASETS[round_ % 4]
            hp = list(HPS[space])[round_ % len(HPS[space])]
            told.append(api.get_more_info(index, dataset, hp=hp))
            told.append(api.query_meta_info_by_index(index, hp).get_metrics(dataset, "train", is_random=True))
            told.append(api.simulate_train_eval(index, DATASETS[1 + round_ % 3], hp=hp))
            told.append(api.random())
            told.append(random.random())
        told.append(api.used_time)
        streams.append(told)
    same(*streams, "acc")


def test_the_clock(both: tuple[str, Any, Any]) -> None:
    space, original, layer = both
    for api in (original, layer):
        assert api.used_time == 0
    for hp, epochs in HPS[space].items():
        for dataset in ("cifar10", "cifar100", "ImageNet16-120", "cifar10-valid"):
            for iepoch in epochs_of(epochs):
                for account in (True, False):
                    random.seed(1)
                    a = asked(original.simulate_train_eval, 284, dataset, iepoch, hp, account)
                    random.seed(1)
                    b = asked(layer.simulate_train_eval, 284, dataset, iepoch, hp, account)
                    same(a, b, ("acc", hp, dataset, iepoch))
    assert original.used_time == pytest.approx(layer.used_time, rel=1e-13)
    layer.reset_time()
    assert layer.used_time == 0


def test_find_best_and_statistics_among_the_three(both: tuple[str, Any, Any]) -> None:
    space, original, layer = both
    for index in INDICES:
        original.get_more_info(index, "cifar10")
    assert original.evaluated_indexes == set(INDICES)
    layer.evaluated_indexes = set(INDICES)
    flops = sorted(original.get_cost_info(i, "cifar10")["flops"] for i in INDICES)
    for hp in HPS[space]:
        for dataset in DATASETS:
            assert original.statistics(dataset, hp) == layer.statistics(dataset, hp)
            for name in ("train", "valid", "test", "x-valid", "x-test", "ori-test", "nothing"):
                for limit in (None, flops[1], 0.0):
                    question = {"flop_max": limit, "hp": hp, "enforce_all": False}
                    a = asked(original.find_best, dataset, name, **question)
                    b = asked(layer.find_best, dataset, name, **question)
                    same(a, b, ("acc", dataset, name, question))


def test_architectures(both: tuple[str, Any, Any]) -> None:
    space, original, layer = both
    assert original.meta_archs == layer.meta_archs
    assert list(original) == list(layer)
    assert len(original) == len(layer)
    assert original.archstr2index == layer.archstr2index
    assert original[-1] == layer[-1]
    assert original.arch(7) == layer.arch(7)
    for name in (
        "search_space_name",
        "full_train_epochs",
        "full_epochs_in_paper",
        "fast_mode",
        "filename",
        "archive_dir",
        "is_size",
        "is_topology",
    ):
        assert getattr(original, name) == getattr(layer, name)
    assert set(original.avaliable_hps or HPS[space]) <= set(layer.avaliable_hps)

    class Arch:
        def __init__(self, text: str) -> None:
            self.text = text

        def tostr(self) -> str:
            return self.text

    for arch in (
        0,
        11,
        original[5],
        "unknown",
        Arch(original[9]),
        Arch("unknown"),
        None,
        [1],
        3.0,
        10**6,
        -1,
    ):
        same(asked(original.query_index_by_arch, arch), asked(layer.query_index_by_arch, arch))
    assert layer.query_index_by_arch(np.int64(11)) == 11
    same(
        layer.get_more_info(np.int16(11), "cifar10", None, "12", False),
        original.get_more_info(11, "cifar10", None, "12", False),
        "acc",
    )
    for wrong in ("unknown", -1, 10**6):
        assert (
            asked(original.get_more_info, wrong, "cifar10")
            == asked(layer.get_more_info, wrong, "cifar10")
            == "ValueError"
        )
    for hp in ("7", 1, "1", 200 if space == "sss" else 90):
        assert (
            asked(original.get_more_info, 0, "cifar10", hp=hp)
            == asked(layer.get_more_info, 0, "cifar10", hp=hp)
            == "KeyError"
        )
        assert (
            asked(original.query_by_index, 0, "cifar10", hp=hp)
            == asked(layer.query_by_index, 0, "cifar10", hp=hp)
            == "ValueError"
        )
    assert asked(layer.get_more_info, 0, "mnist") == asked(original.get_more_info, 0, "mnist")
    assert asked(layer.query_by_index, 0, "mnist") == asked(lambda: original.query_by_index(0, "mnist"))


def test_helpers_of_the_topology_space(installed: Path, published: Path) -> None:
    path = str(published / "nats-bench" / ARCHIVES["tss"])
    original = theirs.create(path, "tss", fast_mode=True, verbose=False)
    layer = ours.create(path, "topology", fast_mode=True, verbose=False)
    for index in (0, 5, 9, 1462, 1651, 1835, 15624):
        arch = original[index]
        assert original.str2lists(arch) == layer.str2lists(arch)
        np.testing.assert_array_equal(original.str2matrix(arch), layer.str2matrix(arch))
        assert original.get_unique_str(index) == layer.get_unique_str(arch)
        from nats_bench.genotype_utils import topology_str2structure as read

        from nasbench_sim.compat.nats_bench.genotype_utils import topology_str2structure

        a, b = read(arch), topology_str2structure(arch)
        assert repr(a) == repr(b)
        assert a.tostr() == b.tostr() == arch
        assert len(a) == len(b)
        assert a[1] == b[1]
        assert a.check_valid() == b.check_valid()
        assert (a.nodes, a.node_N, a.node_num) == (b.nodes, b.node_N, b.node_num)
        for zero in (True, False, None):
            assert a.to_unique_str(zero) == b.to_unique_str(zero)
        for removed in ("none", "skip_connect", None):
            assert a.tolist(removed) == b.tolist(removed)
        assert a.check_valid_op(["none"]) == b.check_valid_op(["none"])
    for tags in (
        ("nats-bench", "tss"),
        ("nats-bench", "size"),
        ("nas-bench-201", None),
        ("nats-bench", "x"),
        ("x", None),
        ("nas-bench-201", "tss"),
    ):
        assert asked(theirs.search_space_info, *tags) == asked(ours.search_space_info, *tags)
    assert asked(ours.create, None, "x") == "ValueError"
    assert ours.version() == theirs.version()


def test_a_state_dictionary_makes_the_same_results(published: Path) -> None:
    import bz2

    content = pickle.loads(
        bz2.decompress((published / "nats-bench" / ARCHIVES["tss"] / "000011.pickle.pbz2").read_bytes())
    )
    a = theirs.ArchResults.create_from_state_dict(copy.deepcopy(content["200"]))
    b = ours.ArchResults.create_from_state_dict(copy.deepcopy(content["200"]))
    for results in (a, b):
        results.reset_latency("cifar10", None, 0.5)
        results.reset_pseudo_train_times("cifar10", 777, 2.0)
        results.reset_pseudo_eval_times("cifar100", None, "x-test", 3.0)
        results.clear_params()
    assert a.state_dict() == b.state_dict()
    for dataset in DATASETS:
        assert a.get_compute_costs(dataset) == b.get_compute_costs(dataset)
        assert a.get_metrics(dataset, "train", 5) == b.get_metrics(dataset, "train", 5)


def test_a_dictionary_answers_in_the_place_of_the_table(published: Path) -> None:
    import bz2

    folder = published / "nats-bench" / ARCHIVES["tss"]
    read = {path.name[:6]: pickle.loads(bz2.decompress(path.read_bytes())) for path in folder.glob("*.pbz2")}
    content = {**read.pop("meta.p"), "arch2infos": {int(index): of for index, of in read.items()}}
    content["evaluated_indexes"] = set(INDICES)
    original = theirs.create(content, "tss", verbose=False)
    layer = ours.create(content, "tss", verbose=False)
    assert str(original) == str(layer)
    for hp in ("12", "200"):
        for dataset in DATASETS:
            question = {"dataset": dataset, "hp": hp, "is_random": False}
            same(original.get_more_info(11, **question), layer.get_more_info(11, **question), "acc")
        same(original.find_best("cifar100", "test", hp=hp), layer.find_best("cifar100", "test", hp=hp), "acc")
        assert original.statistics("cifar10", hp) == layer.statistics("cifar10", hp)
    with pytest.warns(UserWarning, match="not evaluated"):
        assert original.query_by_arch("unknown", "12") is None
    with pytest.warns(UserWarning, match="not evaluated"):
        assert layer.query_by_arch("unknown", "12") is None
    assert asked(ours.create, {}, "tss", verbose=False) == "ValueError"


# -- where the tables lack something


def test_what_is_lacking_is_nan_and_named_once(installed: Path) -> None:
    api = ours.create(None, "tss", fast_mode=True, verbose=False)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for index in (5, 6, 5):
            info = api.get_more_info(index, "cifar10", hp="200", is_random=False)
    assert len(caught) == 1
    message = str(caught[0].message)
    assert caught[0].category is MissingNumbersWarning
    assert caught[0].filename == __file__
    assert message.count("train_loss (cifar10, 200 epochs)") == 1
    assert "test_accuracy" not in message
    assert math.isnan(info["train-loss"])
    assert info["test-accuracy"] == pytest.approx(
        api.archive.table.query(5, "test_accuracy", dataset="cifar10")
    )
    assert info["train-all-time"] > 0


def test_single_runs_behind_a_mean_are_nan(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    api = ours.create(None, "tss", verbose=False)
    behind = r"the single runs of val_accuracy \(cifar10-valid, 12 epochs"
    with pytest.warns(MissingNumbersWarning, match=behind):
        assert math.isnan(api.get_more_info(5, "cifar10-valid")["valid-accuracy"])
    mean = api.get_more_info(5, "cifar10-valid", is_random=False)["valid-accuracy"]
    assert mean == pytest.approx(api.archive.table.query(5, "val_accuracy", dataset="cifar10", schedule=12))
    monkeypatch.setenv("NASBENCH_SIM_COMPAT_MEANS", "1")
    api = ours.create(None, "tss", verbose=False)
    with pytest.warns(MissingNumbersWarning, match="train_loss"):
        drawn = api.get_more_info(5, "cifar10-valid")
    with pytest.warns(MissingNumbersWarning, match="single runs"):
        named = api.get_more_info(5, "cifar10-valid", is_random=111)
    assert drawn["valid-accuracy"] == mean
    assert math.isnan(named["valid-accuracy"])


def test_a_clock_without_its_validation_pass_says_so(installed: Path) -> None:
    api = ours.create(None, "tss", verbose=False)
    with pytest.warns(MissingNumbersWarning) as caught:
        cost = api.simulate_train_eval(5, "cifar100", hp=200)[2]
    assert any("the validation pass of the clock" in str(one.message) for one in caught)
    assert cost == pytest.approx(api.archive.table.query(5, "train_time", dataset="cifar100", schedule=200))


def test_runs_whose_seeds_are_not_published_keep_their_number(installed: Path) -> None:
    api = ours.create(None, "tss", verbose=False)
    runs = api.archive.table.runs("val_accuracy", dataset="cifar10")
    index = int(np.flatnonzero(np.isnan(runs[:, 0]))[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MissingNumbersWarning)
        results = api.query_meta_info_by_index(index, 200)
        seeds = results.get_dataset_seeds("cifar10-valid")
        assert len(seeds) == 2
        drawn = {api.get_more_info(index, "cifar10-valid", hp=200)["valid-accuracy"] for _ in range(40)}
        assert drawn == set(runs[index, 3:])
        assert math.isnan(api.get_more_info(index, "cifar10-valid", hp=200, is_random=777)["valid-accuracy"])
        each = [results.get_metrics("cifar10-valid", "x-valid", is_random=seed)["accuracy"] for seed in seeds]
        assert each == runs[index, 3:].tolist()
        assert math.isnan(results.get_metrics("cifar10-valid", "x-valid", is_random=777)["accuracy"])
        with pytest.raises(ValueError, match="can not find random seed"):
            api.get_more_info(index, "cifar10-valid", hp=200, is_random=999)


def test_unknown_numbers_can_be_cut_out_of_the_text(installed: Path) -> None:
    api = ours.create(None, "tss", verbose=False)
    with pytest.warns(MissingNumbersWarning):
        text = api.query_by_arch(5, "200").split("\n")
    assert len(text) == 10
    for line in (5, 7, 9):
        for part in text[line].replace(" ", "").split(":")[1:]:
            number = float(part.removesuffix(",test").removesuffix(",valid")[-7:-2].strip("="))
            assert math.isnan(number) or 0 < number < 100
    assert "+nan%" in text[5]


def test_the_whole_space_is_looked_through(installed: Path) -> None:
    api = ours.create(None, "tss", verbose=False)
    assert api.find_best("cifar10", "test", hp=200)[0] == 6111
    assert api.find_best("cifar100", "test", hp="200") == (9930, pytest.approx(73.5133, abs=1e-4))
    assert api.find_best("ImageNet16-120", "x-test", hp="200")[0] == 857
    with pytest.warns(MissingNumbersWarning, match="train_accuracy"):
        assert api.find_best("cifar10", "train", hp="200")[0] in INDICES
    assert api.statistics("cifar10-valid", 200) == {3: 8169, 2: 7456}


def test_copies_travel(installed: Path) -> None:
    api = ours.create(None, "tss", verbose=False)
    info = api.get_more_info(0, "cifar10", hp=200, is_random=False)
    for other in (copy.deepcopy(api), pickle.loads(pickle.dumps(api))):
        assert other.get_more_info(0, "cifar10", hp=200, is_random=False) == info
    results = api.query_by_index(11, hp=12)
    for again in (copy.deepcopy(results), pickle.loads(pickle.dumps(results))):
        assert again.state_dict() == results.state_dict()
        assert again.get_metrics("cifar10", "train") == results.get_metrics("cifar10", "train")


def test_the_size_space_without_any_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NASBENCH_SIM_DATA", str(tmp_path))
    api = ours.create(None, "sss", verbose=False)
    assert len(api) == 32768
    with pytest.warns(MissingNumbersWarning, match="nats-bench-size"):
        assert math.isnan(api.get_more_info(3, "cifar10")["test-accuracy"])


def test_calls_are_printed_when_asked_for(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    api = ours.create("x/NATS-tss-v1_0-3ffb9-simple", "tss", fast_mode=True)
    assert "Create NATS-Bench (topology) done with 15625/15625 architectures" in capsys.readouterr().out
    api.get_more_info(0, "cifar10", is_random=False)
    assert (
        "Call the get_more_info function with index=0, dataset=cifar10, iepoch=None, hp=12"
        in capsys.readouterr().out
    )
    assert (
        str(api) == "NATStopology(15625/15625 architectures, fast_mode=True, file=NATS-tss-v1_0-3ffb9-simple)"
    )
