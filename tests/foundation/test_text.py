"""Names sort as people look them up, and descriptions are safe to show."""

import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from itertools import pairwise

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from galleria.foundation.http import Handle
from galleria.foundation.text import clean_html, plain_text, slugify, sort_key

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
LATIN = st.text(alphabet="abcxyzäöüßéñçøåæœł", max_size=20)


def in_order(*names: str, locale: str = "en") -> bool:
    """Whether `names` stand in the order of their keys, as bytes, all different."""
    keys = [sort_key(name, locale).encode() for name in names]
    return all(earlier < later for earlier, later in pairwise(keys))


@pytest.mark.parametrize(
    "names",
    [
        ("A2", "A10", "A100"),
        ("A002", "A10"),
        ("2 cups", "12 cups", "cups"),
        ("1" * 20, "2" * 20, "1" * 21),
        ("Adler", "Äpfel", "Azur"),
        ("Ofen", "Öl", "Ordner"),
        ("Strasse 1", "Straße 2", "Strasse 3"),
        ("Émile", "Emma"),
        ("Lodz", "Łódź b", "Lofoten"),
        ("a b", "ab"),
        ("zebra", "ящик", "日本"),
        ("Cup", "Cup, small"),
    ],
)
def test_names_stand_where_people_look_for_them(names: tuple[str, ...]) -> None:
    assert in_order(*names)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Äpfel", "apfel"),
        ("STRASSE", "Straße"),
        ("  a -  b! ", "A b"),
        ("\u0041\u0308", "\u00c4"),
        ("Ⅷ", "viii"),
        ("A²", "a 2".replace(" ", "")),
        ("007", "7"),
        ("~a", "a"),
    ],
)
def test_names_that_differ_in_case_accents_or_punctuation_alone_stand_together(
    left: str, right: str
) -> None:
    assert sort_key(left) == sort_key(right)


def test_letters_of_their_own_follow_z_where_a_language_has_them_there() -> None:
    assert in_order("Zz", "Åre", "Ängelholm", "Örebro", locale="sv")
    assert in_order("Zz", "Æble", "Øl", "Århus", locale="da-DK")
    assert in_order("Åre", "Zz", locale="de") and in_order("Ängelholm", "Zz", locale="en")
    assert in_order("zz~z", "å", locale="fi") and in_order("zz", "~å", locale="nb")


@given(TEXT | st.text(alphabet="0123456789ﷺㇰ½ ", max_size=500))
def test_a_key_is_bounded_and_of_one_line(name: str) -> None:
    key = sort_key(name)
    assert len(key) <= 200
    assert key == " ".join(key.split())


@given(LATIN)
def test_the_key_of_a_latin_name_is_ascii_and_blind_to_case(name: str) -> None:
    assert sort_key(name).isascii()
    assert sort_key(name.upper()) == sort_key(name)


@given(st.integers(0, 10**30), st.integers(0, 10**30))
def test_numbers_stand_in_the_order_of_their_values(left: int, right: int) -> None:
    assert (sort_key(f"Box {left} x") < sort_key(f"Box {right} x")) == (left < right)


def test_a_very_long_name_is_not_read_to_its_end() -> None:
    assert sort_key("a" * 10**6) == "a" * 200
    assert (sort_key(" " * 399 + "b"), sort_key(" " * 400 + "b")) == ("b", "")
    assert slugify("-" * 399 + "b") == "b" != slugify("-" * 400 + "b")


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Crème Brûlée 5", "creme-brulee-5"),
        ("  Größe XL / Käse ", "grosse-xl-kase"),
        ("a--b__c~d", "a-b-c-d"),
        ("x" * 119 + " yz", "x" * 119),
        ("T-Shirt 日本", "t-shirt"),
    ],
)
def test_a_slug_reads_like_its_text(text: str, slug: str) -> None:
    assert slugify(text) == slug


@given(TEXT)
@example("")
@example("-" * 300)
@example("a" * 119 + "-" + "b")
def test_a_slug_is_always_a_handle_and_a_slug_of_itself(text: str) -> None:
    slug = slugify(text)
    assert msgspec.convert(slug, Handle) == slug
    assert slugify(slug) == slug


def test_texts_without_latin_letters_get_different_slugs_that_stay() -> None:
    assert slugify("日本") == slugify("日本") == "xa376300a18"
    assert slugify("日本") != slugify("中国")


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<p>Hello <b>you</b></p>", "<p>Hello <b>you</b></p>"),
        ("a & b < c", "a &amp; b &lt; c"),
        ("<script>alert(1)</script>x", "x"),
        ("<style>p{}</style><p>x</p>", "<p>x</p>"),
        ("<h1>Big</h1><h2>Small</h2>", "Big<h2>Small</h2>"),
        ('<p style="color:red" class="a" id="b" onclick="x()">y</p>', "<p>y</p>"),
        ('<img src="x.png" onerror="x()" alt="A">', '<img src="x.png" alt="A">'),
        ('<img src="data:image/svg+xml,x">', "<img>"),
        ('<a href="javascript:x()">y</a>', '<a rel="noopener noreferrer">y</a>'),
        ('<a href="JaVa&#10;Script:x()">y</a>', '<a rel="noopener noreferrer">y</a>'),
        (
            '<a href="/size-guide" target="_blank">y</a>',
            '<a href="/size-guide" rel="noopener noreferrer">y</a>',
        ),
        ("<iframe src=//x></iframe><form><input></form>y", "y"),
        ("<!-- note --><p>open", "<p>open</p>"),
        (
            "<table><tr><td colspan=2>1</table>",
            '<table><tbody><tr><td colspan="2">1</td></tr></tbody></table>',
        ),
    ],
)
def test_a_description_keeps_its_structure_and_loses_what_could_harm(html: str, clean: str) -> None:
    assert clean_html(html) == clean


class Inspector(HTMLParser):
    """Collects the tags and attributes that a browser would find."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


PIECES = (
    "<script>|</script>|<style>|<svg>|<math>|<p onload=x>|<a href='javascript:x'>|<img src=data:x |"
    "<table>|<td>|</p>|<!--|-->|&lt;script&gt;|&#106;|\"|'|>|<|/| onerror=|x|<title>|<textarea>|"
    "<noscript>|<template>|<iframe |<ul>|<li>|]]>|<![CDATA[|javascript:|\n"
)
MIXTURES = st.lists(st.sampled_from(PIECES.split("|")), max_size=15).map("".join)


@given(MIXTURES)
def test_no_mixture_of_pieces_leaves_anything_that_runs(html: str) -> None:
    inspector = Inspector()
    inspector.feed(clean_html(html))

    assert not inspector.tags & {"script", "style", "svg", "math", "iframe", "template", "noscript"}
    for name, value in inspector.attributes:
        assert not name.startswith("on")
        assert not re.match(r"\s*(javascript|data):", value, re.IGNORECASE)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello   <b>y</b>ou</p>\n<p>again", "Hello you\nagain"),
        ("one<br>two<hr/>three", "one\ntwo\nthree"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("<script>x</script><style>y</style><title>z</title>", ""),
        ('<p title="a > b">x</p>', "x"),
        ("<section><h1>Big</h1>small</section>", "Big\nsmall"),
        ("a&nbsp;b", "a b"),
        ("just text", "just text"),
    ],
)
def test_plain_text_is_the_words_line_by_line(html: str, text: str) -> None:
    assert plain_text(html) == text


@given(TEXT)
def test_plain_text_of_escaped_text_has_all_its_words(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    # HTML has no NUL and no other control characters; what stands for them is the parser's choice.
    words = [each for each in text.split() if each.isprintable()]
    assert [each for each in plain_text(escaped).split() if each in words] == words


def test_descriptions_may_be_cleaned_by_several_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        cleaned = list(pool.map(clean_html, ["<p onclick=x>y</p>"] * 400))
    assert set(cleaned) == {"<p>y</p>"}
