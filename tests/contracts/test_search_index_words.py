"""What every search engine finds for the words a shopper types."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from galleria.engines.search_index import (
    BRAND,
    TAG,
    FacetFilter,
    InvalidSearchQuery,
    Lift,
    Match,
    Sort,
    Synonym,
)
from galleria.engines.search_index.model import MAX_WORDS, MAX_WORDS_LENGTH, words_of
from tests.contracts.search_shops import Shop, document

pytest_plugins = ["tests.contracts.conftest_search"]

FRUIT = [
    document("apple", "Red Apple", text="Crisp, from the valley", brand="Orchard"),
    document("pear", "Green Pear", text="Soft as an apple is crisp"),
    document("melon", "Water Melon", text="Heavy"),
]


async def test_a_word_is_found_in_title_text_and_brand(shop: Shop) -> None:
    await shop.put(*FRUIT)
    assert await shop.found("melon") == ["melon"]
    assert await shop.found("valley") == ["apple"]
    assert await shop.found("orchard") == ["apple"]


async def test_every_word_must_be_there_in_any_order_and_case(shop: Shop) -> None:
    await shop.put(*FRUIT)
    assert await shop.found("APPLE red") == ["apple"]
    assert (await shop.ask("apple red")).match is Match.ALL_WORDS


async def test_a_word_in_the_title_counts_more_than_one_in_the_text(shop: Shop) -> None:
    await shop.put(*FRUIT)
    assert await shop.found("apple") == ["apple", "pear"]


async def test_a_more_popular_product_comes_first_among_equals(shop: Shop) -> None:
    await shop.put(
        document("slow", "Blue Lamp", popularity=0.0), document("fast", "Blue Lamp", popularity=0.9)
    )
    assert await shop.found("lamp") == ["fast", "slow"]
    assert await shop.found("") == ["fast", "slow"]


async def test_without_words_everything_is_found(shop: Shop) -> None:
    await shop.put(*FRUIT)
    answer = await shop.ask("   ")
    assert (answer.total, answer.total_is_exact, answer.is_partial) == (3, True, False)


async def test_words_without_a_letter_or_digit_find_nothing(shop: Shop) -> None:
    await shop.put(*FRUIT)
    assert await shop.found("???") == []


@pytest.mark.parametrize(
    ("locale", "title", "words"),
    [
        ("en", "Running Shoes", "runs shoe"),
        ("en-GB", "Women's Boots", "womens boot"),
        ("en", "Men Shirt", "men's shirts"),
        ("de", "Hohe Häuser", "Haus hoch"),
        ("de-CH", "Grosse Müslischale", "große muslischale"),
        ("de", "Kühlschränke", "Kuehlschrank"),
        ("de", "Kühlschrank", "kuhlschranke"),
        ("fr", "Crème brûlée", "creme BRULEE"),
        ("en", "Straße ﬁne Ⅳ", "STRASSE fine iv"),
        ("fr", "Chaussures de course légères", "chaussure legere"),
        ("es", "Zapatillas deportivas rojas", "zapatilla deportiva"),
        ("it", "Scarpe da corsa", "scarpa corse"),
        ("pt-BR", "Camisetas pretas", "camiseta preta"),
        ("nl", "Rode fietsen", "fiets rood rode"),
        ("sv", "Röda cyklar", "roda cykel"),
        ("pl", "Czerwone buty", "buty czerwone"),
        ("cs", "Červená kola", "cervena"),
        ("ru", "Красные кроссовки", "красная кроссовка"),
        ("fi", "Punaiset kengät", "kenka punainen punaiset"),
        ("tr", "K\u0131rm\u0131z\u0131 ayakkab\u0131lar", "ayakkabi kirmizi"),
        ("ar", "أحذية رياضية", "رياضية"),
        ("el", "Κόκκινα παπούτσια", "παπούτσια"),
        ("ja", "日本語のTシャツ 青", "シャツ"),
        ("zh-Hans", "无线蓝牙耳机", "蓝牙 耳机"),
        ("zh", "绿茶", "茶"),
        ("ko", "블루투스 이어폰", "이어폰"),
        ("th", "เสื้อยืดสีแดง", "เสื้อยืด"),
    ],
)
async def test_words_are_found_in_other_forms_of_their_language(
    shop: Shop, locale: str, title: str, words: str
) -> None:
    await shop.put(document("one", title, locale=locale), document("x", "Other", locale=locale))
    answer = await shop.ask(words, locale=locale)
    assert [hit.product_id for hit in answer.hits] == ["one"]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ('Notebook 13.3"', "13.3 inch notebook"),
        ("Notebook 13.3 inch", 'notebook 13.3"'),
        ("Notebook 13,3 Zoll", "13.3in"),
        ("Bike 28-inch", "28''"),
        ("Drive 500GB", "drive 500 gb"),
        ("Drive 500 GB", "500gb"),
        ("Chip 2.4 GHz", "2,4ghz chip"),
        ("DELL XPS-13", "xps13"),
    ],
)
async def test_a_measure_is_found_however_it_is_written(shop: Shop, title: str, words: str) -> None:
    await shop.put(document("one", title), document("x", 'Notebook 15" 512 GB 5 GHz Bike Drive'))
    assert await shop.found(words) == ["one"]


async def test_words_in_quotation_marks_stand_side_by_side(shop: Shop) -> None:
    await shop.put(
        document("side", "Light blue shirt"),
        document("apart", "Blue shirt", text="for light evenings"),
    )
    assert sorted(await shop.found("light blue")) == ["apart", "side"]
    assert await shop.found('"light blue"') == ["side"]
    assert await shop.found('shirt "Light Blues"') == ["side"]
    assert await shop.found('"blue light"', sort=Sort.TITLE) == []
    assert sorted(await shop.found('"light" blue "')) == ["apart", "side"]


async def test_a_code_finds_its_product_before_all_that_mention_it(shop: Shop) -> None:
    await shop.put(
        document("cartridge", "Toner", codes=("TN-2110", "4977766 657044")),
        document("printer", "TN-2110 TN-2110 printer", text="takes TN-2110"),
        document("other", "Toner TN 2120", codes=("TN-2120",)),
    )
    for typed in ("TN-2110", "tn2110", "tn 2110"):
        assert (await shop.found(typed))[0] == "cartridge"
    assert await shop.found("4977766657044") == ["cartridge"]
    assert await shop.found("4977766-657044") == ["cartridge"]
    assert await shop.found("497776665704") == []


async def test_what_means_the_same_is_found_too_after_what_was_typed(shop: Shop) -> None:
    await shop.put(
        document("sofa", "Red Sofa"),
        document("couch", "Red Couch"),
        document("bed", "Red sofa bed"),
        document("daybed", "Red daybed"),
    )
    sofa = Synonym("sofa", ("couch", "settee"))
    sofa_bed = Synonym("sofa bed", ("daybed", "pull out"))
    assert await shop.found("red sofas", synonyms=(sofa,)) == ["sofa", "bed", "couch"]
    assert await shop.found("sofas", synonyms=(Synonym("settee", ("sofa",)),)) == ["sofa", "bed"]
    both = (sofa_bed, sofa)
    assert await shop.found("red sofa beds", synonyms=both) == ["bed", "daybed"]
    assert (await shop.ask("red sofas", synonyms=both)).match is Match.ALL_WORDS
    assert await shop.found("settee", synonyms=both) == []
    with pytest.raises(InvalidSearchQuery):
        await shop.found("sofa", synonyms=(sofa,) * 41)


async def test_what_was_meant_is_said_where_a_letter_was_forgiven(shop: Shop) -> None:
    await shop.put(
        document("1", "Red Leather Shoe"),
        document("2", "Lether wallet"),
        document("3", "Blue leather shoe"),
        document("4", "Green leather belt"),
        document("5", "Crème brûlée burner"),
    )
    answer = await shop.ask("laether shoes")
    assert (answer.match, answer.did_you_mean) == (Match.CORRECTED, "leather shoes")
    assert (await shop.ask("leather shoes")).did_you_mean is None
    assert (await shop.ask("burnner")).did_you_mean == "burner"
    assert (await shop.ask("nothing of that kind")).did_you_mean is None


MOUSE = {"buttons": ("3",), "resolution": ("800",), "scroll": ("wheel",), "color": ("black",)}
PAD = {"surface": ("cloth",), "thickness": ("3 mm",), "washable": ("yes",), "color": ("black",)}


async def test_what_is_of_the_kind_that_is_meant_comes_before_what_is_made_for_it(
    shop: Shop,
) -> None:
    mice = [document(f"mouse {n}", f"Model {n} mouse", facets=MOUSE) for n in range(20)]
    pads = [document(f"pad {n}", f"Mouse pad {n}", facets=PAD) for n in range(8)]
    others = [document(f"lamp {n}", f"Lamp {n}", facets=PAD | MOUSE) for n in range(40)]
    await shop.put(*mice, *pads, *others)
    first = await shop.found("mouse", limit=20)
    assert all(each.startswith("mouse") for each in first)
    # Pages follow each other without a gap, and what is asked for by name is not pushed back.
    pages = [await shop.found("mouse", limit=7, offset=at) for at in range(0, 28, 7)]
    assert [each for page in pages for each in page] == await shop.found("mouse", limit=40)
    assert all(each.startswith("pad") for each in await shop.found("mouse pad"))


async def test_little_words_are_not_demanded(shop: Shop) -> None:
    await shop.put(document("mug", "Coffee mug"), document("the", "The Who: live"))
    answer = await shop.ask("a mug for the coffee")
    assert [hit.product_id for hit in answer.hits] == ["mug"]
    assert answer.match is Match.ALL_WORDS
    assert (await shop.found("the who"))[0] == "the"


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Memory 16 GB module", "16gb"),
        ("Memory 16GB module", "16 gb memory"),
        ("Dell XPS-13 laptop", "xps13"),
        ("Dell XPS-13 laptop", "xps 13"),
        ("Dell XPS13 laptop", "xps-13"),
        ("Cartridge CE-285/A", "ce285a"),
    ],
)
async def test_numbers_and_codes_are_found_in_either_spelling(
    shop: Shop, title: str, words: str
) -> None:
    await shop.put(document("one", title), document("other", "Something 17 MB else"))
    answer = await shop.ask(words)
    assert [hit.product_id for hit in answer.hits] == ["one"]
    assert answer.match is Match.ALL_WORDS


async def test_a_mistyped_word_is_forgiven_when_little_is_found(shop: Shop) -> None:
    await shop.put(document("tv", "Samsung Television"), document("cup", "Cup"))
    for words in ("samsng television", "samsung televsion", "smasung", "samssung"):
        answer = await shop.ask(words)
        assert [hit.product_id for hit in answer.hits] == ["tv"], words
        assert answer.match is Match.CORRECTED


async def test_a_word_that_finds_enough_is_not_called_a_mistake(shop: Shop) -> None:
    lamps = [document(f"lamp{number}", "Lamp") for number in range(3)]
    await shop.put(*lamps, document("camp", "Camp"), document("lamb", "Lamb"))
    answer = await shop.ask("lamp")
    assert (answer.total, answer.match) == (3, Match.ALL_WORDS)


async def test_ticking_a_filter_does_not_turn_words_into_mistakes(shop: Shop) -> None:
    lamps = [document(f"lamp{number}", "Lamp", tags=(f"t{number}",)) for number in range(3)]
    await shop.put(*lamps, document("camp", "Camp", tags=("t0",)))
    answer = await shop.ask("lamp", filters=(FacetFilter(TAG, ("t0",)),))
    assert [hit.product_id for hit in answer.hits] == ["lamp0"]


@pytest.mark.parametrize("words", ["cap", "cub", "15gb", "ce285b"])
async def test_short_words_and_numbers_are_never_taken_for_mistakes(shop: Shop, words: str) -> None:
    await shop.put(document("cup", "Cup 16GB CE285A"))
    assert await shop.found(words) == []


async def test_when_nothing_has_all_words_the_most_are_better_than_none(shop: Shop) -> None:
    await shop.put(*FRUIT)
    answer = await shop.ask("red apple unobtainium wrapper")
    assert answer.hits[0].product_id == "apple"
    assert answer.match is Match.SOME_WORDS


async def test_an_unfinished_last_word_may_become_any_word_of_a_title(shop: Shop) -> None:
    await shop.put(*FRUIT, document("app", "Applied Arts"))
    assert set(await shop.found("appl", completes_last_word=True)) == {"apple", "pear", "app"}
    assert await shop.found("red ap", completes_last_word=True) == ["apple"]
    assert await shop.found("red me", completes_last_word=True) != ["apple"]


async def test_words_beyond_the_bounds_are_not_looked_at(shop: Shop) -> None:
    await shop.put(*FRUIT)
    fillers = "red " * MAX_WORDS
    assert await shop.found(fillers + "unobtainium") == ["apple"]
    assert await shop.found("red" + " " * MAX_WORDS_LENGTH + "unobtainium") == ["apple"]
    assert len(words_of("a b " * 100)) == MAX_WORDS


async def test_one_word_of_very_many_parts_is_answered(shop: Shop) -> None:
    await shop.put(*FRUIT)
    assert await shop.found("-".join("abcdefghij" * 10)) == []


@pytest.mark.parametrize(
    "words",
    [
        'title:apple AND "red',
        "apple) OR (tenant:1",
        "+apple -pear ~ ^2 [a TO b] {x} \\",
        "*",
        "/ap.*/",
        "apple\x00pear",
        "\ud800 apple",
        "\u202eelppa",
        "😀🍎",
        "a" * 10_000,
        "日本語 テレビ",
    ],
)
async def test_no_text_is_a_syntax_error(shop: Shop, words: str) -> None:
    await shop.put(*FRUIT)
    answer = await shop.ask(words)
    assert answer.total <= 3
    await shop.suggested(words)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(words=st.text(max_size=300), completes=st.booleans())
async def test_whatever_is_typed_gets_an_answer(shop: Shop, words: str, completes: bool) -> None:
    answer = await shop.ask(words, completes_last_word=completes)
    assert answer.hits == ()


async def test_suggestions_complete_the_last_word_the_commonest_first(shop: Shop) -> None:
    await shop.put(
        document("1", "Blue Kettle"),
        document("2", "Blue Lamp"),
        document("3", "Bluetooth Speaker"),
        document("4", "Red Lamp", text="blueprint"),
    )
    suggestions = await shop.suggested("blu")
    assert suggestions.completions == ("blue", "bluetooth")
    assert {hit.product_id for hit in suggestions.hits} == {"1", "2", "3"}
    assert (await shop.suggested("Blue ke")).completions == ("Blue kettle",)
    assert [hit.title for hit in (await shop.suggested("blue la")).hits] == ["Blue Lamp"]


async def test_a_single_letter_is_not_completed_but_a_single_sign_is(shop: Shop) -> None:
    await shop.put(document("1", "USB C Cable"), document("2", "茶壺 Teapot"))
    assert (await shop.suggested("u")).completions == ()
    assert [hit.product_id for hit in (await shop.suggested("usb c")).hits] == ["1"]
    assert (await shop.suggested("茶")).completions == ("茶壺",)


async def test_suggestions_are_spelt_as_in_the_shop(shop: Shop) -> None:
    await shop.put(document("1", "Großer Kühlschrank", locale="de"))
    assert (await shop.suggested("kuhl", locale="de")).completions == ("kühlschrank",)
    assert (await shop.suggested("KÜHL", locale="de")).completions == ("kühlschrank",)


async def test_suggestions_keep_to_their_limit_and_to_what_is_there(shop: Shop) -> None:
    await shop.put(*(document(f"p{letter}", f"Car{letter}") for letter in "abcdefghijkl"))
    assert len((await shop.suggested("car", limit=5)).completions) == 5
    await shop.put(deletes=[f"p{letter}" for letter in "bcdefghijkl"])
    assert (await shop.suggested("car")).completions == ("cara",)
    assert await shop.suggested("  ") == await shop.suggested("?")


async def test_suggestions_keep_to_what_the_merchant_says(shop: Shop) -> None:
    titles = {"1": "Blue Kettle", "2": "Blue Lamp", "3": "Blue Lantern", "4": "Torch"}
    await shop.put(*(document(each, title) for each, title in titles.items()))
    found = await shop.suggested("blue la", hidden=("2",), pinned=("4",))
    assert [hit.product_id for hit in found.hits] == ["4", "3"]
    assert found.completions == ("blue lantern",)
    torch = (Synonym("lantern", ("torch",)),)
    found = await shop.suggested("lantern", synonyms=torch)
    assert {hit.product_id for hit in found.hits} == {"3", "4"}
    lift = (Lift(FacetFilter(BRAND, ("Oak",)), 50.0),)
    await shop.put(document("5", "Blue thing of Oak", brand="Oak"))
    assert (await shop.suggested("blue", lifts=lift)).hits[0].product_id == "5"
