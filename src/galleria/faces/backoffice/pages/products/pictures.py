"""The pictures of a product: sent, described, put in order, taken away."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import catalog
from galleria.commerce.catalog import Media, MediaDraft, ProductChanges, ProductTree
from galleria.content import images
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.products.editing import expected_version
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError, TooLarge

MOST_BYTES = 20 * 1024 * 1024  # as the images room takes them
MOST_AT_ONCE = 20


@get("/s/{slug:str}/products/{product_id:uuid}/pictures", scope="products:read")
async def show_pictures(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """The pictures in their order."""
    product = await catalog.get_product(desk.ctx, product_id)
    return _show(desk, product, _form_of(product))


def _form_of(product: ProductTree) -> Form[Any]:
    form = forms.empty(version=str(product.version))
    for at, picture in enumerate(product.media):
        form.values[f"media[{at}].alt"] = picture.alt
        form.values[f"media[{at}].place"] = str(at + 1)
    return form


def _show(desk: Desk, product: ProductTree, form: Form[Any], status: int = 200) -> Response[bytes]:
    return desk.show("products/pictures.html", status, product=product, form=form, tab="pictures")


@post("/s/{slug:str}/products/{product_id:uuid}/pictures", scope="products:write")
async def save_pictures(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """Descriptions and order as typed; those ticked are taken away."""
    product = await catalog.get_product(desk.ctx, product_id)
    try:
        media = _rearranged(desk.form, product)
        changes = ProductChanges(media=media)
        version = expected_version(desk.form)
        await catalog.update_product(desk.ctx, product_id, changes, version)
    except GalleriaError as error:
        # Places in the form are those of the version it was made from: begin anew.
        form = _form_of(await catalog.get_product(desk.ctx, product_id))
        forms.refuse(form, error)
        return _show(desk, product, form, error.status)
    return desk.go(_address(desk, product_id), Notice("saved", name=product.title[:80]))


def _address(desk: Desk, product_id: UUID) -> str:
    return desk.at(f"/products/{product_id}/pictures")


def _rearranged(form: Form[Any], product: ProductTree) -> list[MediaDraft]:
    """The pictures by the places that were typed; equal places keep their order."""
    placed: list[tuple[int, int, MediaDraft]] = []
    for at, picture in enumerate(product.media):
        path = f"media[{at}]"
        if f"{path}.remove" in form.values:
            continue
        place = forms.read_whole(form.values.get(f"{path}.place", ""), f"{path}.place")
        alt = form.values.get(f"{path}.alt", picture.alt).strip()[:500]
        placed.append((at + 1 if place is None else place, at, _draft(picture, alt)))
    return [draft for _, _, draft in sorted(placed, key=lambda each: each[:2])]


def _draft(picture: Media, alt: str) -> MediaDraft:
    return MediaDraft(
        source_url=picture.source_url, media_id=picture.media_id, alt=alt, alts=picture.alts
    )


# Under an address of its own, so that the gateway lets more through than a form has.
@post(
    "/uploads/{slug:str}/products/{product_id:uuid}/pictures",
    scope="products:write",
    streams=True,
    request_max_body_size=None,
)
async def send_pictures(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """The pictures are kept and stand behind the others."""
    upload = await desk.upload()
    product = await catalog.get_product(desk.ctx, product_id)
    added: list[MediaDraft] = []
    try:
        async for name, content in upload.files():
            if len(added) == MOST_AT_ONCE:
                break
            image = await images.store_image(desk.ctx, await _whole(content))
            alt = upload.fields.get("alt", "").strip()[:500]
            added.append(MediaDraft(media_id=image.media_id, alt=alt or _title_of(name)))
        if not added:
            raise forms.refused("pictures", "file_needed")
        async with desk.ctx.transaction():
            # Read once more: sending took a while, and nobody's change is to be lost.
            product = await catalog.get_product(desk.ctx, product_id)
            media = [*(_draft(each, each.alt) for each in product.media), *added]
            changes = ProductChanges(media=media)
            await catalog.update_product(desk.ctx, product_id, changes, product.version)
    except GalleriaError as error:
        form = _form_of(product)
        forms.refuse(form, error)
        form.errors.setdefault("pictures", form.message)
        return _show(desk, product, form, error.status)
    return desk.go(_address(desk, product_id), Notice("pictures_added", count=len(added)))


async def _whole(content: AsyncIterator[bytes]) -> bytes:
    """A picture in memory.

    Raises:
        TooLarge: it is over 20 MB.
    """
    gathered = bytearray()
    async for chunk in content:
        gathered += chunk
        if len(gathered) > MOST_BYTES:
            raise TooLarge("a picture has at most 20 MB")
    return bytes(gathered)


def _title_of(name: str) -> str:
    """A first description from a file's name: `blue_mug-2.jpg` becomes "blue mug 2"."""
    stem = name.rsplit(".", 1)[0]
    return " ".join(stem.replace("_", " ").replace("-", " ").split())[:500]


ROUTES = [show_pictures, save_pictures, send_pictures]
