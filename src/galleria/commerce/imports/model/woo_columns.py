"""The columns of WooCommerce's product export, in English, and in German and French shops.

Source: WooCommerce documentation, "Product CSV Importer and Exporter", schema of version 9.
"""

import re
from collections.abc import Sequence

# Field -> its names in lower case. The first is the one to name in a complaint.
_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id",),
    "type": ("type", "typ"),
    "sku": ("sku", "artikelnummer", "ugs"),
    "gtin": (
        "gtin, upc, ean, or isbn",
        "gtin, upc, ean oder isbn",
        "gtin, upc, ean ou isbn",
        "gtin",
    ),
    "name": ("name", "nom"),
    "published": ("published", "veröffentlicht", "publié"),
    "short": ("short description", "kurzbeschreibung", "description courte"),
    "description": ("description", "beschreibung"),
    "sale_from": (
        "date sale price starts",
        "datum, an dem angebotspreis beginnt",
        "date de début de promo",
    ),
    "sale_until": (
        "date sale price ends",
        "datum, an dem angebotspreis endet",
        "date de fin de promo",
    ),
    "tax_status": ("tax status", "steuerstatus", "état de la tva"),
    "in_stock": ("in stock?", "vorrätig?", "en stock ?", "en stock?"),
    "stock": ("stock", "lager", "lagerbestand"),
    "backorders": (
        "backorders allowed?",
        "lieferrückstände erlaubt?",
        "autoriser les commandes de produits en rupture ?",
    ),
    "sale_price": ("sale price", "angebotspreis", "tarif promo"),
    "price": ("regular price", "regulärer preis", "tarif régulier"),
    "categories": ("categories", "kategorien", "catégories"),
    "tags": ("tags", "schlagwörter", "étiquettes"),
    "images": ("images", "bilder"),
    "parent": ("parent", "übergeordnetes produkt", "übergeordnet"),
    "grouped": ("grouped products", "gruppierte produkte", "groupes de produits"),
    "position": ("position",),
    "brand": ("brands", "brand", "marken", "marques"),
}
_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names}
_WEIGHT = re.compile(r"(?:weight|gewicht|poids) \((g|kg|lbs?|oz)\)")
_ATTRIBUTE = re.compile(
    r"(?:attribute? ([0-9]{1,3}) (name|value\(s\)|visible|global|default))"
    r"|(?:attribut ([0-9]{1,3}) (name|wert\(e\)|sichtbar|global|standard))"
    r"|(?:(nom|valeur\(s\)) de l.attribut ([0-9]{1,3}))"
)
_META = re.compile(r"meta: (.+)")
# They say something that a shop here does not keep.
_IGNORED = re.compile(
    r"is featured\?|visibility in catalog|tax class|low stock amount|sold individually\?"
    r"|(length|width|height) \(.*\)|allow customer reviews\?|purchase note|shipping class"
    r"|download .*|upsells|cross-sells|external url|button text|swatches attributes"
    r"|ist hervorgehoben\?|sichtbarkeit im katalog|steuerklasse|(länge|breite|höhe) \(.*\)"
)
_PART = {"wert(e)": "value", "value(s)": "value", "valeur(s)": "value", "nom": "name"}


class WooColumns:
    """Which cell of a row holds which field."""

    def __init__(self, header: Sequence[str]) -> None:
        """Read the names of the first row."""
        self.header = [name.strip() for name in header]
        self.place_of: dict[str, int] = {}
        self.attributes: dict[int, dict[str, int]] = {}
        self.metas: dict[str, int] = {}
        self.weight_unit = "kg"
        self.unknown: list[str] = []
        for at, name in enumerate(self.header):
            self._place(at, name.lower())

    def _place(self, at: int, name: str) -> None:
        field, weight = _FIELD_OF.get(name), _WEIGHT.fullmatch(name)
        attribute, meta = _ATTRIBUTE.fullmatch(name), _META.fullmatch(name)
        if field is not None:
            self.place_of.setdefault(field, at)
        elif weight is not None:
            self.place_of.setdefault("weight", at)
            self.weight_unit = weight[1]
        elif attribute is not None:
            number = attribute[1] or attribute[3] or attribute[6]
            part = attribute[2] or attribute[4] or attribute[5]
            self.attributes.setdefault(int(number), {})[_PART.get(part, part)] = at
        elif meta is not None:
            # What begins with an underscore is a program's own.
            if not meta[1].startswith("_"):
                self.metas.setdefault(self.header[at][6:], at)
        elif name and not _IGNORED.fullmatch(name):
            self.unknown.append(self.header[at])

    @property
    def is_woo(self) -> bool:
        """The header is that of WooCommerce's export."""
        has_own = {"price", "published", "in_stock", "parent"} & self.place_of.keys()
        return {"type", "name"} <= self.place_of.keys() and bool(has_own) and self._has_key

    @property
    def _has_key(self) -> bool:
        return "id" in self.place_of or "sku" in self.place_of

    def name_of(self, field: str) -> str:
        """What this file calls the field, or what it usually is called."""
        at = self.place_of.get(field)
        return _NAMES.get(field, (field,))[0].capitalize() if at is None else self.header[at]

    def cell(self, cells: Sequence[str], field: str) -> str:
        """What the row says in this field, without space around; empty when it says nothing."""
        at = self.place_of.get(field)
        return "" if at is None else cells[at].strip()

    def attribute(self, cells: Sequence[str], number: int) -> tuple[str, str]:
        """Name and values of an attribute in this row."""
        places = self.attributes[number]
        name, value = places.get("name"), places.get("value")
        return (
            "" if name is None else cells[name].strip(),
            "" if value is None else cells[value].strip(),
        )


class WooKeys:
    """Tells the product of each row: a variation's parent is named by SKU, or as `id:12`.

    Memory is one entry for each product with variations that has an SKU; of those beyond half a
    million, a variation that names its parent in the other way stays without it.
    """

    MAX_KNOWN = 500_000

    def __init__(self, columns: WooColumns) -> None:
        self._columns = columns
        self._key_of_id: dict[str, str] = {}
        self._key_of_sku: dict[str, str] = {}
        self._asked_ids: set[str] = set()

    def __call__(self, cells: Sequence[str]) -> str:
        """The key of the row's product; empty when the row does not say."""
        columns = self._columns
        kind, parent = columns.cell(cells, "type").lower(), columns.cell(cells, "parent")
        if "variation" in kind:
            if parent.lower().startswith("id:"):
                return self._by_id(parent[3:].strip())
            return self._key_of_sku.get(parent, f"sku:{parent}") if parent else ""
        own_id, sku = columns.cell(cells, "id"), columns.cell(cells, "sku")
        if not sku:
            return f"id:{own_id}" if own_id else ""
        # A variation that came before its parent may have called it by its id.
        key = f"id:{own_id}" if own_id in self._asked_ids else f"sku:{sku}"
        if "variable" in kind and own_id and len(self._key_of_id) < self.MAX_KNOWN:
            self._key_of_id[own_id] = self._key_of_sku[sku] = key
        return key

    def _by_id(self, parent_id: str) -> str:
        key = self._key_of_id.get(parent_id)
        if key is None:
            if len(self._asked_ids) < self.MAX_KNOWN:
                self._asked_ids.add(parent_id)
            key = f"id:{parent_id}"
        return key
