"""Passes: made of a key without asking us, good for searching only, and no longer than they say."""

import base64
import hashlib
import hmac
from datetime import timedelta

import pytest

from galleria.engines.context import Actor, Context
from galleria.foundation.ids import new_id
from galleria.platform import access
from galleria.platform.access import CreatedKey
from galleria.platform.access.model.passes import MOST_CHARACTERS
from tests.platform.conftest import later

SAYS = '{"expires_at":"%s","categories":["mugs"]}'


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def make_pass(key: CreatedKey, says: str) -> str:
    """As a merchant's server makes it, by nothing but the key and its id."""
    tenant = key.key.split("_")[2]
    signed = f"gal_pass_{tenant}_{key.key_id}.{base64url(says.encode())}"
    secret = hashlib.sha256(key.key.encode()).digest()
    return f"{signed}.{base64url(hmac.digest(secret, signed.encode(), 'sha256'))}"


def good(ctx: Context, **until: float) -> str:
    return SAYS % (ctx.now + timedelta(**until or {"hours": 1})).isoformat()


async def actor_of(ctx: Context, text: str) -> Actor | None:
    given = access.read_pass(text)
    return None if given is None else await access.actor_of_pass(ctx, given)


async def test_a_pass_searches_as_its_key_and_does_nothing_else(shop_ctx: Context) -> None:
    for scopes in (["search:read"], ["search:read", "orders:write"], ["*"]):
        key = await access.create_key(shop_ctx, "web", scopes)
        says = good(shop_ctx)
        for _ in range(2):  # the second time the key is remembered
            actor = await actor_of(shop_ctx, make_pass(key, says))
            assert actor == Actor("key", str(key.key_id), frozenset({"search:read"}), says.encode())
        await shop_ctx.engines.notebook.write_down()
        (kept, *_) = (await access.list_keys(shop_ctx)).items
        assert kept.last_used_at is not None


async def test_a_key_that_may_not_search_makes_no_passes(shop_ctx: Context) -> None:
    key = await access.create_key(shop_ctx, "till", ["orders:read"])
    assert await actor_of(shop_ctx, make_pass(key, good(shop_ctx))) is None


async def test_whatever_is_changed_about_a_pass_ends_it(
    shop_ctx: Context, another_ctx: Context
) -> None:
    key = await access.create_key(shop_ctx, "web", ["search:read"])
    other = await access.create_key(shop_ctx, "app", ["search:read"])
    text = make_pass(key, good(shop_ctx))
    assert await actor_of(shop_ctx, text)
    head, says, signature = text.split(".")
    more = base64url(good(shop_ctx).replace("mugs", "all!").encode())
    foreign = await access.create_key(another_ctx, "web", ["search:read"])
    for changed in (
        f"{head}.{more}.{signature}",
        f"{head}.{says}.{signature[::-1]}",
        f"{head}.{says}",
        f"{head}.{says}.",
        f"{head}..{signature}",
        f"{head}.{says}.{signature}.",
        text.replace(str(key.key_id), str(other.key_id)),
        text.replace(str(key.key_id), str(new_id())),
        text.replace("gal_pass_", "gal_key_"),
        make_pass(foreign, good(shop_ctx)),
        make_pass(foreign, good(shop_ctx)).replace(
            foreign.key.split("_")[2] + "_", key.key.split("_")[2] + "_", 1
        ),
        "",
    ):
        assert await actor_of(shop_ctx, changed) is None, changed


async def test_a_pass_ends_when_it_says_or_with_its_key(shop_ctx: Context) -> None:
    key = await access.create_key(
        shop_ctx, "web", ["search:read"], shop_ctx.now + timedelta(hours=2)
    )
    text = make_pass(key, good(shop_ctx, hours=1))
    assert await actor_of(later(shop_ctx, hours=1, microseconds=-1), text)
    with pytest.raises(access.PassExpired):
        await actor_of(later(shop_ctx, hours=1), text)
    longer = make_pass(key, good(shop_ctx, hours=9))
    assert await actor_of(later(shop_ctx, hours=2, microseconds=-1), longer)
    assert await actor_of(later(shop_ctx, hours=2), longer) is None
    await access.revoke_key(shop_ctx, key.key_id)
    assert await actor_of(shop_ctx, text) is None
    assert await actor_of(later(shop_ctx, hours=3), text) is None, "why is told to nobody"


@pytest.mark.parametrize(
    "says",
    ["{}", "[]", "no", '{"expires_at":null}', '{"expires_at":"2099-01-01T00:00:00"}', "[" * 99],
)
async def test_what_cannot_be_read_is_no_pass_however_well_signed(
    shop_ctx: Context, says: str
) -> None:
    key = await access.create_key(shop_ctx, "web", ["search:read"])
    with pytest.raises(access.PassUnreadable):
        await actor_of(shop_ctx, make_pass(key, says))


async def test_a_pass_has_its_size(shop_ctx: Context) -> None:
    key = await access.create_key(shop_ctx, "web", ["search:read"])
    small = good(shop_ctx).replace("mugs", "m" * 2_000)
    large = good(shop_ctx).replace("mugs", "m" * 3_100)
    assert len(make_pass(key, small)) <= MOST_CHARACTERS < len(make_pass(key, large))
    assert await actor_of(shop_ctx, make_pass(key, small))
    assert access.read_pass(make_pass(key, large)) is None


async def test_a_tenant_beyond_all_numbers_is_none() -> None:
    assert access.read_pass(f"gal_pass_zzzzzz_{new_id()}.e30.{'A' * 43}") is None
