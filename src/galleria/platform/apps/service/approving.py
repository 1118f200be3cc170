"""A merchant agrees to what an app asks for, and the app gets its key for that: OAuth 2.1."""

import hmac
import os
from uuid import UUID

import msgspec

from galleria.engines.context import Context, Tenant, tenant_of
from galleria.engines.sql import Transaction
from galleria.foundation.errors import PreconditionFailed
from galleria.foundation.ids import mint_token, read_token, token_hash
from galleria.platform import access, audit, webhooks
from galleria.platform.apps.errors import (
    AppNotFound,
    ClientNotAccepted,
    CodeNotAccepted,
    GrantTypeUnsupported,
    OAuthRefused,
)
from galleria.platform.apps.events import AppInstalled
from galleria.platform.apps.model import oauth
from galleria.platform.apps.model.apps import CLIENT, CODE, App, Code, Token
from galleria.platform.apps.model.oauth import Question
from galleria.platform.apps.repository import apps as repository
from galleria.platform.apps.schemas import Approval, Approved, TokenRequest
from galleria.platform.apps.service import telling
from galleria.platform.apps.service.removing import locked, revoke_keys

REPLACED = "app_approved_anew"
CODE_REPLAYED = "app_code_replayed"


async def shop_of_client(ctx: Context, client_id: str) -> Tenant | None:
    """The open shop that an app with this id would be in; None when the text names none."""
    parts = read_token(client_id, CLIENT)
    if parts is None:
        return None
    entry = await ctx.engines.sql.directory.by_id(parts.tenant_id)
    if entry is None or entry.status != "open":
        return None
    return tenant_of(entry)


async def app_of_client(ctx: Context, client_id: str, redirect_uri: str) -> App:
    """The app of this id, which may be answered at this address.

    Raises:
        AppNotFound: the shop has none.
        OAuthRefused: the address is none of its manifest's.
    """
    found = await repository.find_client(ctx, client_id)
    if found is None:
        raise AppNotFound("no app of this shop has this client_id")
    oauth.check_redirect(found[0].wanted, redirect_uri)
    return found[0]


def refusal(asked: Question, error: OAuthRefused | None, issuer: str) -> str:
    """Where the browser goes with a refusal: of the question itself, or, None, by the merchant."""
    return oauth.answer_address(
        asked.redirect_uri,
        error=error.error if error else "access_denied",
        error_description=error.detail if error else "",
        state=asked.state[: oauth.MOST_STATE],
        iss=issuer,
    )


async def approve(ctx: Context, app_id: UUID, given: Approval, issuer: str = "") -> Approved:
    """The actor agrees to what the app asks for at this version; the app gets a code for it.

    Raises:
        AppNotFound: this shop has none with this id.
        PreconditionFailed: it asks for something else by now.
        ScopeNotHeld: nobody gives away what they do not hold.
        OAuthRefused: nothing may be sent to this address.
    """
    code = mint_token(CODE, ctx.tenant.tenant_id)
    async with ctx.transaction() as tx:
        app = await locked(tx, app_id)
        if app.version != given.version:
            raise PreconditionFailed(f"the app is at version {app.version}")
        wanted = app.wanted
        missing = sorted(scope for scope in wanted.scopes if not ctx.actor.may(scope))
        if missing:
            raise access.ScopeNotHeld(f"you do not hold {', '.join(missing)}")
        oauth.check_redirect(wanted, given.redirect_uri)
        kept = Code(
            app_id=app_id,
            redirect_uri=given.redirect_uri,
            code_challenge=given.code_challenge,
            manifest=wanted,
            approved_by=f"{ctx.actor.kind}:{ctx.actor.actor_id}",
            expires_at=ctx.now + oauth.CODE_LIFE,
        )
        await repository.add_code(tx, token_hash(code), kept)
        detail = {"name": wanted.name, "scopes": wanted.scopes}
        await audit.record(tx, "apps.approved", f"app:{app_id}", detail)
    address = oauth.answer_address(given.redirect_uri, code=code, state=given.state, iss=issuer)
    return Approved(redirect_to=address)


async def exchange(ctx: Context, asked: TokenRequest) -> Token:
    """The app's key, for a code of its approval: from here on the app is installed.

    Key, webhooks and manifest come into force in one commit; a key that it had is revoked in the
    same. A code that comes a second time revokes the key it was exchanged for (RFC 9700, 4.5).

    Raises:
        GrantTypeUnsupported, ClientNotAccepted, CodeNotAccepted: nothing is given out.
        InvalidWebhook, TooManyWebhooks: the app cannot be told of what it wants.
    """
    if asked.grant_type != "authorization_code":
        raise GrantTypeUnsupported("grant_type is authorization_code")
    tenant = await shop_of_client(ctx, asked.client_id)
    if tenant is None:
        raise ClientNotAccepted("the client is unknown")
    ctx = ctx.for_tenant(tenant)
    found = await repository.find_client(ctx, asked.client_id)
    if found is None or not hmac.compare_digest(found[1], token_hash(asked.client_secret)):
        raise ClientNotAccepted("the client is unknown, or this is not its secret")
    app = found[0]
    await telling.check(telling.as_app(ctx, app, app.wanted), app.wanted)
    signing = os.urandom(32)
    sealed = await ctx.engines.secrets.encrypt(tenant.tenant_id, signing, telling.PURPOSE)
    installed: Token | None = None
    async with ctx.transaction() as tx:
        app = await locked(tx, app.app_id)
        code = await _code_of(tx, app, asked)
        if code.used_at is None:
            installed = await _install(ctx, tx, app, code, (signing, sealed))
            await repository.use_code(tx, token_hash(asked.code))
        elif code.used_at == app.installed_at:
            await revoke_keys(ctx, app, CODE_REPLAYED)
    if installed is None:  # said after the commit, which has to stay
        raise CodeNotAccepted("the code was used before; what it was exchanged for is revoked")
    return installed


async def _code_of(tx: Transaction, app: App, asked: TokenRequest) -> Code:
    """The code that was sent, used or not.

    Raises:
        CodeNotAccepted: it is none of this app, address and challenge, or has ended.
    """
    code = await repository.lock_code(tx, token_hash(asked.code))
    if code is None or code.app_id != app.app_id or code.redirect_uri != asked.redirect_uri:
        raise CodeNotAccepted("the code is unknown, or was given out for another redirect_uri")
    oauth.check_verifier(asked.code_verifier, code.code_challenge)
    if code.used_at is None and code.expires_at <= tx.now:
        raise CodeNotAccepted("the code has ended; let the merchant approve once more")
    if code.used_at is None and code.manifest != app.wanted:
        raise CodeNotAccepted("the app asks for something else by now")
    return code


async def _install(
    ctx: Context, tx: Transaction, app: App, code: Code, signing: tuple[bytes, bytes]
) -> Token:
    manifest = code.manifest
    await revoke_keys(ctx, app, REPLACED)
    await telling.stop(ctx, app)
    approved = msgspec.structs.replace(app, approved_by=code.approved_by)
    as_app = telling.as_app(ctx, approved, manifest)
    terms = access.KeyTerms(owner=manifest.developer, notes=f"App {manifest.handle}")
    key = await access.create_key(
        as_app, manifest.name, manifest.scopes, kind="restricted", terms=terms
    )
    async with as_app.transaction() as acting:
        endpoint_ids = await telling.begin(as_app, acting, manifest, signing[0])
    after = msgspec.structs.replace(
        approved,
        status="installed",
        manifest=manifest,
        pending=None,
        key_ids=[key.key_id],
        endpoint_ids=endpoint_ids,
        installed_at=ctx.now,
        version=app.version + 1,
        updated_at=ctx.now,
    )
    await repository.save(tx, after)
    await repository.save_signing(tx, app.app_id, signing[1])
    tx.publish(
        AppInstalled(app_id=app.app_id, handle=app.handle, name=manifest.name, scopes=key.scopes)
    )
    detail = {"name": manifest.name, "scopes": key.scopes, "key_id": str(key.key_id)}
    await audit.record(tx, "apps.installed", f"app:{app.app_id}", detail)
    return Token(
        access_token=key.key,
        scope=" ".join(key.scopes),
        shop=ctx.tenant.slug,
        app_id=app.app_id,
        signing_secret=webhooks.secret_text(signing[0]),
    )
