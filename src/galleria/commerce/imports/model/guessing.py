"""Guesses a mapping from names of columns, in English, German and French, and from some rows."""

import re
from collections.abc import Sequence

from galleria.commerce.imports.model.fields import PRICED, field_of
from galleria.commerce.imports.model.mappings import MappingDocument, Rule
from galleria.foundation.text import slugify

# Field -> names of columns as slugs; words of the three languages side by side.
_NAMES: dict[str, str] = {
    "external_ref": "id product-id produkt-id artikel-id item-id external-id identifiant"
    " reference-produit",
    "handle": "handle slug url-key url-handle",
    "sku": "sku variant-sku artikelnummer artikelnr artikel-nr art-nr bestellnummer item-number"
    " item-no article-number part-number reference ref ugs code-article numero-d-article",
    "title": "title name product-name product-title titel bezeichnung produktname artikelname"
    " artikelbezeichnung produkt titre nom nom-du-produit designation libelle produit",
    "description": "description beschreibung langtext produktbeschreibung long-description"
    " description-longue texte descriptif",
    "brand": "brand vendor manufacturer marke hersteller marque fabricant fournisseur",
    "product_type": "type product-type produkttyp produktart warengruppe type-de-produit",
    "categories": "category categories product-category kategorie kategorien category-path"
    " categorie categories-de-produits rayon",
    "tags": "tags tag keywords schlagworte schlagworter stichworte mots-cles etiquettes",
    "collections": "collection collections kollektion kollektionen",
    "status": "status statut",
    "price": "price retail-price sales-price preis verkaufspreis vk vk-preis vk-brutto brutto-preis"
    " bruttopreis prix prix-de-vente prix-ttc tarif",
    "compare_at": "compare-at-price msrp rrp list-price uvp listenpreis streichpreis alter-preis"
    " prix-barre prix-conseille ancien-prix",
    "cost": "cost cost-per-item cost-price unit-cost purchase-price einkaufspreis ek ek-preis"
    " ek-netto prix-d-achat cout",
    "currency": "currency wahrung waehrung devise monnaie",
    "stock": "stock quantity qty inventory on-hand bestand lagerbestand menge lager anzahl"
    " stock-disponible quantite",
    "barcode": "barcode ean ean13 ean-13 gtin upc isbn strichcode code-barres code-ean",
    "weight": "weight gewicht poids",
    "images": "images image image-url picture pictures photo bild bilder bild-url bildlink"
    " image-link url-image images-url photos",
    "is_taxable": "taxable steuerpflichtig taxable-tva",
    "is_shippable": "requires-shipping shippable versandfahig",
    "seo.title": "seo-title meta-title meta-titel titre-seo",
    "seo.description": "seo-description meta-description meta-beschreibung description-seo",
    "option.Size": "size grosse groesse taille pointure",
    "option.Colour": "color colour farbe couleur",
    "attribute.material": "material materiau matiere",
    "attribute.gender": "gender geschlecht genre",
}
_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names.split()}
_GROUPS = frozenset(
    [
        "item-group-id",
        "parent",
        "parent-id",
        "parent-sku",
        "group",
        "group-id",
        "parent-artikel",
        "vaterartikel",
        "hauptartikel",
        "master-sku",
        "style",
        "style-number",
        "modell",
        "modele",
        "article-parent",
        "variant-group",
    ]
)
_WITH_UNIT = re.compile(r"(.+)-(g|kg|lb|lbs|oz|gramm|grammes|kilo)")
_UNITS = {"gramm": "g", "grammes": "g", "kilo": "kg", "lbs": "lb"}
_WITH_CURRENCY = re.compile(r"(.+?)-(eur|usd|gbp|chf|sek|dkk|nok|pln|czk|jpy|cad|aud)")
_NUMBERED = re.compile(r"(.+?)-?[0-9]{1,2}")
_LOCALE = re.compile(r"(.+)-(de|en|fr|it|es|nl)")
_COMMA_AMOUNT = re.compile(r"[0-9][0-9.\s\u00a0']*,[0-9]{1,2}\b")
_POINT_AMOUNT = re.compile(r"[0-9][0-9,\s\u00a0']*\.[0-9]{1,2}\b")
_SEPARATORS = ("|", ";", ",")
_TRANSLATED = {"title": "title", "description": "description_html"}
_ONCE = frozenset(("title", "handle", "external_ref", "sku", "price", "stock", "barcode"))


def suggest_mapping(
    header: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str = "auto"
) -> tuple[MappingDocument | None, list[str]]:
    """A mapping to begin with, and the columns it leaves out; None when no column is understood.

    It is a guess: a person looks at it before it is kept. Without a column that reads like a title
    it cannot be kept as it is.

    Args:
        header: names of the columns.
        rows: some rows below, for the form of amounts and lists; may be none.
        delimiter: what was found to part the columns.
    """
    rules: list[Rule] = []
    left_out: list[str] = []
    group_by: str | None = None
    taken: set[str] = set()
    for at, name in enumerate(header):
        if not name.strip():
            continue
        plain = slugify(name)
        if group_by is None and plain in _GROUPS:
            group_by = name
            continue
        samples = [row[at] for row in rows if at < len(row) and row[at].strip()]
        rule = _rule_of(name, plain, samples)
        if rule is None or (rule.field in taken and rule.field in _ONCE):
            left_out.append(name)
            continue
        taken.add(rule.field)
        rules.append(rule)
    if not rules:
        return None, left_out
    document = MappingDocument(
        rules=rules,
        delimiter=delimiter,  # type: ignore[arg-type]
        decimal_comma=_has_comma(header, rows, rules),
        group_by=group_by,
    )
    return document, left_out


def _rule_of(name: str, plain: str, samples: Sequence[str]) -> Rule | None:
    """What a column may fill, by its whole name, or by the name without unit, money or number."""
    if field_of(name) is not None:
        return Rule(field=name, column=name, split=_separator_of(name, samples))
    field = _FIELD_OF.get(plain)
    if field is not None:
        return Rule(field=field, column=name, split=_separator_of(field, samples))
    for pattern in (_WITH_UNIT, _WITH_CURRENCY, _LOCALE, _NUMBERED):
        match = pattern.fullmatch(plain)
        known = _FIELD_OF.get(match[1]) if match else None
        if match is None or known is None:
            continue
        rule = _rule_by_tail(name, known, match.groups()[-1], pattern, samples)
        if rule is not None:
            return rule
    return None


def _rule_by_tail(
    name: str, known: str, tail: str, pattern: re.Pattern[str], samples: Sequence[str]
) -> Rule | None:
    """What a column fills whose name ends in a unit, a currency, a language or a number."""
    if pattern is _WITH_UNIT and known == "weight":
        unit = _UNITS.get(tail, tail)
        return Rule(field="weight", column=name, unit=unit)  # type: ignore[arg-type]
    if pattern is _WITH_CURRENCY and known in PRICED:
        return Rule(field=known, column=name, currency=tail.upper())
    if pattern is _LOCALE and known in _TRANSLATED:
        return Rule(field=f"{_TRANSLATED[known]}.{tail}", column=name)
    if pattern is _NUMBERED and known in ("images", "categories", "tags"):
        return Rule(field=known, column=name, split=_separator_of(known, samples))
    return None


def _separator_of(field: str, samples: Sequence[str]) -> str | None:
    """What parts the values in the cells of a list."""
    if field not in ("tags", "images", "categories", "collections"):
        return None
    return next((each for each in _SEPARATORS if any(each in text for text in samples)), None)


def _has_comma(
    header: Sequence[str], rows: Sequence[Sequence[str]], rules: Sequence[Rule]
) -> bool | None:
    """Whether amounts have a decimal comma; None when the rows do not tell."""
    columns = {rule.column for rule in rules if rule.field.partition(".")[0] == "price"}
    texts = [
        row[at]
        for at, name in enumerate(header)
        if name in columns
        for row in rows
        if at < len(row)
    ]
    has_comma = any(_COMMA_AMOUNT.search(text) for text in texts)
    has_point = any(_POINT_AMOUNT.search(text) for text in texts)
    return has_comma if has_comma != has_point else None
