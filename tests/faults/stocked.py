"""A shop in which everything has happened once, so that every table of every room holds rows.

All it says is marked by one word that no other shop says: wherever the word turns up, it leaked.
"""

import base64
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from galleria.bindings import all_subscriptions
from galleria.commerce import (
    accounts,
    assortment,
    attributes,
    carts,
    catalog,
    collections,
    customers,
    downloads,
    imports,
    inventory,
    listings,
    orders,
    payments,
    pictures,
    pricing,
    workbench,
)
from galleria.commerce.accounts import Client, Said
from galleria.commerce.attributes import NewAttributeSet, NewMetafieldDefinition
from galleria.commerce.carts import NewCart
from galleria.commerce.catalog import MediaDraft, Option, ProductChanges, ProductDraft, VariantDraft
from galleria.commerce.collections import Condition, Group, NewCollection
from galleria.commerce.customers import NewCustomerGroup
from galleria.commerce.downloads import NewDigitalGood
from galleria.commerce.inventory import NewIncoming, SetStock, StockPolicy
from galleria.commerce.orders import PastOrderDraft
from galleria.commerce.pricing import NewPriceEdit, NewPriceList, PriceListChanges
from galleria.commerce.workbench import NewAct, NewView, Relabel, Selection
from galleria.content import images, redirects
from galleria.content.redirects import RedirectDraft
from galleria.engines.cache import CacheKey
from galleria.engines.context import HOUSE, Context
from galleria.engines.event_log import Relay, Subscription
from galleria.engines.mail import Message
from galleria.engines.mail.outbox import OutboxMail
from galleria.engines.outbound import Outbound, parse_allowances
from galleria.engines.realtime import Topic
from galleria.engines.sql import Transaction, claim, keep_answer
from galleria.faces import graphql, kiosk, profiles
from galleria.faces.agents import repository as agents_rows
from galleria.faces.agents.service import calling, selling, signing
from galleria.foundation.events import Envelope
from galleria.foundation.ids import new_id
from galleria.foundation.money import Money
from galleria.growth import relevance, search
from galleria.platform import access, apps, changes, requests, webhooks
from galleria.platform.access.model import second_factor
from tests.commerce.accounts.authenticator import Authenticator
from tests.commerce.accounts.shoppers import link_in
from tests.commerce.selling import Sold, mug, put_on_sale
from tests.faces.gateway.door import (
    ADDRESS,
    Door,
    ShopScene,
    buy,
    fill_cart,
    open_shop_scene,
)
from tests.platform.requests.asking import heard

TOPIC = "imports/watched"
CACHED = ("kept", "thing")
PASSWORD = "correct horse battery staple"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><title>%s</title></svg>'


@dataclass(frozen=True)
class Stocked:
    """The shop, its word, and a few things that are not rows."""

    scene: ShopScene
    word: str
    session_token: str
    shopper_token: str
    letter: Message

    @property
    def ctx(self) -> Context:
        return self.scene.ctx

    @property
    def tenant_id(self) -> int:
        return self.scene.ctx.tenant.tenant_id


class OrderPlaced(msgspec.Struct, frozen=True):
    """Nothing of the event is read."""


async def fail(ctx: Context, tx: Transaction, batch: list[Envelope[OrderPlaced]]) -> None:
    """A handler that takes nothing, so that events are parked."""
    raise ValueError("this handler takes nothing")


ALWAYS_FAILS = Subscription("tests.always_fails", "orders.order_placed.v1", OrderPlaced, fail)


async def stock(door: Door, word: str) -> Stocked:
    """The shop, with everything in it."""
    scene = await open_shop_scene(
        door, mug(f"{word}-mug", stock=50, title=f"{word.title()} Mug", brand=word), name=word
    )
    ctx = scene.ctx
    await lend_a_kiosk(ctx, word, UUID(scene.variant_ids[0]))
    await furnish(ctx, word)
    await trade(scene, word)
    await set_terms(scene, word)
    await sell_to_agents(ctx, word, scene.variant_ids[0])
    await take_in(ctx, word)
    session_token = await let_in(ctx, word)
    await hand_out_keys(ctx, word)
    shopper_token = await let_shoppers_in(now(ctx), word)
    await keep_in_chunks(ctx, word)
    letter = await leave_traces(ctx, word)
    endpoint_id = await subscribe(ctx, word)
    await bring_in(ctx, word)
    relay = Relay(door.engines, [*all_subscriptions(), ALWAYS_FAILS])
    while await relay.drain():
        pass
    await send_in_vain(ctx, endpoint_id)
    await pictures.fetch_pictures(now(ctx))
    await door.engines.search.refresh()
    await look_for(now(ctx), word)
    return Stocked(scene, word, session_token, shopper_token, letter)


async def look_for(ctx: Context, word: str) -> None:
    """Somebody has searched and clicked, and somebody has judged what is found, and measured it."""
    shown = await listings.window_of(ctx)
    answer = await search.answer(ctx, shown, search.Question(words=word), client_id=word)
    clicked = search.NotedEvent(
        event_id=new_id(),
        query_id=answer.query_id,
        action_name="click",
        happened_at=ctx.now,
        taken_at=ctx.now,
        message=word,
    )
    search.take_events(ctx, [clicked])
    await ctx.engines.notebook.write_down()
    # When the click is no longer on its way.
    await search.refresh_standing(later(ctx, minutes=2))
    judged = await relevance.create_set(ctx, relevance.JudgmentSetDraft(name=f"{word} judged"))
    mugs = (await catalog.products_by_handle(ctx, [f"{word}-mug"]))[f"{word}-mug"]
    await relevance.judge(ctx, judged.judgment_set_id, word, mugs, 3)
    run = await relevance.start_run(ctx, judged.judgment_set_id)
    await relevance.run_now(ctx, run.relevance_run_id)


def now(ctx: Context) -> Context:
    """The same tenant and actor at this instant, as the next request would be."""
    return Context(ctx.engines, ctx.tenant, ctx.actor, ctx.request_id, ctx.locale)


def later(ctx: Context, **span: float) -> Context:
    """The same tenant and actor, `span` (as for timedelta) from now."""
    at = ctx.engines.clock.now() + timedelta(**span)
    return Context(ctx.engines, ctx.tenant, ctx.actor, ctx.request_id, ctx.locale, at)


async def furnish(ctx: Context, word: str) -> None:
    """What the catalog and the shelves know besides a product."""
    picture = await images.store_drawing(ctx, DRAWING % word.encode())
    draft = mug(
        f"{word}-print",
        title=f"{word} print",
        product_type=f"{word} type",
        attributes={f"{word}_size": 3},
        media=[
            MediaDraft(media_id=picture.media_id, alt=word),
            # Nobody may call it, so it stays wanted.
            MediaDraft(source_url=f"http://127.0.0.1:1/{word}.png"),
        ],
    ).draft
    tree = await catalog.create_product(ctx, draft)
    await attributes.create_attribute_set(ctx, NewAttributeSet(name=f"{word} set"))
    field = NewMetafieldDefinition(owner_kind="product", namespace=word, code="care", kind="text")
    await attributes.create_metafield_definition(ctx, field)
    collection = await collections.create_collection(ctx, NewCollection(title=f"{word} collection"))
    await collections.fill_collection(ctx, collection.collection_id, [tree.product_id], [])
    recent = Condition(field="published", operator="within_days", days=30)
    wanted = NewCollection(title=f"{word} rule", rule=Group(conditions=[recent]))
    ruled = await collections.create_collection(ctx, wanted)
    await collections.apply_rule(ctx, ruled.collection_id)
    (other,) = await put_on_sale(ctx, mug(f"{word}-frame"))
    assert other.product_id is not None
    beside = assortment.NamedProducts(product_ids=[other.product_id])
    await assortment.set_relations(ctx, tree.product_id, "accessory", beside)
    framed, pair = other.variant_ids
    two = [assortment.NewComponent(variant_id=framed, quantity=2)]
    await assortment.set_bundle(ctx, pair, assortment.NewBundle(components=two))
    await sell_without_parcels(ctx, word)
    policy = StockPolicy(is_tracked=False, allows_backorder=True)
    await inventory.set_policy(ctx, tree.variants[0].variant_id, policy)
    moved = RedirectDraft(from_path=f"/{word}-old", to=f"/{word}-new")
    await redirects.create_redirect(ctx, moved)
    document = graphql.NewDocument(name=word, text=f"{{ shop {{ name }} }} # {word}")
    await graphql.register_documents(ctx, [document], graphql.documents_by_face())
    await graphql.change_settings(ctx, graphql.ShopGraphql(only_registered=False))
    curation = search.CurationDraft(name=word, applies="always", pinned=[tree.product_id])
    await search.create_curation(ctx, curation)
    await search.create_ranking(ctx, search.RankingDraft(name=word.lower()))
    await profiles.put_profile(ctx, profiles.ProfileDraft(code=word.lower(), name=word))
    await search.create_synonyms(ctx, search.SynonymDraft(words=[word, f"{word} too"]))
    await search.create_key(ctx, word, search.SearchLimits(categories=[word.lower()]))
    await search.change_settings(ctx, search.SearchSettings(is_open=True))
    await work_at(ctx, word, tree.product_id)
    was, now_is = {"title": f"{word} before"}, {"title": f"{word} print"}
    async with ctx.transaction() as tx:
        await changes.record(tx, "product", tree.product_id, 9, was, now_is)
        many = {tree.product_id: (was, now_is)}
        await changes.record_bulk(tx, new_id(), 0, "product", many, f"import:{word}")
    expected = NewIncoming(variant_id=tree.variants[0].variant_id, quantity=3, reference=word)
    await inventory.expect_incoming(ctx, expected)
    # All that the shop has is few.
    await inventory.set_low_stock_at(ctx, 1_000)


async def work_at(ctx: Context, word: str, product_id: UUID) -> None:
    """A view is kept, and many products were changed at once."""
    await workbench.save_view(ctx, NewView(name=f"{word} view", question=f"tag={word}"))
    tagged = Relabel(labels=catalog.Labels(add_tags=(word,)))
    wanted = NewAct(change=tagged, selection=Selection(product_ids=(product_id,)))
    act = await workbench.start_act(ctx, wanted)
    await workbench.run_act(ctx, act.act_id)


async def sell_without_parcels(ctx: Context, word: str) -> None:
    """A file and a licence on sale, each on terms of its own."""
    (made,) = await put_on_sale(ctx, mug(f"{word}-book", stock=None))
    book, program = made.variant_ids
    await downloads.set_good(ctx, book, NewDigitalGood(valid_days=30))
    await downloads.add_file(ctx, book, f"{word}.pdf", word.encode())
    await downloads.set_good(ctx, program, NewDigitalGood(kind="licences", low_at=9))
    await downloads.add_licences(ctx, program, [f"{word}-1", f"{word}-2"])
    # As somebody does who counts without looking: one will be owed.
    await inventory.set_stock(ctx, [SetStock(variant_id=program, on_hand=3, reason=word)])


async def trade(scene: ShopScene, word: str) -> None:
    """Orders of every fate: sent, refunded, annotated, paid twice over by the bank's telling."""
    ctx, variant_id = scene.ctx, scene.variant_ids[0]
    person: dict[str, Any] = {
        "email": f"{word}@example.com",
        "shipping_address": {**ADDRESS, "name": f"{word} Alves"},
    }
    async with scene.shopper() as shopper, scene.clerk() as clerk:
        await fill_cart(shopper, (variant_id, 1))
        sent = await buy(shopper, (variant_id, 2), **person)
        await buy(shopper, (variant_id, 1), payment={"method": "test", "token": "tok_twice"})
        bundle = (await catalog.variants_by_sku(ctx, [f"{word}-frame-w"]))[f"{word}-frame-w"]
        await buy(shopper, (str(bundle), 1), **person)
        skus = await catalog.variants_by_sku(ctx, [f"{word}-book-b", f"{word}-book-w"])
        book, program = (str(skus[each]) for each in sorted(skus))
        digital = await buy(shopper, (book, 1), (program, 3), **person)
        await shopper.get(digital["downloads"]["files"][0]["path"])
        path = f"/admin/v1/orders/{sent['order_id']}"
        await clerk.json(
            "POST",
            f"{path}/fulfillments",
            json={"tracking": {"carrier": word, "tracking_number": f"{word}-1"}},
        )
        await clerk.json(
            "POST",
            f"{path}/refunds",
            json={
                "lines": [{"line_id": sent["lines"][0]["line_id"], "quantity": 1}],
                "reason": f"{word} broke",
            },
            headers={"Idempotency-Key": f"refund-{word}"},
        )
        await clerk.json("POST", f"{path}/notes", json={"note": f"{word} called"})
        customers = await clerk.json("GET", "/admin/v1/customers")
        customer_id = next(
            each["customer_id"] for each in customers["items"] if each["email"] == person["email"]
        )
        address = {"address": {**ADDRESS, "city": word.title()}}
        await clerk.json("POST", f"/admin/v1/customers/{customer_id}/addresses", json=address)
    past = PastOrderDraft(
        number=f"{word}-77", email=person["email"], currency="EUR", placed_at=ctx.now, note=word
    )
    async with now(ctx).transaction() as tx:
        await orders.merge_past_orders(tx, "shopify", [past])
    await payments.deliver_test_callbacks(now(ctx))
    await orders.send_confirmations(ctx, [UUID(sent["order_id"])])


async def sell_to_agents(ctx: Context, word: str, variant_id: str) -> None:
    """An agent has begun to buy, and signed what it asked; the shop has a key to sign with."""
    wanted = {
        "line_items": [{"item": {"id": variant_id}, "quantity": 1}],
        "buyer": {"email": f"{word}@example.com", "full_name": word},
    }
    call = calling.Call(version="2026-08-25", body=msgspec.json.encode(wanted))
    await selling.create_checkout(ctx, call)
    await signing.signing_key(ctx)
    async with ctx.transaction() as tx:
        await agents_rows.take_nonce(tx, word.encode())


async def set_terms(scene: ShopScene, word: str) -> None:
    """A group of customers with a list of theirs that was ended, and prices edited by a formula."""
    ctx = now(scene.ctx)
    people = (await customers.list_customers(ctx)).items
    group = await customers.create_group(
        ctx, NewCustomerGroup(code=f"{word}-friends", name=f"{word} friends")
    )
    await customers.add_members(ctx, group.customer_group_id, [people[0].customer_id])
    sale = await pricing.create_list(
        ctx, NewPriceList(code=f"{word}-sale", name=f"{word} sale", kind="sale")
    )
    await pricing.update_list(now(ctx), sale.price_list_id, PriceListChanges(is_active=False))
    formula = {"formula": {"steps": [{"do": "add", "amount_minor": 1}]}}
    edit = await pricing.start_edit(ctx, msgspec.convert(formula, NewPriceEdit))
    await pricing.run_edit(now(ctx), edit.edit_id)


async def keep_in_chunks(ctx: Context, word: str) -> None:
    """A product of two categories and of more variants than one document holds."""
    options = [Option(f"{word} length", [str(each) for each in range(101)])]
    draft = ProductDraft(
        handle=f"{word}-rope",
        title=f"{word} rope",
        status="active",
        options=options,
        variants=[VariantDraft(option_values=[each]) for each in options[0].values],
        category_paths=[[f"{word} ropes"], [f"{word} ship"]],
    )
    await put_on_sale(now(ctx), Sold(draft, [100] * 101, [None] * 101))
    async with ctx.transaction() as tx:
        # As an upgrade leaves a shop whose listings are to be made anew.
        await tx.execute("INSERT INTO listings.stale VALUES ($1, $2)", new_id())


async def take_in(ctx: Context, word: str) -> None:
    """Product files: one taken in, one only looked at, one broken line, and a file written out."""
    lines: list[dict[str, Any]] = [
        {"id": f"{word}-1", "title": f"{word} bowl", "sku": f"{word}-bowl", "price_minor": 1200},
        {"id": f"{word}-2", "price_minor": "much"},
    ]
    content = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
    file = await imports.accept_file(ctx, f"{word}.jsonl", content)
    dry = await imports.start_import(ctx, file.file_id, is_dry_run=True, publish=True)
    await imports.run_import_now(ctx, dry.run_id)
    real = await imports.start_import(ctx, file.file_id, publish=True)
    await imports.run_import_now(ctx, real.run_id)
    await take_back(ctx, word, lines[0])
    async with ctx.transaction() as tx:
        # As a worker leaves it that is killed half way.
        await tx.execute("INSERT INTO imports.seen VALUES ($1, $2, 10, '\\x01')", real.run_id)
    await imports.start_export(ctx)
    rules = [imports.Rule(field=field, column=f"{word} {field}") for field in ("sku", "title")]
    await imports.create_mapping(ctx, f"{word} list", imports.MappingDocument(rules=rules))


async def take_back(ctx: Context, word: str, line: dict[str, Any]) -> None:
    """An import that is undone but for what was edited since, and one that still can be."""

    async def again(**changes: Any) -> UUID:
        content = msgspec.json.encode({**line, **changes})
        file = await imports.accept_file(ctx, f"{word}-again.jsonl", content)
        run = await imports.start_import(ctx, file.file_id, publish=True)
        await imports.run_import_now(ctx, run.run_id)
        return run.run_id

    run_id = await again(title=f"{word} dish")
    (bowl,) = (await catalog.list_variants(ctx, sku=f"{word}-bowl")).items
    await catalog.update_product(ctx, bowl.product_id, ProductChanges(title=f"{word} plate"))
    await imports.start_undo(ctx, run_id)
    await imports.run_import_now(ctx, run_id)
    await again(price_minor=1300, cost_minor=700, collections=[f"{word} bowls"])


async def let_in(ctx: Context, word: str) -> str:
    """A person of the shop, with a session, a second factor, and one attempt that failed."""
    house = ctx.for_tenant(HOUSE)
    email = f"{word}-{new_id().hex[-8:]}@staff.example"
    person = await access.create_person(house, email, f"{word} Owner", PASSWORD)
    await access.grant(ctx, person.person_id, "owner")
    signed_in = await access.sign_in(house, email, PASSWORD, None, "192.0.2.10")
    session = await access.session_of(house, signed_in.session_token)
    assert session is not None, "it was just begun"
    enrolment = await access.enrol_totp(house, session)
    key = base64.b32decode(enrolment.secret + "=" * (-len(enrolment.secret) % 8))
    code = second_factor.code_at_step(key, second_factor.step_at(house.now))
    confirmed = await access.confirm_totp(house, session, code, "192.0.2.10")
    with suppress(access.SignInRefused):
        await access.sign_in(house, email, "a wrong password", None, "192.0.2.10")
    return confirmed.signed_in.session_token


async def hand_out_keys(ctx: Context, word: str) -> None:
    """A key that is being replaced and was used, and what is done when one leaks."""
    terms = access.KeyTerms(owner=f"{word} Owner", notes=word)
    key = await access.create_key(ctx, f"{word} till", ["orders:read"], terms=terms)
    await access.admit(ctx, key.key, access.Caller("192.0.2.10", None, f"{word}/1", "/admin/v1"))
    asked = heard("/admin/v1/orders", method="GET", query=f"q={word}", key_id=key.key_id)
    requests.RequestLog().note(ctx, asked)
    await ctx.engines.notebook.write_down()
    await access.rotate_key(now(ctx), key.key_id)
    await access.set_leak_policy(ctx, access.LeakPolicy(on_leak="warn"))


async def lend_a_kiosk(ctx: Context, word: str, variant_id: UUID) -> None:
    """A kiosk has taken the shop window along, and has sold a mug; what changes is noted for it."""
    key = await kiosk.set_up(ctx, kiosk.NewKiosk(name=f"{word} kiosk", location="main"))
    at_present, profile = now(ctx), profiles.BUILT_IN["kiosk"]
    assert await kiosk.present_pack(at_present, profile) is None
    (row,) = await ctx.read("SELECT pack_id FROM kiosk.pack WHERE tenant_id = $1")
    await kiosk.make_pack(at_present, row["pack_id"])
    price = Money(2400, "EUR")
    sold = kiosk.OfflineOrder(
        idempotency_key=f"{word}-sold-offline",
        taken_at=at_present.now,
        lines=(kiosk.SoldLine(variant_id=variant_id, quantity=1, unit_price=price),),
        payment=kiosk.CounterPayment(method="cash", reference=word),
        total=price,
    )
    cheaper = msgspec.structs.replace(
        sold, idempotency_key=f"{word}-sold-too-cheap", total=Money(1, "EUR")
    )
    answer, refused = await kiosk.take_in(at_present, profile, [sold, cheaper])
    assert answer.outcome == "placed", answer
    assert refused.outcome == "refused", refused
    device = msgspec.structs.replace(at_present.actor, kind="key", actor_id=str(key.key_id))
    assert await kiosk.present_pack(at_present.as_actor(device), profile)


def letting_out(ctx: Context) -> Context:
    """The shop in a house that calls itself, if it is told to."""
    room_settings = {webhooks.WebhooksSettings: webhooks.WebhooksSettings(allow_http=True)}
    outbound = Outbound(parse_allowances("127.0.0.1:1"))
    engines = replace(ctx.engines, outbound=outbound, room_settings=room_settings)
    return Context(engines, ctx.tenant, ctx.actor, ctx.request_id)


async def subscribe(ctx: Context, word: str) -> UUID:
    """An endpoint where nobody listens is to hear of the shop's orders."""
    inside = letting_out(ctx)
    wanted = webhooks.NewWebhook(
        name=word,
        url=f"http://127.0.0.1:1/{word}",
        subscriptions=[webhooks.WireChoice(tag="orders.order_placed.v1")],
    )
    made = await webhooks.create_webhook(inside, wanted)
    await inside.engines.outbound.close()
    return made.webhook.endpoint.endpoint_id


async def bring_in(ctx: Context, word: str) -> None:
    """An app is installed, and its code is remembered."""
    back, verifier = f"https://{word.lower()}.example/", f"{word}-{'v' * 43}"
    manifest = apps.Manifest(
        handle=f"{word.lower()}-app",
        name=f"{word} app",
        developer=word,
        redirect_uris=[back],
        scopes=["orders:read"],
    )
    made = await apps.add_app(ctx, apps.NewManifest(manifest=manifest))
    digest = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    approval = apps.Approval(version=1, redirect_uri=back, code_challenge=digest)
    approved = await apps.approve(ctx, made.app.app_id, approval)
    asked = apps.TokenRequest(
        grant_type="authorization_code",
        code=approved.redirect_to.partition("?code=")[2],
        redirect_uri=back,
        code_verifier=verifier,
        client_id=made.app.client_id,
        client_secret=made.client_secret,
    )
    await apps.exchange(ctx, asked)


async def send_in_vain(ctx: Context, endpoint_id: UUID) -> None:
    """The endpoint's messages were tried once, and all are to be tried once more."""
    inside = letting_out(ctx)
    await webhooks.send_test(inside, endpoint_id, "orders.order_placed.v1")
    await webhooks.Sender(inside.engines).drain()
    until = now(ctx).now
    wanted = webhooks.NewReplay(since=until - timedelta(days=1), until=until, what="all")
    await webhooks.start_replay(inside, endpoint_id, wanted)
    await inside.engines.outbound.close()


async def let_shoppers_in(ctx: Context, word: str) -> str:
    """The session of a shopper with a cart and a passkey, who has asked for another address."""
    await accounts.request_link(
        ctx, "sign_in", f"{word}@shopper.example", Said(name=word), Client("192.0.2.11", word)
    )
    rows = await ctx.read("SELECT letter_id FROM accounts.letter WHERE tenant_id = $1")
    await accounts.send_letters(ctx, [row["letter_id"] for row in rows])
    mail = ctx.engines.mail
    assert isinstance(mail, OutboxMail)
    (letter, *_) = await mail.letters(ctx.tenant.tenant_id)
    cart = await carts.open_cart(ctx, NewCart())
    entered = await accounts.follow_link(
        ctx, link_in(letter), Client("192.0.2.11", word), PASSWORD, cart.token
    )
    actor = await accounts.actor_of_session(ctx, entered.session_token)
    assert actor is not None
    shopper = ctx.as_actor(actor)
    host = f"{ctx.tenant.slug}.localhost"
    ceremony = await accounts.begin_registration(shopper, host)
    phone = Authenticator(f"http://{host}:8000")
    answer = phone.create(ceremony.options)
    await accounts.add_passkey(shopper, ceremony.challenge_id, answer, f"{word} phone")
    await accounts.begin_registration(shopper, host)
    await accounts.request_email_change(shopper, f"{word}@new.example", Client("192.0.2.11", word))
    rows = await ctx.read(
        "SELECT letter_id FROM accounts.letter WHERE tenant_id = $1 AND sent_at IS NULL"
    )
    await accounts.send_letters(ctx, [row["letter_id"] for row in rows])
    return entered.session_token


async def leave_traces(ctx: Context, word: str) -> Message:
    """What the engines keep: an answer, a secret, a message, a letter, something in the cache."""
    async with ctx.transaction() as tx:
        assert await claim(tx, "tests.write", word, b"fingerprint") is None
        await keep_answer(tx, "tests.write", word, 201, word.encode())
    engines, tenant_id = ctx.engines, ctx.tenant.tenant_id
    await engines.secrets.encrypt(tenant_id, word.encode(), "tests")
    await engines.realtime.publish(Topic(tenant_id, TOPIC), word.encode())
    await engines.cache.set(CacheKey(tenant_id, *CACHED), word.encode(), 3600)
    letter = Message(
        tenant_id=tenant_id, to=f"{word}@example.com", subject=word, text=word, html=None
    )
    await engines.mail.send(letter)
    return letter
