"""What can be done about customers: know them, find them, correct them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce import attributes
from galleria.commerce.attributes import KeptMetafields
from galleria.commerce.customers import repository
from galleria.commerce.customers.errors import (
    AddressNotFound,
    CustomerChanged,
    CustomerNotFound,
    EmailTaken,
    TooManyAddresses,
)
from galleria.commerce.customers.events import GroupsChanged
from galleria.commerce.customers.model import (
    FORGOTTEN_DOMAIN,
    MAX_ADDRESSES,
    Customer,
    CustomerDetail,
    CustomerDraft,
    MergedCustomer,
    PostalAddress,
    SavedAddress,
    email_key,
)
from galleria.commerce.customers.schemas import CustomerChanges, NewCustomer
from galleria.engines.context import Actor, Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import Page
from galleria.platform import audit

_PAGE_SCOPE = "customers.list"


def shopper_of(actor: Actor) -> UUID | None:
    """The customer who is signed in as this actor, None when it is nobody or somebody else."""
    if actor.kind != "shopper":
        return None
    try:
        return UUID(actor.actor_id)
    except ValueError:
        return None


async def ensure_customer(tx: Transaction, email: str, name: str, locale: str) -> Customer:
    """The customer of this shop with this e-mail address; a new one when there was none.

    What is known of an old customer is not overwritten by a later order.
    """
    fresh = _new_customer(tx.ctx, NewCustomer(email=email.strip(), name=name, locale=locale))
    while True:
        customer = await repository.ensure(tx, fresh)
        if customer is not None:
            return customer


async def create_customer(ctx: Context, wanted: NewCustomer) -> Customer:
    """A customer entered by hand.

    Raises:
        EmailTaken: another customer has the address.
    """
    customer = _new_customer(ctx, wanted)
    async with ctx.transaction() as tx:
        if not await repository.insert(tx, customer):
            raise EmailTaken(f"a customer with {wanted.email} exists already")
        await audit.record(tx, "customers.customer_created", f"customer:{customer.customer_id}")
    return customer


async def merge_customers(
    tx: Transaction, drafts: Sequence[CustomerDraft], locale: str = "en"
) -> list[MergedCustomer]:
    """The customers are known by their e-mail addresses; what became of each, in their order.

    Who is known already keeps what is known: only an empty name or telephone number is filled, and
    addresses join the book that are not in it, up to `MAX_ADDRESSES`. Consent to marketing counts
    of new customers only: what somebody said here is newer than what another shop remembers. The
    same drafts again change nothing. Of two with one address in `drafts` the first counts.

    Args:
        tx: the caller's; one statement a table, however many drafts.
        drafts: at most some thousands at a time.
        locale: of customers whose draft names none.
    """
    firsts: dict[str, CustomerDraft] = {}
    for draft in drafts:
        firsts.setdefault(email_key(draft.email), draft)
    fresh = {
        key: Customer(
            customer_id=new_id(),
            email=draft.email.strip(),
            name=draft.name,
            locale=draft.locale or locale,
            phone=draft.phone,
            accepts_marketing=draft.accepts_marketing,
            version=1,
            created_at=tx.now,
            updated_at=tx.now,
        )
        for key, draft in firsts.items()
    }
    merged = await repository.merge(tx, list(fresh.values()))
    books = [
        (merged[key].customer_id, address)
        for key, draft in firsts.items()
        for address in draft.addresses
    ]
    extended = await repository.merge_addresses(tx, books) if books else set()
    for key, each in merged.items():
        if each.outcome == "unchanged" and each.customer_id in extended:
            merged[key] = msgspec.structs.replace(each, outcome="changed")
    counts: Counter[str] = Counter(each.outcome for each in merged.values())
    if counts["created"] or counts["changed"]:
        await audit.record(tx, "customers.customers_merged", "customers:merged", dict(counts))
    seen: set[str] = set()
    answers: list[MergedCustomer] = []
    for draft in drafts:
        key = email_key(draft.email)
        answer = merged[key]
        if key in seen:
            answer = msgspec.structs.replace(answer, outcome="unchanged")
        seen.add(key)
        answers.append(answer)
    return answers


async def get_customer(ctx: Context, customer_id: UUID) -> CustomerDetail:
    """The customer and the address book.

    Raises:
        CustomerNotFound: this shop has no such customer.
    """
    detail = await repository.detail(ctx, customer_id)
    if detail is None:
        raise CustomerNotFound(f"no customer {customer_id}")
    return detail


async def customers_of(reader: Reader, customer_ids: Sequence[UUID]) -> dict[UUID, Customer]:
    """Those of the customers that exist, by id, in one statement."""
    found = await repository.by_ids(reader, list(customer_ids))
    return {customer.customer_id: customer for customer in found}


async def customers_by_email(reader: Reader, emails: Sequence[str]) -> dict[str, Customer]:
    """Those of the customers that exist, by the address as it was written, in one statement."""
    found = await repository.by_emails(reader, list({email_key(each) for each in emails}))
    return {each: found[email_key(each)] for each in emails if email_key(each) in found}


async def list_customers(
    ctx: Context, query: str = "", cursor: str | None = None, limit: int = 50
) -> Page[Customer]:
    """A page of customers, newest first.

    Args:
        ctx: whose customers.
        query: the beginning of an e-mail address or a name; empty for all.
        cursor: where the page before ended.
        limit: 1 to 100.
    """
    tenant_id, cursors = ctx.tenant.tenant_id, ctx.engines.cursors
    before = None
    if cursor is not None:
        before = UUID(str(cursors.decode(cursor, tenant_id, _PAGE_SCOPE)[0]))
    query = query.strip()
    found = (
        await repository.matching(ctx, query, before, limit + 1)
        if query
        else await repository.newest(ctx, before, limit + 1)
    )
    items = found[:limit]
    more = len(found) > limit
    next_cursor = (
        cursors.encode(tenant_id, _PAGE_SCOPE, [str(items[-1].customer_id)]) if more else None
    )
    return Page(items=items, next_cursor=next_cursor)


async def update_customer(
    ctx: Context, customer_id: UUID, changes: CustomerChanges, expected_version: int | None = None
) -> Customer:
    """The customer with the changes, one version on.

    Raises:
        CustomerNotFound: this shop has no such customer.
        CustomerChanged: the version is not `expected_version`.
        EmailTaken: the new address belongs to another customer.
    """
    async with ctx.transaction() as tx:
        customer = await _locked(tx, customer_id)
        if expected_version not in (None, customer.version):
            raise CustomerChanged(f"the customer is at version {customer.version}")
        fields = changes.apply_to(msgspec.structs.asdict(customer))
        edited = msgspec.structs.replace(
            Customer(**fields),  # type: ignore[arg-type]
            version=customer.version + 1,
            updated_at=ctx.now,
        )
        if not await repository.save(tx, edited):
            raise EmailTaken(f"another customer has {edited.email}")
        await audit.record(tx, "customers.customer_changed", f"customer:{customer_id}")
    return edited


async def change_metafields(
    ctx: Context,
    customer_id: UUID,
    changes: Mapping[str, Any] | None,
    expected_version: int | None = None,
) -> KeptMetafields:
    """What is kept beside the customer after these changes by name; null takes a value away.

    Raises:
        CustomerNotFound: this shop has no such customer.
        CustomerChanged: the version is not `expected_version`.
        InvalidMetafields: a value that its definition does not let in.
    """
    async with ctx.transaction() as tx:
        customer = await _locked(tx, customer_id)
        if expected_version not in (None, customer.version):
            raise CustomerChanged(f"the customer is at version {customer.version}")
        before = await repository.metafields_of(tx, customer_id)
        after = await attributes.change_metafields(tx, "customer", before, changes)
        if after != before:
            await repository.save_metafields(tx, customer_id, after)
            await audit.record(tx, "customers.customer_changed", f"customer:{customer_id}")
    return KeptMetafields(metafields=after, version=customer.version + (after != before))


async def add_address(
    ctx: Context, customer_id: UUID, address: PostalAddress, is_default: bool = False
) -> SavedAddress:
    """The address is in the customer's book.

    Raises:
        CustomerNotFound: this shop has no such customer.
        TooManyAddresses: the book holds `MAX_ADDRESSES`.
    """
    saved = SavedAddress(address_id=new_id(), address=address, is_default=is_default)
    async with ctx.transaction() as tx:
        await _locked(tx, customer_id)
        if await repository.add_address(tx, customer_id, saved) >= MAX_ADDRESSES:
            raise TooManyAddresses(f"an address book holds {MAX_ADDRESSES} addresses")
    return saved


async def update_address(ctx: Context, customer_id: UUID, saved: SavedAddress) -> SavedAddress:
    """The address of this id in the customer's book reads so now.

    Raises:
        AddressNotFound: it was not there.
    """
    async with ctx.transaction() as tx:
        await _locked(tx, customer_id)
        if not await repository.save_address(tx, customer_id, saved):
            raise AddressNotFound(f"no address {saved.address_id}")
    return saved


async def remove_address(ctx: Context, customer_id: UUID, address_id: UUID) -> None:
    """The address is no longer in the customer's book.

    Raises:
        AddressNotFound: it was not there.
    """
    async with ctx.transaction() as tx:
        if not await repository.remove_address(tx, customer_id, address_id):
            raise AddressNotFound(f"no address {address_id}")


async def locked_customer(tx: Transaction, customer_id: UUID) -> Customer:
    """The customer, locked until the commit.

    Raises:
        CustomerNotFound: this shop has no such customer.
    """
    return await _locked(tx, customer_id)


async def change_email(tx: Transaction, customer_id: UUID, email: str) -> Customer:
    """The customer is known by this address now; what it was before comes back.

    Raises:
        CustomerNotFound: this shop has no such customer.
        EmailTaken: the address belongs to another customer.
    """
    customer = await _locked(tx, customer_id)
    edited = msgspec.structs.replace(
        customer, email=email, version=customer.version + 1, updated_at=tx.now
    )
    if not await repository.save(tx, edited):
        raise EmailTaken(f"another customer has {email}")
    await audit.record(tx, "customers.customer_changed", f"customer:{customer_id}")
    return customer


async def hand_over(tx: Transaction, from_id: UUID, to_id: UUID) -> None:
    """Two records were of one person: the first is gone, its addresses and groups are the second's.

    Orders know their customer by themselves; the caller sees to them.
    """
    groups = await repository.groups_of(tx, from_id)
    await repository.hand_over(tx, from_id, to_id)
    for customer_group_id in groups:
        tx.publish(GroupsChanged(customer_group_id=customer_group_id, customer_ids=[to_id]))
    detail = {"joined_into": str(to_id)}
    await audit.record(tx, "customers.customer_joined", f"customer:{from_id}", detail)


async def forget_person(tx: Transaction, customer_id: UUID) -> Customer:
    """Nothing tells who the customer was, for good; what was known of them comes back.

    The record stays under its id, so that orders still have a customer. Addresses, telephone,
    consent, groups and metafields are gone.

    Raises:
        CustomerNotFound: this shop has no such customer.
    """
    customer = await _locked(tx, customer_id)
    forgotten = msgspec.structs.replace(
        customer,
        email=f"deleted-{customer_id}@{FORGOTTEN_DOMAIN}",
        name="",
        phone="",
        accepts_marketing=False,
        version=customer.version + 1,
        updated_at=tx.now,
    )
    assert await repository.save(tx, forgotten), "an address made of an id is nobody else's"
    await repository.save_metafields(tx, customer_id, None)
    await repository.delete_addresses(tx, customer_id)
    for customer_group_id in await repository.leave_groups(tx, customer_id):
        tx.publish(GroupsChanged(customer_group_id=customer_group_id, customer_ids=[customer_id]))
    await audit.record(tx, "customers.customer_forgotten", f"customer:{customer_id}")
    return customer


async def _locked(tx: Transaction, customer_id: UUID) -> Customer:
    customer = await repository.lock(tx, customer_id)
    if customer is None:
        raise CustomerNotFound(f"no customer {customer_id}")
    return customer


def _new_customer(ctx: Context, wanted: NewCustomer) -> Customer:
    assert email_key(wanted.email), "an e-mail address is what a customer is known by"
    return Customer(
        customer_id=new_id(),
        email=wanted.email,
        name=wanted.name,
        locale=wanted.locale,
        phone=wanted.phone,
        accepts_marketing=wanted.accepts_marketing,
        version=1,
        created_at=ctx.now,
        updated_at=ctx.now,
    )
