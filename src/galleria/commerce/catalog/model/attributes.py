"""The dictionary of attributes: which names there are, of which kind, and what they may say."""

import re
from collections.abc import Mapping
from math import isfinite
from typing import Literal, TypeAlias

import msgspec

from galleria.commerce.catalog.model.products import AttributeValue
from galleria.foundation.errors import FieldError

Kind: TypeAlias = Literal["text", "number", "boolean", "select"]
KINDS: tuple[Kind, ...] = ("text", "number", "boolean", "select")

# Among 19,406 real products the richest has 184.
MAX_ATTRIBUTES = 250
MAX_CODE_LENGTH = 100
MAX_TEXT_LENGTH = 10_000
MAX_CHOICES = 500

_CODE = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_KIND_OF_TYPE: dict[type, Kind] = {str: "text", bool: "boolean", int: "number", float: "number"}


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """One name of the dictionary.

    `labels` gives the label by locale, `unit` is shown beside a number, `choices` are the only
    values of a select, in order.
    """

    attribute_id: int
    code: str
    label: str
    labels: dict[str, str]
    kind: Kind
    unit: str | None
    choices: list[str]
    is_filterable: bool


class AttributeRule(msgspec.Struct, frozen=True):
    """What a value must satisfy; `choices` is None unless the kind is select."""

    kind: Kind
    choices: frozenset[str] | None = None


def rule_of(kind: Kind, choices: list[str]) -> AttributeRule:
    """The rule of an attribute."""
    return AttributeRule(kind, frozenset(choices) if kind == "select" else None)


def label_of(code: str) -> str:
    """A readable label for a code nobody has named yet: `frame_width` becomes "Frame width"."""
    words = re.sub(r"[_.-]+", " ", code).strip()
    return words[:1].upper() + words[1:] if words else code


def check_attributes(
    attributes: Mapping[str, AttributeValue], rules: dict[str, AttributeRule]
) -> list[FieldError]:
    """What is wrong with these values under the rules of the dictionary.

    A code the dictionary lacks is added to `rules` with the kind of its value, provided that
    nothing at all is wrong: so the first draft of a batch decides for the rest.
    """
    errors: list[FieldError] = []
    fresh: dict[str, AttributeRule] = {}
    for code, value in attributes.items():
        rule = rules.get(code)
        kind = _KIND_OF_TYPE.get(type(value))
        if rule is None and kind is not None:
            fresh[code] = rule = AttributeRule(kind)
            if len(code) > MAX_CODE_LENGTH or not _CODE.fullmatch(code):
                errors.append(_refused(code, "invalid_code", "not a lower-case code"))
        if kind is None or rule is None:
            errors.append(_refused(code, "attribute_kind_mismatch", "text, number or boolean"))
        elif kind != rule.kind and not (kind == "text" and rule.kind == "select"):
            errors.append(_refused(code, "attribute_kind_mismatch", f"should be {rule.kind}"))
        elif kind == "text":
            errors += _check_text(code, str(value), rule)
        elif kind == "number" and not isfinite(value):  # type: ignore[arg-type]
            errors.append(_refused(code, "not_a_number", "not a finite number"))
    if len(attributes) > MAX_ATTRIBUTES:
        errors.append(FieldError("attributes", "too_many_attributes", f"at most {MAX_ATTRIBUTES}"))
    if not errors:
        rules.update(fresh)
    return errors


def _check_text(code: str, value: str, rule: AttributeRule) -> list[FieldError]:
    if len(value) > MAX_TEXT_LENGTH:
        return [_refused(code, "too_long", f"at most {MAX_TEXT_LENGTH} characters")]
    if rule.choices is not None and value not in rule.choices:
        return [_refused(code, "unknown_choice", f"{value[:50]!r} is none of the choices")]
    return []


def _refused(code: str, problem: str, message: str) -> FieldError:
    return FieldError(f"attributes.{code[:MAX_CODE_LENGTH]}", problem, message)
