"""What a tenant entrusts opens for that tenant and purpose, and with the master secret, only."""

from pathlib import Path

import pytest

from galleria.engines.context import Context
from galleria.engines.secrets import Secrets, SecretUnreadable, load_master_secret
from galleria.foundation.errors import InvalidInput


async def test_a_secret_comes_back_whole(ctx: Context) -> None:
    secrets, tenant_id = ctx.engines.secrets, ctx.tenant.tenant_id
    sealed = await secrets.encrypt(tenant_id, b"seed", "totp")
    assert b"seed" not in sealed
    assert await secrets.decrypt(tenant_id, sealed, "totp") == b"seed"
    assert sealed != await secrets.encrypt(tenant_id, b"seed", "totp"), "a fresh nonce each time"


async def test_it_opens_neither_for_another_tenant_nor_for_another_purpose(
    ctx: Context, another_ctx: Context
) -> None:
    secrets = ctx.engines.secrets
    sealed = await secrets.encrypt(ctx.tenant.tenant_id, b"seed", "totp")
    with pytest.raises(SecretUnreadable):
        await secrets.decrypt(another_ctx.tenant.tenant_id, sealed, "totp")
    with pytest.raises(SecretUnreadable):
        await secrets.decrypt(ctx.tenant.tenant_id, sealed, "webhook")


async def test_another_process_with_the_same_master_secret_opens_it(ctx: Context) -> None:
    sealed = await ctx.engines.secrets.encrypt(ctx.tenant.tenant_id, b"seed", "totp")
    from tests.conftest import SECRET  # noqa: PLC0415 - the run's own master secret

    fresh = Secrets(ctx.engines.sql, SECRET)
    assert await fresh.decrypt(ctx.tenant.tenant_id, sealed, "totp") == b"seed"
    stranger = Secrets(ctx.engines.sql, b"another master secret, 32 bytes..")
    with pytest.raises(SecretUnreadable):
        await stranger.decrypt(ctx.tenant.tenant_id, sealed, "totp")


async def test_changed_bytes_are_noticed(ctx: Context) -> None:
    sealed = bytearray(await ctx.engines.secrets.encrypt(ctx.tenant.tenant_id, b"seed", "totp"))
    sealed[-1] ^= 1
    with pytest.raises(SecretUnreadable):
        await ctx.engines.secrets.decrypt(ctx.tenant.tenant_id, bytes(sealed), "totp")


def test_the_secret_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    first = load_master_secret(tmp_path, None)
    assert load_master_secret(tmp_path, None) == first
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert load_master_secret(tmp_path, "from the settings, long enough") != first


def test_a_short_secret_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="openssl rand"):
        load_master_secret(tmp_path, "short")
