"""A product as the fields of its form, and back: what was typed becomes changes of the product.

Names of fields are the paths by which the catalog speaks of errors, so each finds its place.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec
from markupsafe import escape

from galleria.commerce.attributes import Attribute
from galleria.commerce.catalog import (
    AttributeValue,
    Option,
    ProductChanges,
    ProductTree,
    Seo,
    Translation,
)
from galleria.commerce.collections import CollectionRef
from galleria.faces.backoffice import forms
from galleria.faces.stationery import Form
from galleria.foundation.errors import InvalidInput

MOST_OPTIONS = 3
NEW_ATTRIBUTES = 2  # empty rows for further attributes on each page
TEXTS = ("title", "handle", "description_html", "brand", "product_type")
LISTS = ("category_ids", "collection_ids")
Values = dict[str, str]


def values_of(product: ProductTree, locales: Sequence[str]) -> Values:
    """The product as the form shows it; lists of ids come from `lists_of`."""
    values = {name: str(getattr(product, name)) for name in TEXTS}
    values["tags"] = ", ".join(product.tags)
    values["seo.title"] = product.seo.title or ""
    values["seo.description"] = product.seo.description or ""
    values |= option_values(product.options)
    for code, value in product.attributes.items():
        values[f"attributes.{code}"] = attribute_text(value)
    for locale in locales:
        translation = product.translations.get(locale) or Translation()
        path = f"translations.{locale}"
        values[f"{path}.title"] = translation.title or ""
        values[f"{path}.description_html"] = translation.description_html or ""
        values[f"{path}.options"] = _words_text(product.options, translation.options)
    return values


def lists_of(product: ProductTree, held: Sequence[CollectionRef]) -> dict[str, list[str]]:
    """Where the product lies, as ids: only places it was put into itself."""
    return {
        "category_ids": [str(each.category_id) for each in product.categories if each.is_direct],
        "collection_ids": [str(each.collection_id) for each in held if not each.is_by_rule],
    }


def chosen_collections(form: Form[Any]) -> list[UUID] | None:
    """The collections that were ticked; None when nobody touched them, or there was no room."""
    wanted = [text for text in form.many.get("collection_ids", []) if _is_id(text)]
    is_touched = _base_of(form).get("collection_ids") != _mark(",".join(sorted(wanted)))
    if "has_collection_ids" not in form.values or not is_touched:
        return None
    return [UUID(text) for text in wanted]


def marks_of(form: Form[Any]) -> str:
    """A short mark for each field as it was when the page was made: tells what was touched."""
    marks = {name: _mark(text) for name, text in form.values.items()}
    marks |= {name: _mark(",".join(sorted(form.many.get(name, [])))) for name in LISTS}
    return msgspec.json.encode(marks).decode()


def _mark(text: str) -> str:
    return blake2b(_plain(text).encode(), digest_size=6).hexdigest()


def _base_of(form: Form[Any]) -> dict[str, str]:
    """The marks of the page that the form was made from."""
    try:
        return msgspec.json.decode(form.values.get("base", ""), type=dict[str, str])
    except msgspec.DecodeError:
        return {}


def meet(form: Form[Any], present: Form[Any]) -> list[tuple[str, str, str]]:
    """The form is of the present version now: fields left alone follow it, others stay as typed.

    Name, present text and typed text of each field that was typed and differs come back.
    """
    base = _base_of(form)
    conflicts = []
    for name, theirs in present.values.items():
        typed = form.values.get(name, theirs)
        if name in {"version", "base"} or base.get(name) == _mark(typed):
            form.values[name] = theirs
        elif _plain(typed) != _plain(theirs):
            conflicts.append((name, theirs, _plain(typed)))
    for name in LISTS:
        if base.get(name) == _mark(",".join(sorted(form.many.get(name, [])))):
            form.many[name] = present.many[name]
    return conflicts


def option_values(options: Sequence[Option]) -> Values:
    """The axes as fields, empty ones behind them."""
    values: Values = {}
    for axis in range(MOST_OPTIONS):
        option = options[axis] if axis < len(options) else None
        values[f"options[{axis}].name"] = option.name if option else ""
        values[f"options[{axis}].values"] = "\n".join(option.values) if option else ""
    return values


def attribute_text(value: object) -> str:
    """A value as the form shows it: `true`, `12.5`, or the text itself."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _words_text(options: Sequence[Option], words: dict[str, str]) -> str:
    """One line for each word of the options: `Blue = Blau`."""
    texts = [text for option in options for text in (option.name, *option.values)]
    return "\n".join(f"{text} = {words.get(text, '')}".rstrip() for text in dict.fromkeys(texts))


def changes_of(
    form: Form[Any],
    product: ProductTree,
    dictionary: dict[str, Attribute],
    locales: Sequence[str],
) -> ProductChanges | None:
    """What the form wants different; None when it does not fit, and then the form says why.

    Fields that are as they were are left out, so nobody else's work is written over by accident.
    """
    before, after = values_of(product, locales), form.values
    fields: dict[str, Any] = {}
    for name in TEXTS:
        if name in after and _plain(after[name]) != _plain(before[name]):
            fields[name] = after[name].strip()
    if "description_html" in fields:
        fields["description_html"] = html_of(fields["description_html"])
    if "tags" in after and forms.listed(after["tags"]) != product.tags:
        fields["tags"] = forms.listed(after["tags"])
    if _differs(before, after, "seo."):
        fields["seo"] = Seo(
            title=after.get("seo.title", "").strip() or None,
            description=after.get("seo.description", "").strip() or None,
        )
    try:
        if _differs(before, after, "options["):
            fields["options"] = options_of(form)
        if _attributes_differ(before, after):
            fields["attributes"] = _attributes_of(form, product, dictionary)
    except InvalidInput as error:
        forms.refuse(form, error)
        return None
    if _differs(before, after, "translations."):
        fields["translations"] = _translations_of(form, product, locales)
    _note_places(form, product, fields)
    return forms.convert(form, fields, ProductChanges)


def _note_places(form: Form[Any], product: ProductTree, fields: dict[str, Any]) -> None:
    """Categories, if the form has them and they differ."""
    present = lists_of(product, ())["category_ids"]
    wanted = [text for text in form.many.get("category_ids", []) if text]
    if "has_category_ids" in form.values and set(wanted) != set(present):
        fields["category_ids"] = [UUID(text) for text in wanted if _is_id(text)]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _plain(text: str) -> str:
    """Without the carriage returns that browsers put into text areas."""
    return text.replace("\r\n", "\n").strip()


def _differs(before: Values, after: Values, prefix: str) -> bool:
    names = {name for name in (*before, *after) if name.startswith(prefix)}
    return any(
        _plain(after[name]) != _plain(before.get(name, "")) for name in names if name in after
    )


def html_of(text: str) -> str:
    """Text without any markup as paragraphs; what has markup is left as it is."""
    if "<" in text or not text.strip():
        return text
    paragraphs = [part for part in _plain(text).split("\n\n") if part.strip()]
    return "".join(
        "<p>" + "<br>".join(str(escape(line)) for line in part.strip().splitlines()) + "</p>"
        for part in paragraphs
    )


def options_of(form: Form[Any]) -> list[Option]:
    """The axes that were typed; a name without values, or values without a name, is refused.

    Raises:
        InvalidInput: naming the field.
    """
    options = []
    for axis in range(MOST_OPTIONS):
        name = form.values.get(f"options[{axis}].name", "").strip()
        values = forms.listed(form.values.get(f"options[{axis}].values", ""), "\n")
        if not name and not values:
            continue
        if not name:
            raise forms.refused(f"options[{axis}].name", "required")
        if not values:
            raise forms.refused(f"options[{axis}].values", "required")
        options.append(Option(name[:200], [value[:200] for value in values]))
    return options


def _attributes_differ(before: Values, after: Values) -> bool:
    has_new = any(
        after.get(f"new_attributes[{row}].code", "").strip() for row in range(NEW_ATTRIBUTES)
    )
    return has_new or _differs(before, after, "attributes.")


def _attributes_of(
    form: Form[Any], product: ProductTree, dictionary: dict[str, Attribute]
) -> dict[str, AttributeValue]:
    """All attributes of the product as the form has them; an emptied one is taken away."""
    wanted: dict[str, AttributeValue] = {}
    for code, present in product.attributes.items():
        name = f"attributes.{code}"
        if name not in form.values:
            wanted[code] = present
        elif form.values[name].strip():
            kind = dictionary[code].kind if code in dictionary else _kind_of(present)
            wanted[code] = _attribute_value(form.values[name], kind, name)
    for row in range(NEW_ATTRIBUTES):
        path = f"new_attributes[{row}]"
        code = form.values.get(f"{path}.code", "").strip().lower().replace(" ", "_")
        text = form.values.get(f"{path}.value", "")
        if not code or not text.strip():
            continue
        known = dictionary.get(code)
        kind = known.kind if known else form.values.get(f"{path}.kind", "text")
        wanted[code] = _attribute_value(text, kind, f"{path}.value")
    return wanted


def _kind_of(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "text"


def _attribute_value(text: str, kind: str, name: str) -> AttributeValue:
    plain = text.strip()
    if kind == "boolean":
        if plain not in {"true", "false"}:
            raise forms.refused(name, "invalid_boolean")
        return plain == "true"
    if kind == "multi_select":
        return forms.listed(plain, ",")
    if kind not in {"number", "integer", "decimal"}:
        return plain
    try:
        number = float(plain.replace(",", "."))
    except ValueError:
        raise forms.refused(name, "invalid_number") from None
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _translations_of(
    form: Form[Any], product: ProductTree, locales: Sequence[str]
) -> dict[str, Translation]:
    """All translations: those of the form's languages as typed, others as they are."""
    wanted = dict(product.translations)
    for locale in locales:
        path = f"translations.{locale}"
        if f"{path}.title" not in form.values:
            continue
        translation = Translation(
            title=form.values[f"{path}.title"].strip() or None,
            description_html=html_of(form.values.get(f"{path}.description_html", "").strip())
            or None,
            options=_words_of(form.values.get(f"{path}.options", "")),
        )
        if translation == Translation():
            wanted.pop(locale, None)
        else:
            wanted[locale] = translation
    return wanted


def _words_of(text: str) -> dict[str, str]:
    words: dict[str, str] = {}
    for line in text.splitlines():
        # The last sign parts them: an option's own word may hold one.
        word, _, translation = line.rpartition("=")
        if word.strip() and translation.strip():
            words[word.strip()] = translation.strip()
    return words
