"""How clients are answered, in the back office: seen side by side, tried out, changed."""

from galleria.engines.context import Context
from galleria.faces import profiles
from tests.commerce.selling import mug, put_on_sale
from tests.faces.backoffice.browser import Page
from tests.faces.backoffice.conftest import Person, SignedIn

PLACE = "/settings/profiles"


async def press(mia: Person, page: Page, act: str, **changes: str) -> Page:
    """The page that answers the form's other buttons."""
    sent = {**dict(page.form(f"{mia.base}{PLACE}/save")), **changes}
    return await mia.browser.post(f"{mia.base}{PLACE}/{act}", sent)


async def test_the_profiles_of_a_shop_are_weighed_side_by_side(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)

    page = await mia.get(PLACE)

    for name in ("Web", "Mobile", "Kiosk", "Agent"):
        assert f">{name}</a>" in page.text
    assert "320, 640 px" in page.text and "notes for staff" in page.text


async def test_a_profile_is_made_changed_and_removed(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    page = await mia.get(f"{PLACE}/new")
    fields = {"name": "Car display", "code": "car", "widths": "480, 800", "description": "text"}
    page = await mia.submit(
        page, f"{PLACE}/save", **fields, characters="120", left_out="card.brand"
    )
    assert "Car display" in page.text
    made = await profiles.get_profile(shop, "car")
    assert (made.images.widths, made.texts.most, made.left_out) == (
        (480, 800),
        120,
        ("card.brand",),
    )

    page = await mia.get(f"{PLACE}/car")
    await mia.submit(page, f"{PLACE}/save", stock="yes_no")
    changed = await profiles.get_profile(shop, "car")
    assert (changed.stock, changed.version, changed.texts.most) == ("yes_no", 2, 120)
    late = await mia.submit(page, f"{PLACE}/save", stock="hidden")
    assert late.status == 412, "somebody else changed it meanwhile"

    page = await press(mia, await mia.get(f"{PLACE}/car"), "remove")
    assert "The profile is gone." in page.text and "Car display" not in page.text


async def test_a_built_in_profile_comes_back_as_it_was(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    page = await mia.get(f"{PLACE}/mobile")
    assert "As it came" not in page.text
    await mia.submit(page, f"{PLACE}/save", name="Phones")
    assert (await profiles.get_profile(shop, "mobile")).name == "Phones"
    await press(mia, await mia.get(f"{PLACE}/mobile"), "restore")
    assert (await profiles.get_profile(shop, "mobile")).draft == profiles.BUILT_IN["mobile"].draft


async def test_trying_out_shows_the_answers_and_saves_nothing(
    shop: Context, at_work: SignedIn
) -> None:
    await put_on_sale(shop, mug("tried"))
    mia = await at_work(shop)
    page = await mia.get(f"{PLACE}/mobile")
    page = await press(mia, page, "try", description="none", characters="")
    assert page.status == 200 and "/store/v1/products?limit=20" in page.text
    assert (await profiles.get_profile(shop, "mobile")).version == 0


async def test_what_cannot_be_is_refused_and_kept_in_the_form(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page = await mia.get(f"{PLACE}/new")
    for typed, told in (
        ({"code": "Big Car"}, "Small letters"),
        ({"code": "car", "widths": "8"}, "Write each width once"),
        ({"code": "car", "staleness_s": "9999"}, "This number is too large or too small."),
        ({"code": "car", "characters": "100"}, "Only plain text is cut."),
        ({"code": "car", "name": ""}, "Please fill this in."),
    ):
        refused = await mia.submit(page, f"{PLACE}/save", **{"name": "Car", **typed})
        assert refused.status == 422, typed
        assert told in refused.text, typed
    assert len(await profiles.list_profiles(shop)) == 4
