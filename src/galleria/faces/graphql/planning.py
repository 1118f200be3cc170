"""Turns a valid operation into a plan: what is read off which object, and what must be loaded.

A plan is made once for a document and kept, so that a request only fills in its variables. No type
of the house's schemas is abstract, and only fields that may be null can fail, which keeps it short:
`build.refuse_unplannable` holds both for every schema.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    visit,
)
from graphql.execution.values import VariableValues, get_argument_values, get_directive_values
from graphql.language import Visitor

from galleria.faces.graphql.specs import LOAD_COST, ROOT_COST, Spec, spec_of

TYPENAME = "__typename"
INTROSPECTION = frozenset({"__schema", "__type"})
INTROSPECTION_COST = 5_000

Fragments = dict[str, FragmentDefinitionNode]


@dataclass(slots=True, eq=False)
class Step:
    """One field of an object: its key in the answer, and where its value comes from."""

    key: str
    node: FieldNode
    definition: GraphQLField
    spec: Spec
    inside: "Selection | None"
    is_list: bool
    args: dict[str, Any] | None
    """None: they depend on variables."""

    def args_with(self, variables: VariableValues) -> dict[str, Any]:
        """The arguments under these variables."""
        return self.args if self.args is not None else self.read_args(variables)

    def read_args(self, variables: VariableValues | None = None) -> dict[str, Any]:
        """The arguments as the document and these variables say; None for what was left out."""
        blank = {each.out_name or name: None for name, each in self.definition.args.items()}
        return {**blank, **get_argument_values(self.definition, self.node, variables)}


@dataclass(slots=True, eq=False)
class Selection:
    """What is asked of one kind of object."""

    keys: tuple[str, ...] = ()
    read: Any = None
    """Takes the object to the values of `keys`, two or more."""
    steps: list[Step] = field(default_factory=list)
    nested: list[Step] = field(default_factory=list)
    loads: list[Step] = field(default_factory=list)
    constants: list[tuple[str, str]] = field(default_factory=list)
    introspections: list[FieldNode] = field(default_factory=list)
    names: frozenset[str] = frozenset()
    may_load: bool = False

    def wants(self, *names: str) -> bool:
        """True when one of these fields is asked for."""
        return not self.names.isdisjoint(names)

    def at(self, *path: str) -> "frozenset[str]":
        """The fields that are asked for at the end of `path`, under whatever aliases."""
        if not path:
            return self.names
        found: frozenset[str] = frozenset()
        for step in self.steps:
            if step.node.name.value == path[0] and step.inside is not None:
                found |= step.inside.at(*path[1:])
        return found


class Planner:
    """Makes the plan of one operation under one choice of what is skipped."""

    def __init__(self, fragments: Fragments, variables: VariableValues) -> None:
        self._fragments = fragments
        self._variables = variables

    def selection(self, kind: GraphQLObjectType, sets: Sequence[SelectionSetNode]) -> Selection:
        """What these sets, taken together, ask of objects of a kind."""
        nodes: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for each in sets:
            for node in self._fields(each, seen):
                nodes.setdefault((node.alias or node.name).value, []).append(node)
        made = Selection(names=frozenset(each[0].name.value for each in nodes.values()))
        readers: list[str] = []
        for key, same in nodes.items():
            name = same[0].name.value
            step = None if name in _META else self._step(key, kind.fields[name], same)
            readers.append((step.spec.attribute if step else "") or "__class__")
            if step is None:
                made.constants.append((key, kind.name if name == TYPENAME else ""))
                made.introspections += same if name in INTROSPECTION else []
            else:
                _place(made, step)
        made.keys = tuple(nodes)
        made.read = attrgetter(*readers, "__class__", "__class__")
        return made

    def _step(self, key: str, definition: GraphQLField, nodes: list[FieldNode]) -> Step:
        kind: Any = definition.type
        is_list = False
        while isinstance(kind, GraphQLNonNull | GraphQLList):
            is_list = is_list or isinstance(kind, GraphQLList)
            kind = kind.of_type
        inside = None
        if isinstance(kind, GraphQLObjectType):
            inside = self.selection(kind, [each.selection_set for each in nodes])  # type: ignore[misc]
        step = Step(key, nodes[0], definition, spec_of(definition), inside, is_list, None)
        if not any(_names_variable(each) for each in nodes[0].arguments or ()):
            step.args = step.read_args()
        return step

    def _fields(self, selections: SelectionSetNode, seen: set[str]) -> Iterator[FieldNode]:
        for each in selections.selections:
            if not self._is_wanted(each):
                continue
            if isinstance(each, FieldNode):
                yield each
            elif isinstance(each, FragmentSpreadNode):
                if each.name.value not in seen:
                    seen.add(each.name.value)
                    fragment = self._fragments[each.name.value]
                    yield from self._fields(fragment.selection_set, seen)
            elif isinstance(each, InlineFragmentNode):
                yield from self._fields(each.selection_set, seen)

    def _is_wanted(self, node: SelectionNode) -> bool:
        if not node.directives:
            return True
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not (skip and skip["if"]) and not (include and not include["if"])


_META = INTROSPECTION | {TYPENAME}


def _place(made: Selection, step: Step) -> None:
    made.steps.append(step)
    if not step.spec.attribute:
        made.loads.append(step)
    elif step.inside is not None:
        made.nested.append(step)
    if step.spec.load or (step.inside is not None and step.inside.may_load):
        made.may_load = True


class _Finder(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.names.add(node.name.value)


def _names_variable(node: Any) -> bool:
    finder = _Finder()
    visit(node, finder)
    return bool(finder.names)


def deciding_variables(document: Any) -> tuple[str, ...]:
    """The variables by which fields are skipped or included: a plan holds for their values."""
    finder = _Finder()

    class Deciding(Visitor):
        def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
            visit(node, finder)

    visit(document, Deciding())
    return tuple(sorted(finder.names))


def cost_of(selection: Selection, variables: VariableValues) -> int:
    """What answering costs at most: objects and fields, each as often as lists may hold it."""
    total = INTROSPECTION_COST * len(selection.introspections)
    for step in selection.steps:
        spec = step.spec
        cost = spec.cost + (ROOT_COST if spec.resolve else LOAD_COST if spec.load else 0)
        if step.inside is not None:
            times = spec.size
            if spec.sized_by:
                given = step.args_with(variables).get(spec.sized_by)
                times = given if isinstance(given, int) and given > 0 else spec.size
            cost += times * cost_of(step.inside, variables)
        total += cost
    return total
