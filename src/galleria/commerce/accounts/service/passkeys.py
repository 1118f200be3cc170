"""Passkeys: registered by whoever has signed in, and used to sign in without naming anybody.

A challenge is kept here, good for one answer and five minutes. What is asked of the authenticator:
to be there (user presence), to know its owner (user verification), and to keep the key so that it
can be found by the shop's host alone (a discoverable credential). Source: Web Authentication
Level 3, 7.1 and 7.2.
"""

import json
import secrets
from typing import Any
from uuid import UUID

import webauthn
from webauthn.helpers import options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from galleria.commerce import customers
from galleria.commerce.accounts.errors import (
    HostNotOfShop,
    PasskeyKnown,
    PasskeyNotFound,
    PasskeyRefused,
    TooManyPasskeys,
)
from galleria.commerce.accounts.model import attempts as attempt_rules
from galleria.commerce.accounts.model import passkeys as rules
from galleria.commerce.accounts.model.accounts import Client
from galleria.commerce.accounts.model.passkeys import Ceremony, Challenge, Passkey, StoredPasskey
from galleria.commerce.accounts.model.sessions import SignedIn
from galleria.commerce.accounts.repository import accounts as account_repository
from galleria.commerce.accounts.repository import passkeys as repository
from galleria.commerce.accounts.service import baskets, sessions, signing_in
from galleria.commerce.accounts.service.acting import charge, require_fresh, shopper_of
from galleria.commerce.accounts.service.sessions import Entry
from galleria.commerce.orders import ShopLinks
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id
from galleria.platform import audit, tenants
from galleria.platform.access import SignInRefused

# What the library raises for bytes that are cut short or stand for nothing, beside its own errors.
_UNREADABLE = (WebAuthnException, LookupError, TypeError, ValueError)
REFUSED = "the passkey opens no account here"
Credential = dict[str, Any]


async def begin_registration(ctx: Context, host: str | None = None) -> Ceremony:
    """What `navigator.credentials.create` takes, for the shopper's next passkey.

    Args:
        ctx: of a shopper who has signed in a moment ago.
        host: of the shop's, on which the page is; the shop's first when None.

    Raises:
        ShopperSignedOut, FreshSignInRequired: see `acting`.
        HostNotOfShop: it is none of the shop's.
        TooManyPasskeys: there are as many as can be.
    """
    customer_id = require_fresh(ctx)
    rp_id, origin = await _place(ctx, host)
    known = await repository.of_customer(ctx, customer_id)
    if len(known) >= rules.MAX_PASSKEYS:
        raise TooManyPasskeys(f"there are at most {rules.MAX_PASSKEYS} passkeys")
    customer = (await customers.customers_of(ctx, [customer_id]))[customer_id]
    shop = await tenants.shop_of(ctx)
    challenge = await _ask(ctx, rp_id, origin, customer_id)
    options = webauthn.generate_registration_options(
        rp_id=rp_id,
        rp_name=shop.name,
        # No name and no address: what the authenticator keeps tells nobody who it is.
        user_id=customer_id.bytes,
        user_name=customer.email,
        user_display_name=customer.name or customer.email,
        challenge=challenge.challenge,
        timeout=int(rules.CHALLENGE_LIVES.total_seconds() * 1000),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=each.credential_id)
            for each in known
            if each.rp_id == rp_id
        ],
    )
    return _ceremony(challenge, options)


async def add_passkey(
    ctx: Context, challenge_id: UUID, credential: Credential, name: str
) -> Passkey:
    """The passkey opens the shopper's account from now on, and they have a mail that says so.

    Raises:
        ShopperSignedOut, FreshSignInRequired: see `acting`.
        PasskeyRefused: the challenge is used up or another's, or the answer does not fit it.
        PasskeyKnown, TooManyPasskeys: nothing was kept.
    """
    customer_id = require_fresh(ctx)
    challenge = await _take(ctx, challenge_id, customer_id)
    try:
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge.challenge,
            expected_rp_id=challenge.rp_id,
            expected_origin=challenge.origin,
            require_user_verification=True,
        )
    except _UNREADABLE as refused:
        raise PasskeyRefused("the answer does not fit what was asked") from refused
    passkey = StoredPasskey(
        passkey_id=new_id(),
        customer_id=customer_id,
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        rp_id=challenge.rp_id,
        name=name,
        is_backed_up=verified.credential_backed_up,
        created_at=ctx.now,
        last_used_at=None,
    )
    async with ctx.transaction() as tx:
        await account_repository.lock(tx, customer_id)
        if len(await repository.of_customer(tx, customer_id)) >= rules.MAX_PASSKEYS:
            raise TooManyPasskeys(f"there are at most {rules.MAX_PASSKEYS} passkeys")
        if not await repository.add(tx, passkey):
            raise PasskeyKnown("this passkey is registered already")
        customer = (await customers.customers_of(tx, [customer_id]))[customer_id]
        await signing_in.tell(tx, "passkey_added", customer_id, customer.email, customer.locale)
        await audit.record(tx, "accounts.passkey_added", f"customer:{customer_id}")
    return rules.shown(passkey)


async def begin_sign_in(ctx: Context, client: Client, host: str | None = None) -> Ceremony:
    """What `navigator.credentials.get` takes. It names nobody: the passkey says who they are.

    Raises:
        HostNotOfShop: it is none of the shop's.
        TooManyAttempts: this address asked too often.
    """
    rp_id, origin = await _place(ctx, host)
    await charge(ctx, attempt_rules.to_use_a_passkey(client.address))
    challenge = await _ask(ctx, rp_id, origin, None)
    options = webauthn.generate_authentication_options(
        rp_id=rp_id,
        challenge=challenge.challenge,
        timeout=int(rules.CHALLENGE_LIVES.total_seconds() * 1000),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _ceremony(challenge, options)


async def sign_in_with_passkey(
    ctx: Context,
    challenge_id: UUID,
    credential: Credential,
    client: Client,
    cart_token: str | None = None,
) -> SignedIn:
    """A session for whoever holds the passkey.

    A counter that did not grow means that there are two of what should be one: such a passkey is
    refused, and the shop's diary says so. Many authenticators do not count and always say 0.

    Raises:
        SignInRefused: something is wrong; what, is not said.
    """
    challenge = await _take_or_refuse(ctx, challenge_id)
    sealed = await baskets.seal(ctx, cart_token)
    signed_in = None
    async with ctx.transaction() as tx:
        passkey = await repository.lock_by_credential(tx, _credential_id(credential))
        if passkey is not None and await _is_signed(tx, passkey, challenge, credential):
            account = await account_repository.lock(tx, passkey.customer_id)
            if account is not None and not account.is_blocked:
                entry = Entry(
                    customer_id=passkey.customer_id,
                    how="passkey",
                    client=client,
                    cart_token=cart_token,
                    cart_sealed=sealed,
                )
                signed_in = await sessions.begin(tx, entry)
    if signed_in is None:
        raise SignInRefused(REFUSED)
    return signed_in


async def list_passkeys(ctx: Context) -> list[Passkey]:
    """The shopper's passkeys, the oldest first.

    Raises:
        ShopperSignedOut: nobody has signed in.
    """
    return [rules.shown(each) for each in await repository.of_customer(ctx, shopper_of(ctx))]


async def rename_passkey(ctx: Context, passkey_id: UUID, name: str) -> Passkey:
    """The passkey is called so.

    Raises:
        ShopperSignedOut: nobody has signed in.
        PasskeyNotFound: they have no such passkey.
    """
    async with ctx.transaction() as tx:
        renamed = await repository.rename(tx, shopper_of(ctx), passkey_id, name)
    if renamed is None:
        raise PasskeyNotFound(f"no passkey {passkey_id}")
    return rules.shown(renamed)


async def remove_passkey(ctx: Context, passkey_id: UUID) -> None:
    """The passkey opens nothing any more.

    Raises:
        ShopperSignedOut, FreshSignInRequired: see `acting`.
        PasskeyNotFound: they have no such passkey.
    """
    customer_id = require_fresh(ctx)
    async with ctx.transaction() as tx:
        if not await repository.remove(tx, customer_id, passkey_id):
            raise PasskeyNotFound(f"no passkey {passkey_id}")
        await audit.record(tx, "accounts.passkey_removed", f"customer:{customer_id}")


async def _place(ctx: Context, host: str | None) -> tuple[str, str]:
    """The host of the shop that a passkey is bound to, and the origin of its pages."""
    links = ctx.engines.settings_of(ShopLinks)
    own = f"{ctx.tenant.slug}.{links.base_domain}"
    hosts = [each.host for each in await tenants.list_domains(ctx)] or [own]
    chosen = host.lower() if host is not None else hosts[0]
    if chosen not in (*hosts, own):
        raise HostNotOfShop(f"{chosen[:100]} is no host of this shop")
    return chosen, links.address_of(ctx.tenant.slug, chosen)


async def _ask(ctx: Context, rp_id: str, origin: str, customer_id: UUID | None) -> Challenge:
    challenge = Challenge(
        challenge_id=new_id(),
        challenge=secrets.token_bytes(rules.CHALLENGE_BYTES),
        rp_id=rp_id,
        origin=origin,
        customer_id=customer_id,
        expires_at=ctx.now + rules.CHALLENGE_LIVES,
    )
    async with ctx.transaction() as tx:
        await repository.add_challenge(tx, challenge)
    return challenge


async def _take(ctx: Context, challenge_id: UUID, customer_id: UUID | None) -> Challenge:
    """The challenge, used up whatever comes of it: in a commit of its own."""
    async with ctx.transaction() as tx:
        challenge = await repository.take_challenge(tx, challenge_id, customer_id)
    if challenge is None:
        raise PasskeyRefused("ask for a new challenge")
    return challenge


async def _take_or_refuse(ctx: Context, challenge_id: UUID) -> Challenge:
    try:
        return await _take(ctx, challenge_id, None)
    except PasskeyRefused:
        raise SignInRefused(REFUSED) from None


async def _is_signed(
    tx: Transaction, passkey: StoredPasskey, challenge: Challenge, credential: Credential
) -> bool:
    """True when the passkey signed the challenge; its use is noted."""
    if passkey.rp_id != challenge.rp_id or not _is_of(passkey, credential):
        return False
    try:
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge.challenge,
            expected_rp_id=challenge.rp_id,
            expected_origin=challenge.origin,
            credential_public_key=passkey.public_key,
            # Looked at below, where it is known that the signature is right.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except _UNREADABLE:
        return False
    count = verified.new_sign_count
    if (count or passkey.sign_count) and count <= passkey.sign_count:
        subject = f"customer:{passkey.customer_id}"
        detail = {"passkey_id": str(passkey.passkey_id), "name": passkey.name}
        await audit.record(tx, "accounts.passkey_counter_went_back", subject, detail)
        return False
    await repository.note_use(tx, passkey, count, verified.credential_backed_up)
    return True


def _is_of(passkey: StoredPasskey, credential: Credential) -> bool:
    """Whether the user handle, which an authenticator need not send, is the passkey's owner's."""
    response = credential.get("response")
    handle = response.get("userHandle") if isinstance(response, dict) else None
    if not handle:
        return True
    try:
        return webauthn.base64url_to_bytes(str(handle)) == passkey.customer_id.bytes
    except ValueError:
        return False


def _credential_id(credential: Credential) -> bytes:
    try:
        return webauthn.base64url_to_bytes(str(credential.get("rawId", "")))
    except ValueError:
        return b""


def _ceremony(challenge: Challenge, options: Any) -> Ceremony:
    return Ceremony(
        challenge_id=challenge.challenge_id, options=json.loads(options_to_json(options))
    )
