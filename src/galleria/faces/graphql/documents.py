"""Documents that were read and found valid, with their plans, kept for whoever sends them again.

Reading and validating takes longer than answering; most clients send a few documents for ever.
Nothing here belongs to a shop: a document says only what is asked, not of whom.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)
from graphql.execution.values import VariableValues, get_variable_values

from galleria.faces.graphql.checking import MOST_CHARACTERS, MOST_TOKENS, refuse_large
from galleria.faces.graphql.errors import DocumentTooLarge, InvalidDocument, InvalidVariables
from galleria.faces.graphql.planning import (
    Fragments,
    Planner,
    Selection,
    deciding_variables,
)
from galleria.foundation.errors import FieldError

# As a literal writes it: a database would choke on it.
_NUL = re.compile(r"\\u(0000|\{0+\})")
MOST_DOCUMENTS = 1_000
MOST_PLANS_EACH = 16
MOST_ERRORS = 20


class Operation:
    """One operation of a valid document."""

    def __init__(self, schema: GraphQLSchema, node: OperationDefinitionNode, document: "Document"):
        self._schema = schema
        self.node = node
        self.document = document
        self.is_write = node.operation is OperationType.MUTATION
        self.introspected: dict[str, dict[str, Any]] = {}
        self._deciding = deciding_variables(document.node)
        self._plans: OrderedDict[tuple[Any, ...], Selection] = OrderedDict()

    def variables_of(self, given: Mapping[str, Any]) -> VariableValues:
        """The variables as the schema takes them.

        Raises:
            InvalidVariables: one is missing or does not fit.
        """
        found = get_variable_values(
            self._schema, self.node.variable_definitions or (), dict(given), max_errors=MOST_ERRORS
        )
        if isinstance(found, list):
            raise InvalidVariables(
                "; ".join(each.message for each in found)[:2000],
                errors=[FieldError("variables", "invalid_value", each.message) for each in found],
            )
        return found

    def plan(self, variables: VariableValues) -> Selection:
        """What is to be read under these variables."""
        key = tuple(variables.coerced.get(name) for name in self._deciding)
        plan = self._plans.get(key)
        if plan is None:
            root = self._schema.get_root_type(self.node.operation)
            assert root is not None, "validation knows the root"
            plan = Planner(self.document.fragments, variables).selection(
                root, [self.node.selection_set]
            )
            self._plans[key] = plan
            if len(self._plans) > MOST_PLANS_EACH:
                self._plans.popitem(last=False)
        return plan


class Document:
    """A valid document."""

    def __init__(self, schema: GraphQLSchema, node: DocumentNode, text: str) -> None:
        self.node = node
        self.text = text
        self.fragments: Fragments = {
            each.name.value: each
            for each in node.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._operations = {
            each.name.value if each.name else "": Operation(schema, each, self)
            for each in node.definitions
            if isinstance(each, OperationDefinitionNode)
        }

    def operation(self, name: str | None) -> Operation:
        """The operation of this name, or the only one.

        Raises:
            InvalidDocument: there is none, or several and no name.
        """
        if name is None and len(self._operations) == 1:
            return next(iter(self._operations.values()))
        found = self._operations.get(name or "")
        if found is None:
            raise InvalidDocument("operationName names one of the document's operations")
        return found


class Documents:
    """See the module. Least recently used out first."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._kept: OrderedDict[bytes, Document] = OrderedDict()

    def read(self, text: str) -> Document:
        """The document, valid for this schema.

        Raises:
            InvalidDocument: it is not.
            DocumentTooLarge: it is larger than what is read.
        """
        if len(text) > MOST_CHARACTERS:
            raise DocumentTooLarge(f"a document has at most {MOST_CHARACTERS} characters")
        digest = sha256(text.encode()).digest()
        found = self._kept.get(digest)
        if found is None:
            found = Document(self.schema, self._validated(text), text)
            self._kept[digest] = found
            if len(self._kept) > MOST_DOCUMENTS:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(digest)
        return found

    def _validated(self, text: str) -> DocumentNode:
        if _NUL.search(text):
            raise InvalidDocument("text may not hold the character NUL")
        try:
            node = parse(
                text,
                max_tokens=MOST_TOKENS,
                max_lexical_tokens=MOST_TOKENS,
                allow_empty_selection_sets=False,
            )
        except GraphQLError as error:
            # The library has no codes for its own bounds.
            if f"more than {MOST_TOKENS} tokens" in error.message:
                raise DocumentTooLarge(f"a document has at most {MOST_TOKENS} tokens") from None
            if "nested too deeply" in error.message:
                raise DocumentTooLarge("the document is nested too deeply") from None
            raise InvalidDocument(error.message, errors=[_placed(error)]) from None
        refuse_large(node)
        errors = validate(
            self.schema, node, max_errors=MOST_ERRORS, allow_empty_selection_sets=False
        )
        if errors:
            told = "; ".join(each.message for each in errors)[:2000]
            raise InvalidDocument(told, errors=[_placed(each) for each in errors])
        return node


def _placed(error: GraphQLError) -> FieldError:
    at = error.locations[0] if error.locations else None
    return FieldError(f"{at.line}:{at.column}" if at else "", "graphql", error.message[:500])
