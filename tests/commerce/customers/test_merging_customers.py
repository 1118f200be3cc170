"""Customers who come from elsewhere: known by their address, never doubled, never overwritten."""

from galleria.commerce import customers
from galleria.commerce.customers import CustomerDraft, PostalAddress
from galleria.commerce.customers.model import MAX_ADDRESSES
from galleria.engines.context import Context


def place(number: int) -> PostalAddress:
    return PostalAddress(name="Ana", line1=f"Quay {number}", city="Hull", country="GB")


async def merged(ctx: Context, *drafts: CustomerDraft) -> list[customers.MergedCustomer]:
    async with ctx.transaction() as tx:
        return await customers.merge_customers(tx, drafts, "de")


async def test_the_same_drafts_again_change_nothing(ctx: Context) -> None:
    ana = CustomerDraft(email="Ana@Example.com", name="Ana", addresses=[place(1), place(2)])
    ben = CustomerDraft(email="ben@example.com", locale="en")
    first = await merged(ctx, ana, ben)
    assert [each.outcome for each in first] == ["created", "created"]
    detail = await customers.get_customer(ctx, first[0].customer_id)
    assert (detail.email, detail.locale, detail.version) == ("Ana@Example.com", "de", 1)
    assert [(a.address.line1, a.is_default) for a in detail.addresses] == [
        ("Quay 1", True),
        ("Quay 2", False),
    ]
    again = await merged(ctx, ana, ben)
    assert [each.outcome for each in again] == ["unchanged", "unchanged"]
    assert await customers.get_customer(ctx, first[0].customer_id) == detail


async def test_gaps_are_filled_and_nothing_is_overwritten(ctx: Context) -> None:
    wanted = customers.NewCustomer(email="ana@example.com", name="Ana M.")
    known = await customers.create_customer(ctx, wanted)
    draft = CustomerDraft(
        email="ANA@example.com", name="Other", phone="+44 1", accepts_marketing=True
    )
    (answer,) = await merged(ctx, draft)
    assert (answer.customer_id, answer.outcome) == (known.customer_id, "changed")
    found = await customers.get_customer(ctx, known.customer_id)
    assert (found.name, found.phone, found.version) == ("Ana M.", "+44 1", 2)
    assert not found.accepts_marketing, "consent is not brought along for those who are here"


async def test_new_addresses_join_the_book_while_there_is_room(ctx: Context) -> None:
    full = [place(at) for at in range(MAX_ADDRESSES)]
    (first,) = await merged(ctx, CustomerDraft(email="a@example.com", addresses=full[:-1]))
    more = CustomerDraft(email="a@example.com", addresses=[place(0), place(98), place(99)])
    (answer,) = await merged(ctx, more)
    assert answer.outcome == "changed"
    found = await customers.get_customer(ctx, first.customer_id)
    assert len(found.addresses) == MAX_ADDRESSES
    assert sum(each.is_default for each in found.addresses) == 1


async def test_of_two_drafts_with_one_address_the_first_counts(ctx: Context) -> None:
    one = CustomerDraft(email="a@example.com", name="First")
    two = CustomerDraft(email="A@example.com ".strip(), name="Second")
    first, second = await merged(ctx, one, two)
    assert (first.outcome, second.outcome) == ("created", "unchanged")
    assert first.customer_id == second.customer_id
    assert (await customers.get_customer(ctx, first.customer_id)).name == "First"


async def test_five_thousand_customers_are_a_handful_of_statements(ctx: Context) -> None:
    drafts = [
        CustomerDraft(email=f"c{at}@example.com", name=f"C {at}", addresses=[place(at)])
        for at in range(5_000)
    ]
    answers = await merged(ctx, *drafts)
    assert {each.outcome for each in answers} == {"created"}
    assert len({each.customer_id for each in answers}) == 5_000
