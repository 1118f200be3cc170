"""A formula as rows of a form: each row a step, read in order."""

import re
from typing import Any, Literal, TypeAlias

import msgspec

from galleria.commerce.pricing import PriceFormula
from galleria.faces.backoffice import forms
from galleria.faces.stationery import Form

MOST_STEPS = 10
Takes: TypeAlias = Literal["percent", "signed", "amount", "ending", "nothing"]
# What is typed beside each kind of step; in the order people are offered them.
KINDS: dict[str, Takes] = {
    "percent": "percent",
    "add": "signed",
    "set": "amount",
    "round": "amount",
    "end_in": "ending",
    "keep_as_compare_at": "nothing",
    "take_compare_at": "nothing",
}
DIRECTIONS = ("nearest", "up", "down")
PARTS = ("do", "value", "direction")
_DIRECTED = ("round", "end_in")
_PERCENT = re.compile(r"-?[0-9]{1,4}(\.[0-9]{1,4})?")
_ACTION = re.compile(r"(add|up|down|drop):([0-9])")


def count_of(form: Form[Any]) -> int:
    """How many steps the form says it has."""
    text = form.values.get("steps", "")
    return min(int(text), MOST_STEPS) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def reshape(form: Form[Any]) -> bool:
    """The steps are as the pressed button says; True when it was one for that."""
    match = _ACTION.fullmatch(form.values.get("action", ""))
    if match is None:
        return False
    steps = [_read(form, at) for at in range(count_of(form))]
    verb, at = match[1], int(match[2])
    if verb == "add":
        steps.append({"do": next(iter(KINDS)), "value": "", "direction": DIRECTIONS[0]})
    elif at < len(steps):
        moved = steps.pop(at)
        if verb != "drop":
            steps.insert(max(0, at - 1) if verb == "up" else at + 1, moved)
    _write(form, steps[:MOST_STEPS])
    return True


def _read(form: Form[Any], at: int) -> dict[str, str]:
    return {part: form.values.get(f"steps[{at}].{part}", "") for part in PARTS}


def _write(form: Form[Any], steps: list[dict[str, str]]) -> None:
    form.values["steps"] = str(len(steps))
    for at, step in enumerate(steps):
        form.values |= {f"steps[{at}].{part}": text for part, text in step.items()}


def fill(form: Form[Any], formula: PriceFormula | None, currency: str) -> None:
    """The form has the steps of the formula, or one to begin with."""
    if formula is None:
        _write(form, [{"do": "percent", "value": "", "direction": DIRECTIONS[0]}])
        return
    _write(form, [_step_texts(step, currency) for step in steps_of(formula)])


def steps_of(formula: PriceFormula) -> list[dict[str, Any]]:
    """The steps as mappings, `do` saying what each does; for templates."""
    return list(msgspec.to_builtins(formula)["steps"])


def _step_texts(step: dict[str, Any], currency: str) -> dict[str, str]:
    amount = step.get("amount_minor", step.get("step_minor"))
    text = step.get("percent") or step.get("ending") or ""
    if amount is not None:
        text = ("-" if amount < 0 else "") + forms.amount_text(abs(amount), currency)
    return {"do": step["do"], "value": text, "direction": step.get("direction", DIRECTIONS[0])}


def formula_of(form: Form[Any], currency: str) -> PriceFormula:
    """The formula that the rows say; a row that needs a value and has none is left out.

    Raises:
        InvalidInput: a row cannot be read; the error names its field.
    """
    steps = []
    for at in range(count_of(form)):
        step = _step_of(_read(form, at), f"steps[{at}]", currency)
        if step is not None:
            steps.append(step)
            form.values[f"place[{len(steps) - 1}]"] = str(at)
    if not steps:
        raise forms.refused("steps[0].value", "no_step")
    return msgspec.convert({"steps": steps}, PriceFormula)


def _step_of(row: dict[str, str], name: str, currency: str) -> dict[str, Any] | None:
    takes = KINDS.get(row["do"])
    if takes is None:
        raise forms.refused(f"{name}.do", "unknown_value")
    step: dict[str, Any] = {"do": row["do"]}
    if takes != "nothing":
        text, value = row["value"].strip(), f"{name}.value"
        if not text:
            return None
        step |= _typed(row["do"], takes, text, value, currency)
    if row["do"] in _DIRECTED:
        if row["direction"] not in DIRECTIONS:
            raise forms.refused(f"{name}.direction", "unknown_value")
        step["direction"] = row["direction"]
    return step


def _typed(do: str, takes: Takes, text: str, name: str, currency: str) -> dict[str, Any]:
    """What was typed beside a step, as its field."""
    if takes == "percent":
        plain = text.replace("\u2212", "-").replace(",", ".").removesuffix("%").strip()
        plain = plain.removeprefix("+")
        if not _PERCENT.fullmatch(plain):
            raise forms.refused(name, "invalid_number")
        return {"percent": plain}
    if takes == "ending":
        plain = text.replace(",", ".")
        if not re.fullmatch(r"[0-9.]{1,9}", plain):
            raise forms.refused(name, "invalid_ending")
        return {"ending": plain}
    plain = text.replace("\u2212", "-")
    is_less = takes == "signed" and plain.startswith("-")
    amount = forms.read_amount(plain.removeprefix("-") if is_less else plain, currency, name) or 0
    if do == "round":
        if amount < 1:
            raise forms.refused(name, "too_small")
        return {"step_minor": amount}
    return {"amount_minor": -amount if is_less else amount}


def names_of(form: Form[Any]) -> dict[str, str]:
    """The field that each path of the formula stands in, for what the room says of it."""
    names: dict[str, str] = {}
    for number in range(MOST_STEPS):
        at = form.values.get(f"place[{number}]")
        if at is not None:
            for part in ("ending", "percent"):
                names[f"formula.steps[{number}].{part}"] = f"steps[{at}].value"
    return names
