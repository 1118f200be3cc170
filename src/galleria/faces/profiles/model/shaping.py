"""What a profile makes of an answer: fields left out, texts cut, pictures in other sizes.

An answer is JSON as the rooms made it, decoded; a shape says what it is made of: `product`, `cards`
(a list of them), `search`, `suggestions`, `variants` or `methods`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from galleria.faces.profiles.model.profiles import Profile
from galleria.foundation.text import plain_text

Tree = dict[str, Any]
_MORE = "\u2026"


class Shaper:
    """One profile, ready for answers."""

    def __init__(self, profile: Profile) -> None:
        """Ready to shape by `profile`."""
        self._profile = profile
        self._gone = {
            kind: frozenset(
                name.partition(".")[2] for name in profile.left_out if name.startswith(f"{kind}.")
            )
            for kind in ("product", "card", "variant", "search")
        }
        self._by_shape: Mapping[str, Callable[[Tree], Tree]] = {
            "product": self._product,
            "cards": self._cards,
            "search": self._search,
            "suggestions": self._suggestions,
            "variants": self._variants,
            "methods": self._methods,
        }

    def shape(self, shape: str, answer: Tree) -> Tree:
        """The answer as the profile has it; `answer` may be changed on the way."""
        return self._by_shape[shape](answer)

    def _product(self, detail: Tree) -> Tree:
        most = self._profile.images.most
        if most is not None:
            detail["images"] = detail["images"][:most]
        detail["images"] = [self._image(each) for each in detail["images"]]
        detail["variants"] = [self._variant(each) for each in detail["variants"]]
        self._describe(detail)
        self._price(detail)
        self._hide_stock(detail)
        return _without(detail, self._gone["product"])

    def _cards(self, page: Tree) -> Tree:
        return self._listed(page, "items")

    def _listed(self, page: Tree, name: str) -> Tree:
        cards = page[name]
        if self._profile.lists == "compact":
            page[name] = [self._small(each) for each in cards]
            if cards:  # all prices of a page are of one channel
                page["currency"] = cards[0]["price_range"]["min"]["currency"]
        else:
            page[name] = [self._card(each) for each in cards]
        return page

    def _small(self, card: Tree) -> Tree:
        """What a grid of small pictures shows; `is_available` only where it is not."""
        made = {
            "handle": card["handle"],
            "title": card["title"],
            "amount_minor": card["price_range"]["min"]["amount_minor"],
        }
        if card.get("image") is not None:
            made["image_url"] = self._first_width(card["image"]["url"])
        if self._profile.stock != "hidden" and not card["is_available"]:
            made["is_available"] = False
        if card.get("variants"):
            made["variants"] = [self._variant(each) for each in card["variants"]]
        return made

    def _search(self, page: Tree) -> Tree:
        return _without(self._cards(page), self._gone["search"])

    def _suggestions(self, page: Tree) -> Tree:
        return self._listed(page, "products")

    def _variants(self, page: Tree) -> Tree:
        page["items"] = [self._variant(each) for each in page["items"]]
        return page

    def _methods(self, page: Tree) -> Tree:
        wanted = self._profile.payment_methods
        if wanted is not None:
            there = {each["code"]: each for each in page["items"]}
            page["items"] = [there[code] for code in wanted if code in there]
        return page

    def _card(self, card: Tree) -> Tree:
        if card.get("image") is not None:
            card["image"] = self._image(card["image"])
        if "variants" in card:
            card["variants"] = [self._variant(each) for each in card["variants"]]
        self._price(card)
        self._hide_stock(card)
        return _without(card, self._gone["card"])

    def _variant(self, variant: Tree) -> Tree:
        if self._profile.stock != "few_left" and "few_left" in variant:
            del variant["few_left"]
        if variant.get("image_url"):
            variant["image_url"] = self._first_width(variant["image_url"])
        self._hide_stock(variant)
        return _without(variant, self._gone["variant"])

    def _image(self, image: Tree) -> Tree:
        widths = self._profile.images.widths
        if not widths:
            return image
        made: Tree = {"url": self._first_width(image["url"]), "alt": image["alt"]}
        if len(widths) > 1:
            made["widths"] = list(widths)
        return made

    def _first_width(self, address: str) -> str:
        widths = self._profile.images.widths
        return sized(address, widths[0]) if widths else address

    def _describe(self, detail: Tree) -> None:
        texts = self._profile.texts
        if texts.description == "html":
            return
        html = detail.pop("description_html", "")
        if texts.description == "text":
            detail["description"] = shortened(plain_text(html), texts.most)

    def _price(self, thing: Tree) -> None:
        if self._profile.prices == "lowest" and "price_range" in thing:
            thing["price"] = thing.pop("price_range")["min"]

    def _hide_stock(self, thing: Tree) -> None:
        if self._profile.stock == "hidden":
            thing.pop("is_available", None)


def _without(thing: Tree, gone: frozenset[str]) -> Tree:
    return {name: value for name, value in thing.items() if name not in gone} if gone else thing


def sized(address: str, width: int) -> str:
    """Where the picture of this address is to be had so many pixels wide."""
    return f"{address}?w={width}"


def shortened(text: str, most: int | None) -> str:
    """The text, or as many of its words as fit into `most` characters with a sign that it goes on.

    A word that is longer than that is cut itself.
    """
    if most is None or len(text) <= most:
        return text
    room = most - len(_MORE)
    kept = text[: room + 1]
    at = kept.rfind(" ")
    return (kept[:at] if at > room // 2 else text[:room]).rstrip(" ,.;:") + _MORE
