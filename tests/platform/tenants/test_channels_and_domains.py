"""A shop's channels and domains: one default, one primary, nothing of another shop's."""

import pytest

from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput, PreconditionFailed
from galleria.foundation.ids import new_id
from galleria.platform import audit, tenants
from tests.platform.conftest import OpenShop


def swiss(**wanted: object) -> tenants.NewChannel:
    fields = {"code": "swiss", "name": "CH", "currency": "CHF", "locale": "en", **wanted}
    return tenants.NewChannel(**fields)  # type: ignore[arg-type]


def some_host() -> str:
    return f"{new_id().hex[-12:]}.example"


async def test_the_default_channel_is_meant_when_none_is_named(shop_ctx: Context) -> None:
    await tenants.create_channel(shop_ctx, swiss())

    assert (await tenants.channel_of(shop_ctx)).code == "web"
    assert (await tenants.channel_of(shop_ctx, "swiss")).currency == "CHF"
    with pytest.raises(tenants.ChannelNotFound):
        await tenants.channel_of(shop_ctx, "nowhere")


async def test_a_channel_can_be_read_inside_a_transaction(shop_ctx: Context) -> None:
    async with shop_ctx.transaction() as tx:
        assert (await tenants.channel_of(tx)).code == "web"


async def test_a_new_default_channel_takes_the_place_of_the_old_one(shop_ctx: Context) -> None:
    made = await tenants.create_channel(shop_ctx, swiss())
    changes = tenants.ChangeChannel(is_default=True, countries=["CH", "LI"])
    changed = await tenants.update_channel(shop_ctx, made.channel_id, changes, made.version)

    assert (changed.is_default, changed.countries) == (True, ["CH", "LI"])
    channels = await tenants.list_channels(shop_ctx)
    assert [(each.code, each.is_default) for each in channels] == [("swiss", True), ("web", False)]
    assert channels[0] == changed
    assert channels[1].version == 2


async def test_a_code_names_one_channel_of_a_shop(
    shop_ctx: Context, other_shop_ctx: Context
) -> None:
    await tenants.create_channel(shop_ctx, swiss())
    with pytest.raises(tenants.ChannelCodeTaken):
        await tenants.create_channel(shop_ctx, swiss())
    assert (await tenants.create_channel(other_shop_ctx, swiss())).code == "swiss"


@pytest.mark.parametrize(
    "wrong", [{"currency": "ZZZ"}, {"countries": ["EU"]}, {"locale": "fr"}, {"locales": ["de"]}]
)
async def test_an_impossible_channel_is_refused(
    shop_ctx: Context, wrong: dict[str, object]
) -> None:
    with pytest.raises(InvalidInput):
        await tenants.create_channel(shop_ctx, swiss(**wrong))


async def test_an_edit_of_an_old_channel_is_refused_and_of_an_equal_one_not_written(
    shop_ctx: Context,
) -> None:
    channel = await tenants.channel_of(shop_ctx)
    with pytest.raises(PreconditionFailed):
        await tenants.update_channel(
            shop_ctx, channel.channel_id, tenants.ChangeChannel(name="X"), channel.version + 1
        )
    same = tenants.ChangeChannel(name=channel.name, is_default=True)
    assert await tenants.update_channel(shop_ctx, channel.channel_id, same) == channel


async def test_a_shop_can_neither_see_nor_edit_a_channel_of_another(
    shop_ctx: Context, other_shop_ctx: Context
) -> None:
    foreign = await tenants.create_channel(other_shop_ctx, swiss())

    assert [each.code for each in await tenants.list_channels(shop_ctx)] == ["web"]
    with pytest.raises(tenants.ChannelNotFound):
        await tenants.update_channel(
            shop_ctx, foreign.channel_id, tenants.ChangeChannel(name="Mine")
        )
    rows = await shop_ctx.read(
        "SELECT code FROM tenants.channel WHERE $1 IS NOT NULL AND channel_id = $2",
        foreign.channel_id,
    )
    assert rows == []


async def test_a_hundred_channels_are_enough(shop_ctx: Context) -> None:
    for number in range(99):
        await tenants.create_channel(shop_ctx, swiss(code=f"c-{number}"))
    with pytest.raises(Exception, match="at most 100"):
        await tenants.create_channel(shop_ctx, swiss(code="one-more"))


async def test_the_first_domain_is_the_primary_one_until_another_is_made_so(
    shop_ctx: Context,
) -> None:
    first, second = sorted([some_host(), some_host()])
    assert (await tenants.add_domain(shop_ctx, first.upper())).is_primary
    assert not (await tenants.add_domain(shop_ctx, second)).is_primary
    assert (await tenants.add_domain(shop_ctx, second, is_primary=True)).is_primary

    domains = [(each.host, each.is_primary) for each in await tenants.list_domains(shop_ctx)]
    assert domains == [(second, True), (first, False)]


async def test_adding_a_domain_twice_is_one_change(shop_ctx: Context) -> None:
    host = some_host()
    await tenants.add_domain(shop_ctx, host)
    await tenants.add_domain(shop_ctx, host)

    entries = (await audit.list_entries(shop_ctx, subject=f"domain:{host}")).items
    assert [entry.action for entry in entries] == ["domains.added"]


async def test_when_the_primary_domain_goes_the_next_takes_its_place(shop_ctx: Context) -> None:
    first, second = some_host(), some_host()
    await tenants.add_domain(shop_ctx, first)
    await tenants.add_domain(shop_ctx, second)
    await tenants.remove_domain(shop_ctx, first)

    (left,) = await tenants.list_domains(shop_ctx)
    assert (left.host, left.is_primary) == (second, True)
    assert await shop_ctx.engines.sql.directory.by_host(first) is None


async def test_a_domain_leads_to_one_shop_and_only_that_shop_lets_it_go(
    shop_ctx: Context, other_shop_ctx: Context
) -> None:
    host = some_host()
    await tenants.add_domain(shop_ctx, host)

    with pytest.raises(tenants.HostTaken):
        await tenants.add_domain(other_shop_ctx, host)
    with pytest.raises(tenants.DomainNotFound):
        await tenants.remove_domain(other_shop_ctx, host)
    entry = await shop_ctx.engines.sql.directory.by_host(host)
    assert entry is not None
    assert entry.tenant_id == shop_ctx.tenant.tenant_id


async def test_a_shop_cannot_take_the_name_of_one_that_may_open_later(
    open_shop: OpenShop,
) -> None:
    ctx = await open_shop()
    with pytest.raises(tenants.InvalidHost):
        await tenants.add_domain(ctx, "tomorrow.localhost")
    assert (await tenants.add_domain(ctx, f"{ctx.tenant.slug}.localhost")).is_primary
