"""The rules of a product type as rows, and a combination tried against them as they are typed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import attributes
from galleria.commerce.attributes import (
    Attribute,
    DictionaryEntryChanged,
    ProductType,
    ProductTypeChanges,
    Rule,
)
from galleria.engines.context import Context
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.attributes import rule_reading, rule_rows, verdicts
from galleria.faces.backoffice.pages.attributes.rule_reading import NUMBERS
from galleria.faces.backoffice.pages.attributes.rule_rows import Names, RuleRow
from galleria.faces.backoffice.pages.attributes.types import PLACE
from galleria.faces.backoffice.pages.attributes.verdicts import Verdict
from galleria.faces.backoffice.pages.products.editing import expected_version
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError


@get("/s/{slug:str}/attributes/types/{type_id:uuid}/rules", scope="products:read")
async def show_rules(desk: NamedDependency[Desk], type_id: FromPath[UUID]) -> Response[bytes]:
    """The rules as they are saved, and what was asked in the address tried against them."""
    found = await attributes.get_product_type(desk.ctx, type_id)
    axes = await _axes_of(desk.ctx, found)
    form = forms.empty(version=str(found.version))
    form.values |= {
        verdicts.PREFIX + each.code: desk.question(verdicts.PREFIX + each.code, 200)
        for each in axes
    }
    return await _show(desk, found, form, await _rows_of(desk.ctx, found, axes))


async def _axes_of(ctx: Context, product_type: ProductType) -> list[Attribute]:
    known = (await attributes.dictionary(ctx)).attributes
    return [known[each] for each in product_type.axes if each in known]


async def _rows_of(
    ctx: Context, product_type: ProductType, axes: Sequence[Attribute]
) -> list[RuleRow]:
    """The saved rules as rows; none when the form has no room for them."""
    if not rule_rows.fits(product_type.rules):
        return []
    numbered = {each.attribute_id for each in axes if each.kind in NUMBERS}
    points = _word_numbers(product_type.rules, numbered)
    found = await attributes.words_of(ctx, points)
    names = Names(
        codes={each.attribute_id: each.code for each in axes},
        words={number: view.word for number, view in found.items()},
    )
    return rule_rows.rows_of(product_type.rules, names)


def _word_numbers(rules: Sequence[Rule], numbered: set[int]) -> set[int]:
    """The numbers of the values that rules name; those of numeric axes are not among them."""
    found: set[int] = set()
    for rule in rules:
        if isinstance(rule, attributes.AllowRule):
            for row in rule.combinations:
                pairs = zip(rule.axes, row, strict=True)
                found |= {int(point) for axis, point in pairs if axis not in numbered}
            continue
        conditions = list(rule.when)
        if isinstance(rule, attributes.ImplyRule):
            conditions.append(rule.then)
        for each in conditions:
            if each.attribute_id not in numbered:
                found |= {int(point) for point in each.values}
    return found


async def _show(
    desk: Desk,
    found: ProductType,
    form: Form[Any],
    rows: list[RuleRow],
    status: int = 200,
    verdict: Verdict | None = None,
) -> Response[bytes]:
    axes = await _axes_of(desk.ctx, found)
    if verdict is None:
        verdict = await _saved_verdict(desk, found, axes, form)
    return desk.show(
        "attributes/rules.html",
        status,
        found=found,
        form=form,
        tab="rules",
        axes=axes,
        choices=await _choices(desk.ctx, axes),
        rows=rows,
        kinds=rule_rows.KINDS,
        numbers=NUMBERS,
        fits=rule_rows.fits(found.rules),
        may_add=len(rows) < rule_rows.MOST_ROWS,
        most_conditions=rule_rows.MOST_CONDITIONS,
        verdict=verdict,
    )


async def _saved_verdict(
    desk: Desk, found: ProductType, axes: Sequence[Attribute], form: Form[Any]
) -> Verdict:
    chosen = verdicts.choice_of(form, axes)
    if form.errors or form.message:
        return Verdict(is_asked=False, is_whole=False, breaches=[])
    try:
        return await verdicts.verdict_on(desk.ctx, found, axes, chosen)
    except GalleriaError as error:
        forms.refuse(form, error)
        return Verdict(is_asked=False, is_whole=False, breaches=[])


async def _choices(ctx: Context, axes: Sequence[Attribute]) -> dict[str, list[str]]:
    """The words of each axis; of one with very many none, so that they are typed."""
    choices: dict[str, list[str]] = {}
    for axis in axes:
        if axis.kind not in NUMBERS:
            page = await attributes.list_values(ctx, axis.code, limit=verdicts.MOST_WORDS)
            if page.next_cursor is None:
                choices[axis.code] = [each.word for each in page.items if not each.is_archived]
    return choices


@post("/s/{slug:str}/attributes/types/{type_id:uuid}/rules", scope="products:write")
async def change_rules(desk: NamedDependency[Desk], type_id: FromPath[UUID]) -> Response[bytes]:
    """What the pressed button asks for: a row more or less, a try, or to save."""
    found = await attributes.get_product_type(desk.ctx, type_id)
    if not rule_rows.fits(found.rules):
        raise forms.refused("rules", "too_many")
    form, rows = desk.form, rule_rows.read_rows(desk.form)
    action = form.values.get("action", "save")
    if rule_rows.reshape(rows, action, form.values.get("new_kind", "")):
        nothing = Verdict(is_asked=False, is_whole=False, breaches=[])
        return await _show(desk, found, form, rows, verdict=nothing)
    try:
        axes = await _axes_of(desk.ctx, found)
        rules = await _rules_of(desk.ctx, axes, rows)
        if action == "try":
            chosen = verdicts.choice_of(form, axes)
            verdict = await verdicts.verdict_on(desk.ctx, found, axes, chosen, rules)
            return await _show(desk, found, form, rows, verdict=verdict)
        changes = ProductTypeChanges(rules=rules)
        version = expected_version(form)
        await attributes.update_product_type(desk.ctx, type_id, changes, version)
    except DictionaryEntryChanged as error:
        theirs = await attributes.get_product_type(desk.ctx, type_id)
        form.values["version"] = str(theirs.version)
        forms.refuse(form, error)
        return await _show(desk, theirs, form, rows, error.status)
    except GalleriaError as error:
        forms.refuse(form, error)
        return await _show(desk, found, form, rows, error.status)
    return desk.go(desk.at(f"{PLACE}/{type_id}/rules"), Notice("rules_saved", count=len(rules)))


async def _rules_of(ctx: Context, axes: Sequence[Attribute], rows: Sequence[RuleRow]) -> list[Rule]:
    """The rules that the rows say.

    Raises:
        InvalidInput: a row cannot be read; the error names its field.
    """
    by_code = {each.code: each for each in axes}
    return rule_reading.rules_of(rows, await rule_reading.facts_for(ctx, by_code, rows))


@post("/s/{slug:str}/attributes/types/{type_id:uuid}/rules/try", scope="products:write")
async def try_combination(desk: NamedDependency[Desk], type_id: FromPath[UUID]) -> Response[bytes]:
    """A part of the page, for the script: what the rules as typed say of the choice as typed."""
    found = await attributes.get_product_type(desk.ctx, type_id)
    axes = await _axes_of(desk.ctx, found)
    verdict, message = Verdict(is_asked=False, is_whole=False, breaches=[]), ""
    try:
        rules = None
        if rule_rows.fits(found.rules):
            rules = await _rules_of(desk.ctx, axes, rule_rows.read_rows(desk.form))
        chosen = verdicts.choice_of(desk.form, axes)
        verdict = await verdicts.verdict_on(desk.ctx, found, axes, chosen, rules)
    except GalleriaError:
        message = "rules_not_ready"
    return desk.show("attributes/verdict.html", verdict=verdict, message=message)


ROUTES = [show_rules, change_rules, try_combination]
