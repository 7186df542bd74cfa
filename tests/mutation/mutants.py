"""Mutants of a module: its source with one small mistake in the body of one function, as mutmut makes them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider, WhitespaceInclusivePositionProvider
from mutmut.mutation.file_mutation import Mutation, MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode


@dataclass(frozen=True)
class Mutant:
    """One mistake: its lines, and the text that stands there instead of characters `start` to `end` of the file."""

    file: Path
    line: int
    last_line: int
    function: str
    start: int
    end: int
    text: str

    @property
    def source(self) -> str:
        """The source of the whole module with the mistake."""
        whole = self.file.read_text(encoding="utf-8")
        return whole[: self.start] + self.text + whole[self.end :]

    @property
    def description(self) -> str:
        """The function, the lines before and after. It has no number of a line: lines come and go elsewhere."""
        before, after = self.file.read_text(encoding="utf-8").split("\n"), self.source.split("\n")
        while before and after and before[0] == after[0]:
            del before[0], after[0]
        while before and after and before[-1] == after[-1]:
            del before[-1], after[-1]
        old, new = (" ".join(line.strip() for line in lines) for lines in (before, after))
        return f"{self.function} | {old} | {new}"


class _FunctionVisitor(MutationVisitor):
    """Mutates decorated functions, too: their code is exchanged, not their name. Leaves casts, which do nothing."""

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.FunctionDef):
            return False
        is_cast = isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == "cast"
        return is_cast or bool(super()._skip_node_and_children(node))


def mutants_of(file: Path) -> list[Mutant]:
    """Every mutant of a file."""
    text = file.read_text(encoding="utf-8")
    wrapper = MetadataWrapper(cst.parse_module(text))
    visitor = _FunctionVisitor(mutation_operators, IgnoredCode(set(), set(), set()))
    wrapper.visit(visitor)
    names = dict(_functions(wrapper.module))
    lines, spans = wrapper.resolve(PositionProvider), wrapper.resolve(WhitespaceInclusivePositionProvider)
    starts = [0, 0]  # lines count from 1
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)

    def change(mutation: Mutation) -> tuple[int, int, str]:
        old, new = mutation.original_node, mutation.mutated_node
        if isinstance(old, cst.Match) or old not in spans:  # a block alone does not know how far it is indented
            return 0, len(text), cst.ensure_type(wrapper.module.deep_replace(old, new), cst.Module).code
        first, last = (starts[each.line] + each.column for each in (spans[old].start, spans[old].end))
        return first, last, wrapper.module.code_for_node(new)

    return [
        Mutant(file, where.start.line, where.end.line, names[function], *change(mutation))
        for mutation in visitor.mutations
        if (function := mutation.contained_by_top_level_function) in names
        and (where := lines.get(mutation.original_node))
    ]


def _functions(node: cst.Module | cst.ClassDef, prefix: str = "") -> Iterator[tuple[cst.CSTNode | None, str]]:
    for statement in node.body if isinstance(node, cst.Module) else node.body.body:
        if isinstance(statement, cst.FunctionDef):
            yield statement, prefix + statement.name.value
        elif isinstance(statement, cst.ClassDef):
            yield from _functions(statement, f"{prefix}{statement.name.value}.")
