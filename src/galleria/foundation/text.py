"""Words as people read them: names in the order of a phone book, addresses, and safe descriptions.

The database compares text by code point (C.UTF-8); lists sort by a column that holds `sort_key`.
Source of the folding: Unicode 15, UAX #15 (NFKC, NFKD) and section 3.13 (case folding).
"""

import hashlib
import re
import unicodedata
from functools import lru_cache
from html import unescape

import nh3

_MAX_KEY_LENGTH = 200  # four bytes each still fit a B-tree entry three times over
_MAX_SLUG_LENGTH = 120  # `foundation.http.Handle`

# Latin letters that Unicode does not take apart, as they are looked up in a catalogue.
_LETTERS = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "\u0131": "i",
        "ł": "l",
        "þ": "th",
    }
)
# Letters that are letters of their own there and come after z; `~` follows z in ASCII.
_AFTER_Z = {
    "sv": str.maketrans({"å": "z~a", "ä": "z~b", "æ": "z~b", "ö": "z~c", "ø": "z~c"}),
    "da": str.maketrans({"æ": "z~a", "ä": "z~a", "ø": "z~b", "ö": "z~b", "å": "z~c"}),
}
_AFTER_Z["fi"] = _AFTER_Z["sv"]
_AFTER_Z["nb"] = _AFTER_Z["nn"] = _AFTER_Z["no"] = _AFTER_Z["da"]

_DIGIT_RUN = re.compile(r"0*([0-9]+)")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_NOT_ASCII_WORD = re.compile(r"[^a-z0-9~]+")


def sort_key(name: str, locale: str = "en") -> str:
    """What to compare instead of `name`: at most 200 characters, by code point.

    Case, accents and punctuation do not count ("Äpfel" beside "apfel", "ß" as "ss"), numbers count
    by value ("A2" before "A10"), and å, ä, ö, æ, ø follow z where a locale has them there. Names
    that differ in nothing else share a key: sort by `(sort_key, id)`.

    Args:
        name: what is shown; beyond 400 characters it is not looked at.
        locale: BCP 47, only its language counts.
    """
    folded = _fold(name[:400], locale)
    if folded.isascii():
        words = _NOT_ASCII_WORD.sub(" ", folded)  # the same as below, many times faster
    else:
        words = "".join(letter if _is_word(letter) else " " for letter in folded)
    return _DIGIT_RUN.sub(_by_value, " ".join(words.split()))[:_MAX_KEY_LENGTH]


# The names of categories and options come again with every product of a file.
@lru_cache(maxsize=16_384)
def slugify(text: str) -> str:
    """A `foundation.http.Handle` that reads like `text`: "Crème Brûlée 5" is "creme-brulee-5".

    Text without a Latin letter or digit gets a short name made from its hash, so that there is
    always one; the same text always has the same.
    """
    slug = _NOT_SLUG.sub("-", _fold(text[:400], "en")).strip("-")
    if not slug:
        return "x" + hashlib.blake2b(text.encode(), digest_size=5).hexdigest()
    return slug[:_MAX_SLUG_LENGTH].rstrip("-")


def _fold(text: str, locale: str) -> str:
    """`text` without case and accents; letters of other scripts stay."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("~", " ")
    folded = folded.translate(_AFTER_Z.get(locale.partition("-")[0], {}))
    if folded.isascii():
        return folded
    apart = unicodedata.normalize("NFKD", folded)
    return "".join(each for each in apart if not unicodedata.combining(each)).translate(_LETTERS)


def _is_word(letter: str) -> bool:
    # A `~` that is still there is ours: see _AFTER_Z.
    return letter == "~" or unicodedata.category(letter)[0] in "LNM"


def _by_value(run: re.Match[str]) -> str:
    """Digits behind how many there are: orders as padding with zeros does, and stays short."""
    digits = run[1]
    return f"{min(len(digits), 99):02}{digits}"


_NOT_CONTENT = "iframe math noscript object script style svg template textarea title"
_CONTENT_TO_DROP = set(_NOT_CONTENT.split())
# A merchant's text may not hold the page's own h1 and landmarks; reading text, they part words.
_PAGE_BLOCKS = "address article aside footer h1 header main nav section"
_TEXT_BLOCKS = (
    "blockquote br caption col colgroup dd details div dl dt figcaption figure h2 h3 h4 h5 h6 hr "
    "li ol p pre summary table tbody td tfoot th thead tr ul"
)
_INLINE = "a abbr b cite code del em i img ins kbd mark q s small span strong sub sup u"

_description_cleaner = nh3.Cleaner(
    tags={*_TEXT_BLOCKS.split(), *_INLINE.split()},
    clean_content_tags=_CONTENT_TO_DROP,
    attributes={
        "*": {"dir", "lang", "title"},
        "a": {"href"},
        "img": {"alt", "height", "src", "width"},
        "ol": {"start"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan", "scope"},
    },
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener noreferrer",
)
_block_cleaner = nh3.Cleaner(
    tags={*_TEXT_BLOCKS.split(), *_PAGE_BLOCKS.split()},
    clean_content_tags=_CONTENT_TO_DROP,
    attributes={},
    link_rel=None,
)
_TAG = re.compile(r"<[^>]*>")


def clean_html(html: str) -> str:
    """A merchant's description that is safe to show: text structure, links, images and tables.

    What is not on the list goes: scripts, styles, forms, frames, event handlers, classes, ids and
    every address that is not http, https, mailto, tel or relative. Always well-formed.
    """
    return _description_cleaner.clean(html)


def plain_text(html: str) -> str:
    """The words of `html`, a line for each block, single spaces, entities resolved.

    It is text and no longer markup: to show it in a page, escape it as any text.
    """
    # Only blocks are left, without attributes, and every other `<` is an entity by now.
    blocks = _TAG.sub("\n", _block_cleaner.clean(html))
    lines = (" ".join(line.split()) for line in unescape(blocks).splitlines())
    return "\n".join(line for line in lines if line)
