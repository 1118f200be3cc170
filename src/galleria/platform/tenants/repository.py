"""All SQL of shops and sales channels. Hosts and slugs live in the engines' directory."""

from uuid import UUID

from galleria.engines.sql import Reader, Record, Transaction
from galleria.platform.tenants.model import Channel, Shop

_SHOP_COLUMNS = tuple(name for name in Shop.__struct_fields__ if name != "tenant_id")
_SHOP = ", ".join(("tenant_id", *_SHOP_COLUMNS))
_CHANNEL_COLUMNS = Channel.__struct_fields__
_CHANNEL = ", ".join(_CHANNEL_COLUMNS)


def _places(columns: tuple[str, ...]) -> str:
    return ", ".join(f"${place}" for place, _ in enumerate(columns, 2))


def _assignments(columns: tuple[str, ...]) -> str:
    return ", ".join(f"{name} = ${place}" for place, name in enumerate(columns, 2))


def _values(struct: Shop | Channel, columns: tuple[str, ...]) -> list[object]:
    return [getattr(struct, name) for name in columns]


def _shop(row: Record | None) -> Shop | None:
    return None if row is None else Shop(**row)


async def add_shop(tx: Transaction, shop: Shop) -> None:
    """The shop is kept as its own tenant's row."""
    assert shop.tenant_id == tx.tenant.tenant_id, "a shop is written inside its own tenant"
    await tx.execute(
        f"INSERT INTO tenants.tenant (tenant_id, {', '.join(_SHOP_COLUMNS)})"
        f" VALUES ($1, {_places(_SHOP_COLUMNS)})",
        *_values(shop, _SHOP_COLUMNS),
    )


async def find_shop(reader: Reader) -> Shop | None:
    """The reader's own shop; None in the house and in a tenant that was never opened."""
    return _shop(await reader.read_row(f"SELECT {_SHOP} FROM tenants.tenant WHERE tenant_id = $1"))


async def lock_shop(tx: Transaction) -> Shop | None:
    """The same, and nobody else edits shop, domains or channels until the commit."""
    return _shop(
        await tx.fetch_row(f"SELECT {_SHOP} FROM tenants.tenant WHERE tenant_id = $1 FOR UPDATE")
    )


async def save_shop(tx: Transaction, shop: Shop) -> None:
    """All columns of the shop are as given."""
    await tx.execute(
        f"UPDATE tenants.tenant SET {_assignments(_SHOP_COLUMNS)} WHERE tenant_id = $1",
        *_values(shop, _SHOP_COLUMNS),
    )


# The two statements below read other tenants' rows. `$1 = 0` says so here, and the policy `house`
# on the table says it again: with any other tenant set they find nothing.
async def shops_after(reader: Reader, after_tenant_id: int, count: int) -> list[Shop]:
    """At most `count` shops with a greater number, in order. The house's own reading."""
    rows = await reader.read(
        f"SELECT {_SHOP} FROM tenants.tenant WHERE $1 = 0 AND tenant_id > $2"
        " ORDER BY tenant_id LIMIT $3",
        after_tenant_id,
        count,
    )
    return [Shop(**row) for row in rows]


async def shops_numbered(reader: Reader, tenant_ids: list[int]) -> list[Shop]:
    """The shops with these numbers, in their order. The house's own reading."""
    rows = await reader.read(
        f"SELECT {_SHOP} FROM tenants.tenant WHERE $1 = 0 AND tenant_id = ANY ($2::int4[])"
        " ORDER BY tenant_id",
        tenant_ids,
    )
    return [Shop(**row) for row in rows]


async def add_channel(tx: Transaction, channel: Channel) -> bool:
    """The channel is kept; False when another one has its code."""
    return bool(
        await tx.execute(
            f"INSERT INTO tenants.channel (tenant_id, {_CHANNEL})"
            f" VALUES ($1, {_places(_CHANNEL_COLUMNS)}) ON CONFLICT (tenant_id, code) DO NOTHING",
            *_values(channel, _CHANNEL_COLUMNS),
        )
    )


async def all_channels(reader: Reader) -> list[Channel]:
    """Every channel of the shop, the default one first, then by code."""
    rows = await reader.read(
        f"SELECT {_CHANNEL} FROM tenants.channel WHERE tenant_id = $1"
        " ORDER BY is_default DESC, code"
    )
    return [Channel(**row) for row in rows]


async def find_channel(reader: Reader, code: str | None) -> Channel | None:
    """The channel with this code; the default one for None."""
    row = await reader.read_row(
        f"SELECT {_CHANNEL} FROM tenants.channel WHERE tenant_id = $1"
        " AND (code = $2 OR ($2::text IS NULL AND is_default))",
        code,
    )
    return None if row is None else Channel(**row)


async def find_channel_by_id(reader: Reader, channel_id: UUID) -> Channel | None:
    """The channel with this id."""
    row = await reader.read_row(
        f"SELECT {_CHANNEL} FROM tenants.channel WHERE tenant_id = $1 AND channel_id = $2",
        channel_id,
    )
    return None if row is None else Channel(**row)


async def save_channel(tx: Transaction, channel: Channel) -> None:
    """All columns of the channel are as given. A new default takes the place of the old one."""
    if channel.is_default:
        await tx.execute(
            "UPDATE tenants.channel SET is_default = false, version = version + 1"
            " WHERE tenant_id = $1 AND is_default AND channel_id <> $2",
            channel.channel_id,
        )
    await tx.execute(
        f"UPDATE tenants.channel SET {_assignments(_CHANNEL_COLUMNS)}"
        " WHERE tenant_id = $1 AND channel_id = $2",
        *_values(channel, _CHANNEL_COLUMNS),
    )
