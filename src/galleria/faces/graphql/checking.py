"""Refuses documents that are too large before anything costly looks at them.

Validation of GraphQL compares fields pairwise and follows fragments, so a small text can take it
seconds. Here each part of a document is walked once; what fragments bring is counted by their sums.
"""

from collections.abc import Iterable

import msgspec
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from galleria.faces.graphql.errors import DocumentTooLarge, InvalidDocument
from galleria.faces.graphql.planning import INTROSPECTION

MOST_TOKENS = 4_000
MOST_CHARACTERS = 64_000
MOST_DEPTH = 12
MOST_TOLD_DEPTH = 20
MOST_FIELDS = 1_000
MOST_ALIASES = 100
MOST_DIRECTIVES = 50
MOST_OPERATIONS = 20
MOST_FRAGMENTS = 50
# Fields of one name in one set are compared with each other, each with each.
MOST_OF_ONE_NAME = 20
MOST_VARIABLES = 100


class Size(msgspec.Struct, frozen=True):
    """How much a part of a document asks for when its fragments are put in place."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0

    def joined(self, other: "Size") -> "Size":
        """Both beside each other."""
        return Size(
            max(self.depth, other.depth),
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
        )


def refuse_large(document: DocumentNode) -> None:
    """Pass when the document may be validated.

    Raises:
        DocumentTooLarge: one of the bounds above is passed.
        InvalidDocument: fragments lead back to themselves.
    """
    operations = [
        each for each in document.definitions if isinstance(each, OperationDefinitionNode)
    ]
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    _refuse(len(operations), MOST_OPERATIONS, "operations")
    _refuse(len(fragments), MOST_FRAGMENTS, "fragments")
    walk = _Walk(fragments)
    for name in fragments:
        walk.of_fragment(name)
    for operation in operations:
        _refuse(len(operation.variable_definitions or ()), MOST_VARIABLES, "variables")
        size = walk.of_set(operation.selection_set)
        _refuse(size.depth, MOST_DEPTH, "levels")
        _refuse(size.directives + len(operation.directives or ()), MOST_DIRECTIVES, "directives")


class _Walk:
    """Sizes of selections; those of fragments are kept."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._sizes: dict[str, Size] = {}
        self._open: set[str] = set()

    def of_fragment(self, name: str) -> Size:
        fragment = self._fragments.get(name)
        if fragment is None:
            return Size()  # validation says so, with its place
        if name in self._open:
            raise InvalidDocument(f"the fragment {name[:100]} leads back to itself")
        if name not in self._sizes:
            self._open.add(name)
            self._sizes[name] = self.of_set(fragment.selection_set)
            self._open.discard(name)
        return self._sizes[name]

    def of_set(self, selections: SelectionSetNode | None) -> Size:
        if selections is None:
            return Size()
        size = Size()
        for each in selections.selections:
            size = size.joined(self._of(each))
        _refuse(size.fields, MOST_FIELDS, "fields")
        _refuse(size.aliases, MOST_ALIASES, "aliases")
        _refuse(size.directives, MOST_DIRECTIVES, "directives")
        _refuse_crowds(_names(selections, self._fragments, set()))
        return size

    def _of(self, selection: object) -> Size:
        directives = len(getattr(selection, "directives", None) or ())
        if isinstance(selection, FieldNode):
            inner = self.of_set(selection.selection_set)
            # The schema is told by levels of its own, which validation bounds.
            is_told = selection.name.value in INTROSPECTION and inner.depth <= MOST_TOLD_DEPTH
            return Size(
                1 if is_told else inner.depth + 1,
                inner.fields + 1,
                inner.aliases + (selection.alias is not None),
                inner.directives + directives,
            )
        if isinstance(selection, FragmentSpreadNode):
            inner = self.of_fragment(selection.name.value)
        else:
            inner = self.of_set(getattr(selection, "selection_set", None))
        return Size(inner.depth, inner.fields, inner.aliases, inner.directives + directives)


def _names(
    selections: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode], seen: set[str]
) -> list[str]:
    """The response names of one set, its fragments' among them, each fragment once."""
    found: list[str] = []
    for each in selections.selections:
        if isinstance(each, FieldNode):
            found.append((each.alias or each.name).value)
        elif isinstance(each, FragmentSpreadNode):
            fragment = fragments.get(each.name.value)
            if fragment is not None and each.name.value not in seen:
                seen.add(each.name.value)
                found += _names(fragment.selection_set, fragments, seen)
        else:
            found += _names(each.selection_set, fragments, seen)  # type: ignore[attr-defined]
    return found


def _refuse_crowds(names: Iterable[str]) -> None:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    if counts:
        _refuse(max(counts.values()), MOST_OF_ONE_NAME, "fields of one name beside each other")


def _refuse(count: int, most: int, what: str) -> None:
    if count > most:
        raise DocumentTooLarge(f"a document has at most {most} {what}")
