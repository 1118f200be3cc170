"""The base dictionary: attributes that shops take over by code, so that they share codes.

Labels stand in English, German and French. A shop's copy is its own: it may rename and add.
"""

import re

import msgspec

from galleria.commerce.attributes.model.attributes import AXES, CHOSEN, Kind

_LOCALES = ("de", "fr")
_LABELS_AND_UNIT = re.compile(r"(.*?)(?:\s+([0-6]) (\S+))?")

# code, kind, labels, decimals and unit of a number. What shoppers filter by is marked by a star.
_ATTRIBUTES = """
color*          swatch        Colour|Farbe|Couleur
clothing_size*  select        Size|Größe|Taille
shoe_size*      select        Shoe size|Schuhgröße|Pointure
material*       multi_select  Material|Material|Matière
pattern*        select        Pattern|Muster|Motif
gender*         select        Gender|Geschlecht|Genre
age_group*      select        Age group|Altersgruppe|Tranche d'âge
season*         multi_select  Season|Saison|Saison
style*          multi_select  Style|Stil|Style
fit*            select        Fit|Passform|Coupe
neckline*       select        Neckline|Ausschnitt|Encolure
sleeve_length*  select        Sleeve length|Ärmellänge|Longueur des manches
finish*         select        Finish|Oberfläche|Finition
shape*          select        Shape|Form|Forme
condition*      select        Condition|Zustand|État
energy_class*   select        Energy class|Energieeffizienzklasse|Classe énergétique
care            multi_select  Care|Pflege|Entretien
room*           multi_select  Room|Raum|Pièce
plug_type*      select        Plug type|Steckertyp|Type de prise
skin_type*      multi_select  Skin type|Hauttyp|Type de peau
allergens       multi_select  Allergens|Allergene|Allergènes
diet*           multi_select  Diet|Ernährungsweise|Régime
country_of_origin select      Country of origin|Herkunftsland|Pays d'origine
weight*         decimal       Weight|Gewicht|Poids              3 kg
length*         decimal       Length|Länge|Longueur             1 cm
width*          decimal       Width|Breite|Largeur              1 cm
height*         decimal       Height|Höhe|Hauteur               1 cm
depth*          decimal       Depth|Tiefe|Profondeur            1 cm
diameter*       decimal       Diameter|Durchmesser|Diamètre     1 cm
volume*         decimal       Volume|Volumen|Volume             3 l
capacity*       decimal       Storage|Speicher|Stockage         1 GB
power*          decimal       Power|Leistung|Puissance          1 W
voltage         decimal       Voltage|Spannung|Tension          1 V
screen_size*    decimal       Screen size|Bildschirmgröße|Taille de l'écran 1 in
paper_weight    integer       Paper weight|Grammatur|Grammage   0 g/m2
pieces          integer       Pieces|Teile|Pièces
warranty_months integer       Warranty in months|Garantie in Monaten|Garantie en mois
is_handmade*    boolean       Handmade|Handgemacht|Fait main
is_organic*     boolean       Organic|Bio|Biologique
is_waterproof*  boolean       Waterproof|Wasserdicht|Étanche
ingredients     text          Ingredients|Zutaten|Ingrédients
care_notes      rich_text     Care instructions|Pflegehinweise|Conseils d'entretien
release_date    date          Released on|Erschienen am|Paru le
manual          file          Manual|Anleitung|Notice
"""

# One value a line or between semicolons; a swatch has its colour behind it.
_VALUES = {
    "color": """
        Black|Schwarz|Noir #000000; White|Weiß|Blanc #ffffff; Grey|Grau|Gris #808080
        Silver|Silber|Argent #c0c0c0; Gold|Gold|Or #d4af37; Bronze|Bronze|Bronze #8c6a3f
        Copper|Kupfer|Cuivre #b87333; Red|Rot|Rouge #d22b2b; Burgundy|Bordeaux|Bordeaux #6d0f2b
        Orange|Orange|Orange #f28c28; Coral|Koralle|Corail #ff7f50; Yellow|Gelb|Jaune #f7d417
        Mustard|Senf|Moutarde #d8a31a; Beige|Beige|Beige #e8d9bc; Cream|Creme|Crème #fff6dc
        Brown|Braun|Marron #74482a; Camel|Camel|Camel #c19a6b; Olive|Oliv|Olive #77772b
        Khaki|Khaki|Kaki #8f8b66; Green|Grün|Vert #2e8b45; Mint|Mint|Menthe #a5dfc0
        Teal|Petrol|Bleu canard #0f6e75; Turquoise|Türkis|Turquoise #3ccfc4
        Sky blue|Himmelblau|Bleu ciel #87c7ea; Blue|Blau|Bleu #2456c9
        Navy|Marineblau|Bleu marine #1b2a55; Purple|Lila|Violet #7a3a97
        Lavender|Lavendel|Lavande #c9b8e8; Pink|Rosa|Rose #f4a6bd; Magenta|Magenta|Magenta #cc2a8c
        Transparent|Transparent|Transparent; Multicoloured|Mehrfarbig|Multicolore
    """,
    "clothing_size": "XXS; XS; S; M; L; XL; XXL; 3XL; 4XL; One size|Einheitsgröße|Taille unique",
    "shoe_size": "35; 36; 37; 38; 39; 40; 41; 42; 43; 44; 45; 46; 47; 48",
    "material": """
        Cotton|Baumwolle|Coton; Linen|Leinen|Lin; Wool|Wolle|Laine; Silk|Seide|Soie
        Cashmere|Kaschmir|Cachemire; Leather|Leder|Cuir; Polyester|Polyester|Polyester
        Viscose|Viskose|Viscose; Elastane|Elasthan|Élasthanne; Wood|Holz|Bois; Oak|Eiche|Chêne
        Steel|Stahl|Acier; Aluminium|Aluminium|Aluminium; Brass|Messing|Laiton; Glass|Glas|Verre
        Ceramic|Keramik|Céramique; Porcelain|Porzellan|Porcelaine; Paper|Papier|Papier
        Plastic|Kunststoff|Plastique; Stone|Stein|Pierre
    """,
    "pattern": """
        Plain|Einfarbig|Uni; Striped|Gestreift|Rayé; Checked|Kariert|À carreaux
        Dotted|Gepunktet|À pois; Floral|Geblümt|Fleuri; Geometric|Geometrisch|Géométrique
    """,
    "gender": "Women|Damen|Femme; Men|Herren|Homme; Unisex|Unisex|Mixte",
    "age_group": """
        Newborn|Neugeborene|Nouveau-né; Baby|Baby|Bébé; Child|Kind|Enfant
        Teenager|Jugendliche|Adolescent; Adult|Erwachsene|Adulte
    """,
    "season": "Spring|Frühling|Printemps; Summer|Sommer|Été; Autumn|Herbst|Automne; "
    "Winter|Winter|Hiver",
    "style": "Classic|Klassisch|Classique; Modern|Modern|Moderne; Vintage|Vintage|Vintage; "
    "Rustic|Rustikal|Rustique; Minimalist|Minimalistisch|Minimaliste",
    "fit": "Slim|Schmal|Ajustée; Regular|Normal|Droite; Loose|Weit|Ample",
    "neckline": "Crew neck|Rundhals|Col rond; V-neck|V-Ausschnitt|Col en V; "
    "Turtleneck|Rollkragen|Col roulé; Shirt collar|Hemdkragen|Col chemise",
    "sleeve_length": "Sleeveless|Ärmellos|Sans manches; Short|Kurz|Courtes; Long|Lang|Longues",
    "finish": "Matt|Matt|Mat; Satin|Seidenmatt|Satiné; Glossy|Glänzend|Brillant",
    "shape": "Round|Rund|Rond; Oval|Oval|Ovale; Square|Quadratisch|Carré; "
    "Rectangular|Rechteckig|Rectangulaire",
    "condition": "New|Neu|Neuf; Refurbished|Generalüberholt|Reconditionné; "
    "Used|Gebraucht|D'occasion",
    "energy_class": "A; B; C; D; E; F; G",
    "care": """
        Machine wash|Maschinenwäsche|Lavage en machine; Hand wash|Handwäsche|Lavage à la main
        Dry clean|Chemische Reinigung|Nettoyage à sec
        Dishwasher safe|Spülmaschinenfest|Va au lave-vaisselle
    """,
    "room": "Living room|Wohnzimmer|Salon; Bedroom|Schlafzimmer|Chambre; Kitchen|Küche|Cuisine; "
    "Bathroom|Bad|Salle de bain; Office|Büro|Bureau; Garden|Garten|Jardin",
    "skin_type": "Normal|Normal|Normale; Dry|Trocken|Sèche; Oily|Fettig|Grasse; "
    "Sensitive|Empfindlich|Sensible",
    "allergens": "Gluten|Gluten|Gluten; Milk|Milch|Lait; Eggs|Eier|Œufs; "
    "Nuts|Nüsse|Fruits à coque; Peanuts|Erdnüsse|Arachides; Soy|Soja|Soja; "
    "Fish|Fisch|Poisson; Sesame|Sesam|Sésame",
    "diet": "Vegetarian|Vegetarisch|Végétarien; Vegan|Vegan|Végan; "
    "Gluten-free|Glutenfrei|Sans gluten; Lactose-free|Laktosefrei|Sans lactose",
}


class BaseValue(msgspec.Struct, frozen=True, kw_only=True):
    """A word of the base dictionary."""

    word: str
    labels: dict[str, str]
    swatch: str | None


class BaseAttribute(msgspec.Struct, frozen=True, kw_only=True):
    """An attribute of the base dictionary with its values."""

    code: str
    kind: Kind
    label: str
    labels: dict[str, str]
    decimals: int
    unit: str | None
    is_filterable: bool
    is_axis: bool
    values: list[BaseValue]


def _read_attribute(line: str) -> BaseAttribute:
    name, kind, rest = line.split(maxsplit=2)
    code = name.rstrip("*")
    match = _LABELS_AND_UNIT.fullmatch(rest)
    assert match, f"{line!r} does not read as an attribute"
    label, labels = _read_labels(match[1])
    return BaseAttribute(
        code=code,
        kind=msgspec.convert(kind, Kind),
        label=label,
        labels=labels,
        decimals=int(match[2] or 0),
        unit=match[3],
        is_filterable=name.endswith("*"),
        is_axis=kind in AXES,
        values=_read_values(_VALUES.get(code, "")) if kind in CHOSEN else [],
    )


def _read_values(text: str) -> list[BaseValue]:
    entries = [entry.strip() for entry in text.replace("\n", ";").split(";") if entry.strip()]
    values = []
    for entry in entries:
        names, mark, colour = entry.partition(" #")
        word, labels = _read_labels(names)
        values.append(BaseValue(word=word, labels=labels, swatch=f"#{colour}" if mark else None))
    return values


def _read_labels(text: str) -> tuple[str, dict[str, str]]:
    label, *others = text.strip().split("|")
    return label, dict(zip(_LOCALES, others, strict=False))


BASE = {each.code: each for each in map(_read_attribute, _ATTRIBUTES.strip().splitlines())}
"""All of it, by code."""
