"""A cell of the topology space as the published packages hand it out."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from nasbench_sim.compat.published import OPERATIONS

Node = tuple[tuple[str, int], ...]


def lists(arch_str: str) -> list[Node]:
    """Return the (operation, input) pairs of each node of an architecture string.

    Examples
    --------
    >>> lists("|nor_conv_1x1~0|+|none~0|skip_connect~1|")
    [(('nor_conv_1x1', 0),), (('none', 0), ('skip_connect', 1))]
    """
    nodes = []
    for text in arch_str.split("+"):
        edges = [edge.split("~") for edge in text.split("|") if edge]
        for edge in edges:
            assert len(edge) == 2, f"invalid input length : {'~'.join(edge)}"
        nodes.append(tuple((op, int(source)) for op, source in edges))
    return nodes


def matrix(arch_str: str, search_space: Sequence[str] = OPERATIONS) -> Any:
    """Return the operations of a cell as a square matrix: row i, column j is the one from node j to i.

    Examples
    --------
    >>> matrix("|nor_conv_1x1~0|+|none~0|skip_connect~1|").tolist()
    [[0.0, 0.0, 0.0], [2.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    import numpy as np

    nodes = lists(arch_str)
    found = np.zeros((len(nodes) + 1, len(nodes) + 1))
    for row, node in enumerate(nodes, 1):
        for op, source in node:
            if op not in search_space:
                raise ValueError(f"this op ({op}) is not in {search_space}")
            found[row, source] = list(search_space).index(op)
    return found


class TopologyStructure:
    """A cell: the nodes after the first, each a tuple of (operation, input node) pairs.

    Examples
    --------
    >>> cell = topology_str2structure("|nor_conv_1x1~0|+|none~0|skip_connect~1|")
    >>> cell
    TopologyStructure(3 nodes with |nor_conv_1x1~0|+|none~0|skip_connect~1|)
    >>> cell.to_unique_str(consider_zero=True)
    '#+(0)@nor_conv_1x1'
    """

    def __init__(self, genotype: Sequence[Any]) -> None:
        assert isinstance(genotype, list | tuple), f"invalid class of genotype : {type(genotype)}"
        for place, node in enumerate(genotype):
            assert isinstance(node, list | tuple), f"invalid class of node_info : {type(node)}"
            assert len(node) >= 1, f"invalid length : {len(node)}"
            for edge in node:
                assert isinstance(edge, list | tuple), f"invalid class of in-node : {type(edge)}"
                assert len(edge) == 2, f"invalid in-node : {edge}"
                assert edge[1] <= place, f"invalid in-node : {edge}"
        self.node_num = len(genotype) + 1
        self.nodes = [tuple(node) for node in genotype]
        self.node_N = [len(node) for node in genotype]

    def tolist(self, remove_str: str | None) -> tuple[list[Node] | None, bool]:
        """Return the nodes, edges in order, without one operation; None where a node has none left."""
        nodes = []
        for node in self.nodes:
            kept = tuple(edge for edge in sorted(node, key=lambda e: (e[1], e[0])) if edge[0] != remove_str)
            if not kept:
                return None, False
            nodes.append(kept)
        return nodes, True

    def node(self, index: int) -> Node:
        """Return the edges of a node."""
        assert 0 < index <= len(self), f"invalid index={index} < {len(self)}"
        return self.nodes[index]

    def tostr(self) -> str:
        """Return the architecture string."""
        return "+".join(f"|{'|'.join(f'{op}~{source}' for op, source in node)}|" for node in self.nodes)

    def check_valid(self) -> bool:
        """Tell whether a path leads from the first node to the last."""
        reached = [True]
        for node in self.nodes:
            reached.append(any(op != "none" and reached[source] for op, source in node))
        return reached[-1]

    def to_unique_str(self, consider_zero: bool | None = False) -> str:
        """Return a string that isomorphic cells share.

        Parameters
        ----------
        consider_zero
            Whether ``none`` counts as zero; None for a string in which even ``skip_connect`` is an operation.
        """
        said = ["0"]
        for node in self.nodes:
            terms = []
            for op, source in node:
                if consider_zero and (op == "none" or said[source] == "#"):
                    terms.append("#")
                elif consider_zero is not None and op == "skip_connect":
                    terms.append(said[source])
                else:
                    terms.append(f"({said[source]})@{op}")
            said.append("+".join(sorted(terms)))
        return said[-1]

    def check_valid_op(self, op_names: Sequence[str]) -> bool:
        """Tell whether all operations are among the given ones."""
        return all(edge[0] in op_names for node in self.nodes for edge in node)

    def __repr__(self) -> str:
        """The published one line."""
        return f"{type(self).__name__}({self.node_num} nodes with {self.tostr()})"

    def __len__(self) -> int:
        """The number of nodes, the first included."""
        return len(self.nodes) + 1

    def __getitem__(self, index: int) -> Node:
        """The edges of the node after the one of this index."""
        return self.nodes[index]

    @staticmethod
    def str2structure(xstr: str | TopologyStructure) -> TopologyStructure:
        """Return the cell of an architecture string."""
        if isinstance(xstr, TopologyStructure):
            return xstr
        assert isinstance(xstr, str), f"must take string (not {type(xstr)}) as input"
        return TopologyStructure(lists(xstr))

    @staticmethod
    def str2fullstructure(xstr: str, default_name: str = "none") -> TopologyStructure:
        """Return the cell of a string in which edges may be left out."""
        assert isinstance(xstr, str), f"must take string (not {type(xstr)}) as input"
        nodes = []
        for place, node in enumerate(lists(xstr)):
            sources = {source for _, source in node}
            added = [(default_name, source) for source in range(place) if source not in sources]
            nodes.append(tuple(sorted([*node, *added], key=lambda edge: (edge[1], edge[0]))))
        return TopologyStructure(nodes)

    @staticmethod
    def gen_all(search_space: Sequence[str], num: int, return_ori: bool) -> list[Any]:
        """Return all cells of a number of nodes, or only their lists."""
        assert isinstance(search_space, list | tuple), f"invalid class of search-space : {type(search_space)}"
        assert num >= 2, f"There should be at least two nodes in a neural cell instead of {num}"
        of_node = [
            [
                tuple(zip(ops, range(place), strict=True))
                for ops in itertools.product(search_space, repeat=place)
            ]
            for place in range(1, num)
        ]
        cells = [list(nodes) for nodes in itertools.product(*of_node)]
        return cells if return_ori else [TopologyStructure(cell) for cell in cells]


def topology_str2structure(xstr: str | TopologyStructure) -> TopologyStructure:
    """Return the cell of an architecture string."""
    return TopologyStructure.str2structure(xstr)
