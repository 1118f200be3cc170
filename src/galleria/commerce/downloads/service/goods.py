"""Which variants are had without being sent, and the files they carry."""

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from uuid import UUID

from galleria.commerce import catalog, inventory
from galleria.commerce.downloads import model
from galleria.commerce.downloads.errors import (
    DigitalGoodNotFound,
    DownloadFileNotFound,
    InvalidDigitalGood,
    TooManyFiles,
)
from galleria.commerce.downloads.model import DigitalGood, DownloadFile
from galleria.commerce.downloads.repository import goods as repository
from galleria.commerce.downloads.repository import licences
from galleria.commerce.downloads.schemas import DigitalGoodView, NewDigitalGood
from galleria.engines.blob import BlobKey
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.errors import FieldError, GalleriaError
from galleria.foundation.ids import new_id
from galleria.platform import audit


async def set_good(ctx: Context, variant_id: UUID, wanted: NewDigitalGood) -> DigitalGoodView:
    """The variant is had by download from here on: it is not sent, and its stock is counted only
    when it is limited. Who bought it keeps the terms of then.

    Raises:
        VariantNotFound: this tenant has no such variant.
        InvalidDigitalGood: licences are there already and files are wanted, or the other way.
    """
    async with ctx.transaction() as tx:
        view = await catalog.get_variant(tx, variant_id)
        before = await repository.lock_good(tx, variant_id)
        if before is not None and before.kind != wanted.kind:
            await _refuse_other_kind(tx, before)
        good = DigitalGood(
            variant_id=variant_id,
            product_id=view.product_id,
            kind=wanted.kind,
            max_downloads=wanted.max_downloads,
            valid_days=wanted.valid_days,
            keeps_bought=wanted.keeps_bought,
            low_at=wanted.low_at if wanted.kind == "licences" else None,
            updated_at=ctx.now,
        )
        await repository.save_goods(tx, [good])
        if view.is_shippable:
            changes = catalog.VariantChanges(is_shippable=False)
            await catalog.update_variant(ctx, variant_id, changes)
        is_tracked = wanted.is_limited or wanted.kind == "licences"
        policy = inventory.Policy(variant_id=variant_id, is_tracked=is_tracked)
        await inventory.set_policies(tx, [policy])
        await audit.record(
            tx, "products.digital_good_set", f"variant:{variant_id}", {"kind": good.kind}
        )
        return await get_good(tx, variant_id)


async def _refuse_other_kind(tx: Transaction, before: DigitalGood) -> None:
    files = await repository.current_files(tx, [before.variant_id])
    if files or await licences.free_up_to(tx, before.variant_id, 1):
        message = "it carries files or licences of the other kind"
        raise InvalidDigitalGood(message, errors=[FieldError("kind", "kind_in_use", message)])


async def remove_good(ctx: Context, variant_id: UUID) -> None:
    """The variant is sent again. What was bought can be fetched on.

    Raises:
        DigitalGoodNotFound: it is no digital good.
    """
    async with ctx.transaction() as tx:
        if not await repository.delete_good(tx, variant_id):
            raise DigitalGoodNotFound(f"variant {variant_id} is no digital good")
        await catalog.update_variant(ctx, variant_id, catalog.VariantChanges(is_shippable=True))
        await audit.record(tx, "products.digital_good_removed", f"variant:{variant_id}")


async def get_good(reader: Reader, variant_id: UUID) -> DigitalGoodView:
    """The digital good with its files.

    Raises:
        DigitalGoodNotFound: it is none.
    """
    found = (await repository.goods_of(reader, [variant_id])).get(variant_id)
    if found is None:
        raise DigitalGoodNotFound(f"variant {variant_id} is no digital good")
    there = (await inventory.availability(reader, [variant_id]))[variant_id]
    return DigitalGoodView(
        variant_id=variant_id,
        kind=found.kind,
        max_downloads=found.max_downloads,
        valid_days=found.valid_days,
        keeps_bought=found.keeps_bought,
        is_limited=there.is_tracked,
        low_at=found.low_at,
        available=there.sellable,
        files=await repository.current_files(reader, [variant_id]),
    )


async def goods_of(reader: Reader, variant_ids: Sequence[UUID]) -> dict[UUID, DigitalGood]:
    """Those of the variants that are digital goods, by id."""
    return await repository.goods_of(reader, variant_ids) if variant_ids else {}


async def add_file(
    ctx: Context,
    variant_id: UUID,
    name: str,
    stream: bytes | AsyncIterable[bytes],
    *,
    replaces: UUID | None = None,
) -> DownloadFile:
    """The file is sold with the variant from here on, in the place of another when `replaces`.

    What it is, is told by its first bytes, never by its name.

    Raises:
        DigitalGoodNotFound: the variant is no digital good, or one of licences.
        DownloadFileNotFound: there is no such file to replace.
        TooManyFiles: it carries 50 already.
        BlobTooLarge: over 10 GB.
    """
    await _slot_for(ctx, variant_id, None, replaces)
    file_id = new_id()
    key, beginning = blob_key(ctx, file_id), _Beginning(stream)
    info = await ctx.engines.blob.put(
        key, aiter(beginning), model.BYTES, limit_bytes=model.MAX_FILE_BYTES
    )
    try:
        async with ctx.transaction() as tx:
            await repository.lock_good(tx, variant_id)
            file = DownloadFile(
                file_id=file_id,
                variant_id=variant_id,
                slot_id=await _slot_for(tx, variant_id, file_id, replaces),
                name=model.plain_name(name),
                content_type=model.content_type_of(beginning.seen),
                size_bytes=info.size_bytes,
                sha256=info.sha256,
                created_at=ctx.now,
            )
            if replaces is not None:
                await repository.retire_file(tx, replaces)
            await repository.add_file(tx, file)
            detail = {"name": file.name, "size_bytes": file.size_bytes}
            await audit.record(tx, "products.download_file_added", f"variant:{variant_id}", detail)
    except GalleriaError:
        # What came in vain, since the good changed meanwhile, is not kept.
        await ctx.engines.blob.delete(key)
        raise
    return file


async def _slot_for(
    reader: Reader, variant_id: UUID, fresh: UUID | None, replaces: UUID | None
) -> UUID:
    """The slot of a new file: that of the file it replaces, else a `fresh` one.

    Raises:
        DigitalGoodNotFound, DownloadFileNotFound, TooManyFiles: see `add_file`.
    """
    good = (await repository.goods_of(reader, [variant_id])).get(variant_id)
    if good is None or good.kind != "files":
        raise DigitalGoodNotFound(f"variant {variant_id} carries no files")
    files = await repository.current_files(reader, [variant_id])
    if replaces is None:
        if len(files) >= model.MAX_FILES:
            raise TooManyFiles(f"a variant carries at most {model.MAX_FILES} files")
        return fresh or variant_id
    for each in files:
        if each.file_id == replaces:
            return each.slot_id
    raise DownloadFileNotFound(f"no file {replaces}")


class _Beginning:
    """A stream that remembers how it began."""

    def __init__(self, stream: bytes | AsyncIterable[bytes]) -> None:
        self._stream = stream
        self.seen = b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if isinstance(self._stream, bytes):
            self.seen = self._stream[: model.BEGINNING_BYTES]
            yield self._stream
            return
        async for chunk in self._stream:
            if len(self.seen) < model.BEGINNING_BYTES:
                self.seen = (self.seen + chunk)[: model.BEGINNING_BYTES]
            yield chunk


def blob_key(ctx: Context, file_id: UUID) -> BlobKey:
    """Where the bytes of a file lie."""
    return BlobKey(ctx.tenant.tenant_id, f"downloads/{file_id.hex}")


async def retire_file(ctx: Context, file_id: UUID) -> None:
    """The file is sold no longer. Who bought it can fetch it on.

    Raises:
        DownloadFileNotFound: there is no such file, or it was retired before.
    """
    async with ctx.transaction() as tx:
        file = await repository.retire_file(tx, file_id)
        if file is None:
            raise DownloadFileNotFound(f"no file {file_id}")
        detail = {"name": file.name}
        await audit.record(
            tx, "products.download_file_retired", f"variant:{file.variant_id}", detail
        )


async def keep_unsent(ctx: Context, tx: Transaction, product_ids: Sequence[UUID]) -> None:
    """Digital goods among the variants of these products are not shipped, whatever a file or a
    client has said about them since."""
    variant_ids = await repository.goods_of_products(tx, product_ids)
    for view in await catalog.variants_of(tx, variant_ids) if variant_ids else ():
        if view.is_shippable:
            changes = catalog.VariantChanges(is_shippable=False)
            await catalog.update_variant(ctx, view.variant_id, changes)


async def forget_variants(tx: Transaction, variant_ids: Sequence[UUID]) -> None:
    """Variants that are gone are no digital goods; what was bought can be fetched on."""
    await repository.delete_goods(tx, variant_ids)
