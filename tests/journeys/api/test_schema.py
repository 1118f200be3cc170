"""Whatever the OpenAPI document allows is answered as the document says, and never by a failure.

Requests are made up by schemathesis, from a fixed seed: some that fit the document and some that
do not, half of them with names of things that are there. GALLERIA_SCHEMA_EXAMPLES asks for more.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from galleria.app.house import open_house
from galleria.app.http import api_app
from galleria.app.shops import open_and_provision
from galleria.engines.context import Tenant
from galleria.engines.mail import Sender
from galleria.engines.mail.outbox import OutboxMail
from galleria.faces.gateway import VERSIONS
from galleria.faces.headless.describing import document_of
from galleria.foundation.ids import mint_token, new_id
from galleria.platform import access, changes
from galleria.platform.tenants import OpenShop
from galleria.settings import Settings
from tests.app.houses import SLUG, Name, prepared_house, running
from tests.commerce.accounts.shoppers import link_in
from tests.journeys.api.counter import Counter
from tests.journeys.api.furnishing import Names, change, come_and_go, furnish
from tests.journeys.api.key_ring import wait_a_month
from tests.journeys.api.kiosks import OFFLINE, take_along
from tests.journeys.api.shopping import ACCOUNT, Letters, enter, leave, own

Case = schemathesis.Case[Any]
EXAMPLES = int(os.environ.get("GALLERIA_SCHEMA_EXAMPLES", "6"))
# An import is over too soon to be held up or cancelled, and a callback takes the gateway's
# signature.
UNTRIED = {"CancelImport", "PauseImport", "ResumeImport", "ReceiveTestCallback"}
SEED = 20261121
LINK = "/account/link/"
NARROW = "orders:read"
TRIAL = OpenShop(
    slug="trial", name="Trial", currency="EUR", locale="en", country="DE", is_sandbox=True
)
BOUNDS = {
    "string": {"maxLength", "enum", "format"},
    "integer": {"maximum", "enum"},
    "number": {"maximum", "enum"},
}
SCHEMA = schemathesis.openapi.from_dict(document_of(api_app()))
OPERATIONS = {
    operation.definition.raw["operationId"]: operation
    # What takes things away comes last, so that there is something to ask for until then.
    for operation in sorted(
        (result.ok() for result in SCHEMA.get_all_operations() if isinstance(result, Ok)),
        key=lambda each: each.method == "delete",
    )
}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@dataclass(frozen=True)
class House:
    """A running house: how to ask it, and what is there to ask for."""

    base_url: str
    tenant_id: int
    key: str
    narrow_key: str
    house_key: str
    session_token: str
    client: httpx.Client
    names: Names
    answers: list[httpx.Response]

    def ask(self, case: Case, who: dict[str, str] | None = None) -> Response:
        """The answer to a request, which is as documented; `who` asks when not whoever should."""
        case.headers.update(self.whoever_may(case.operation.path) if who is None else who)
        case.headers["Galleria-Version"] = VERSIONS.newest.name
        answer = case.call(base_url=self.base_url)
        case.validate_response(answer, checks=CHECKS)
        return answer

    def send(self, case: Case, media_type: str, body: bytes) -> httpx.Response:
        """The same for a body as it stands, whatever the document says of bodies."""
        path = case.operation.path
        answer = self.client.request(
            case.method,
            case.formatted_path,
            content=body,
            headers={**self.whoever_may(path), "Content-Type": media_type},
        )
        case.validate_response(answer, checks=CHECKS)
        return answer

    def whoever_may(self, path: str) -> dict[str, str]:
        """Who asks: a shopper, a program with the shop's key, or one with the house's."""
        if path.startswith(ACCOUNT):
            return {"Authorization": f"Bearer {self.session_token}"}
        if not path.startswith(("/admin/", OFFLINE)):
            return {"X-Galleria-Shop": SLUG}
        is_of_the_house = path.startswith("/admin/v1/shops")
        key = self.house_key if is_of_the_house else self.key
        return {"Authorization": f"Bearer {key}"}


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A small shop with one thing of each kind, served by processes of its own."""
    prepared = await prepared_house(tmp_path_factory.mktemp("schema") / "house")
    # A webhook may be where nobody listens.
    inside = {"outbound_allow": "127.0.0.1:1", "webhooks_allow_http": "true"}
    async with running(prepared, *get_args(Name), settings=inside) as processes:
        async with open_house(Settings(data=str(prepared.folder))) as opened:
            of_house = opened.context()
            made = await access.create_key(of_house, "all", ["*"])
            of_shop = of_house.for_tenant(Tenant(prepared.tenant_id, SLUG))
            narrow = await access.create_key(of_shop, NARROW, [NARROW])
            tried = await open_and_provision(of_house, TRIAL, "localhost")
            of_trial = of_house.for_tenant(Tenant(tried.tenant_id, "trial", is_sandbox=True))
            trial = await access.create_key(of_trial, "all", ["*"])
            changed = new_id()
            async with of_shop.transaction() as tx:
                await changes.record(tx, "product", changed, 2, {"title": "Cup"}, {"title": "Mug"})
        # The document describes the newest version.
        newest = {"Galleria-Version": VERSIONS.newest.name}
        async with httpx.AsyncClient(
            base_url=processes.base_url, timeout=20, headers=newest
        ) as client:
            clerk = Counter(client, Authorization=f"Bearer {prepared.key}")
            shopper = Counter(client, **{"X-Galleria-Shop": SLUG})
            operator = Counter(client, Authorization=f"Bearer {made.key}")
            names = await furnish(clerk, shopper, operator)
            await wait_a_month(tester := clerk.speaking(Authorization=f"Bearer {trial.key}"))
            names |= {"subject_kind": ["product"], "subject_id": [str(changed)]}
            await change(clerk, shopper, names)
            await come_and_go(clerk, shopper, operator, names)
            letters = letters_of(prepared.folder, prepared.tenant_id)
            port = httpx.URL(processes.base_url).port or 80
            session = (await enter(shopper, letters))["session_token"]
            buyer = Counter(client, Authorization=f"Bearer {session}")
            names |= await own(buyer, shopper, clerk, port)
            await leave(shopper, clerk, letters, port)
            names |= await take_along(clerk)
        with httpx.Client(base_url=processes.base_url) as sync_client:
            yield House(
                base_url=processes.base_url,
                tenant_id=prepared.tenant_id,
                key=prepared.key,
                narrow_key=narrow.key,
                house_key=made.key,
                session_token=session,
                client=sync_client,
                names=names,
                answers=[
                    *(clerk.answers + shopper.answers),
                    *(operator.answers + buyer.answers + tester.answers),
                ],
            )


def letters_of(folder: Path, tenant_id: int) -> Letters:
    """Reads the mails of a shop as the worker writes them."""
    mail, seen = OutboxMail(folder / "mail", Sender("shop@galleria.example")), set[UUID]()

    async def newest(email: str) -> str:
        for _ in range(600):
            for letter in await mail.letters(tenant_id):
                if letter.to == email and letter.mail_id not in seen and LINK in letter.text:
                    seen.add(letter.mail_id)
                    return link_in(letter)
            await asyncio.sleep(0.05)
        raise AssertionError(f"no mail to {email}")

    return newest


def case_of(house: House, operation_id: str, **headers: str) -> Case:
    """A request for things that are there, of no more than it takes, and without a body."""
    operation = OPERATIONS[operation_id]
    named = {each.name: house.names[each.name][0] for each in operation.path_parameters}
    query = {
        each.name: house.names.get(each.name.removeprefix("filter[").rstrip("]"), ["mug"])[0]
        for each in operation.query
        if each.is_required
    }
    return operation.Case(path_parameters=named, query=query, headers=headers)


def test_every_answer_that_shows_something_is_as_the_document_says(house: House) -> None:
    """With made-up requests alone, much would only ever be answered that it is not there."""
    answered = {
        operation_id: house.ask(case_of(house, operation_id)).status_code
        for operation_id, operation in OPERATIONS.items()
        if operation.method == "get"
    }
    assert {each for each, status in answered.items() if status != 200} == set()


def test_every_change_is_answered_as_the_document_says(house: House) -> None:
    """Made-up requests hardly ever change anything: they are refused before."""
    changed = set()
    for answer in house.answers:
        operation = SCHEMA.find_operation_by_path(answer.request.method, answer.request.url.path)
        assert operation is not None, answer.request.url
        operation_id = operation.definition.raw["operationId"]
        case_of(house, operation_id).validate_response(answer, checks=CHECKS)
        changed.add(operation_id)
    writes = {each for each, operation in OPERATIONS.items() if operation.method != "get"}
    assert writes - changed == UNTRIED


@pytest.mark.parametrize("operation_id", ["ShowStoreProduct", "ShowImage"])
def test_what_a_client_has_already_is_not_sent_again(house: House, operation_id: str) -> None:
    (etag,) = house.ask(case_of(house, operation_id)).headers["etag"]
    answer = house.ask(case_of(house, operation_id, **{"If-None-Match": etag}))
    assert (answer.status_code, answer.content) == (304, b"")


def test_whoever_may_not_call_is_told_so_as_the_document_says(house: House) -> None:
    a_shop = {"X-Galleria-Shop": SLUG}
    strangers: list[tuple[int, dict[str, str]]] = [
        (400, {"Authorization": "Basic YW5hOmFuYQ=="}),
        (401, a_shop),
        (401, {"Authorization": f"Bearer {mint_token('key', house.tenant_id)}"}),
        (403, {"Authorization": f"Bearer {house.narrow_key}"}),
        (404, {"X-Galleria-Shop": "nowhere"}),
        (421, {"Authorization": f"Bearer {house.key}", "X-Galleria-Shop": "annex"}),
    ]
    for operation_id, operation in OPERATIONS.items():
        scopes = operation.definition.raw.get("x-scopes")
        if scopes is not None:
            for status, who in strangers:
                if status == 403 and set(scopes) <= {NARROW}:
                    continue
                answer = house.ask(case_of(house, operation_id), who)
                assert (operation_id, answer.status_code) == (operation_id, status)


def test_a_body_that_is_too_large_or_no_json_is_refused_as_the_document_says(house: House) -> None:
    for operation_id, operation in OPERATIONS.items():
        if [each.media_type for each in operation.body] == ["application/json"]:
            case = case_of(house, operation_id)
            large = house.send(case, "application/json", b" " * 1_000_001)
            other = house.send(case, "text/xml", b"<goods/>")
            broken = house.send(case, "application/json", b"{")
            answers = (large.status_code, other.status_code, broken.status_code)
            assert (operation_id, answers) == (operation_id, (413, 415, 422))


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_every_answer_is_as_the_document_says(house: House, operation_id: str) -> None:
    operation = OPERATIONS[operation_id]
    fitting = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    any_case = fitting
    if operation.path_parameters or operation.query or operation.headers or operation.body:
        any_case = fitting | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=any_case, is_known=st.booleans(), which=st.integers(0, 1_000))
    def ask(case: Case, is_known: bool, which: int) -> None:
        if is_known:
            name_known_things(case, house.names, which)
        house.ask(case)

    ask()


def name_known_things(case: Case, names: Names, which: int) -> None:
    """What path and body name is there, unless an earlier request has taken it away."""
    for name in case.path_parameters or ():
        case.path_parameters[name] = names[name][which % len(names[name])]
    case.body = with_known_things(case.body, names, which)


def with_known_things(part: Any, names: Names, which: int) -> Any:
    """The same part of a body with the ids of things that are there."""
    if isinstance(part, list):
        return [with_known_things(each, names, which) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        name: names[name][which % len(names[name])]
        if name.endswith("_id") and name in names and isinstance(inner, str)
        else with_known_things(inner, names, which)
        for name, inner in part.items()
    }


def test_every_text_and_number_of_an_address_is_bounded() -> None:
    """A parameter without bounds goes to the database as it comes."""
    unbounded = [
        (operation_id, parameter["name"])
        for operation_id, operation in OPERATIONS.items()
        for parameter in operation.definition.raw.get("parameters", ())
        if parameter["in"] == "query" and not is_bounded(parameter["schema"])
    ]
    assert unbounded == []


def is_bounded(schema: dict[str, Any]) -> bool:
    """A text says how long it may be or what it looks like, a number how large it may be."""
    # The bounds of something that may be null stand beside its kinds.
    kinds = [{**schema, **kind} for kind in schema.get("anyOf", [schema])]
    return all(
        bounds & set(kind)
        for kind in kinds
        for name, bounds in BOUNDS.items()
        if name in types_of(kind)
    )


def types_of(kind: dict[str, Any]) -> list[str]:
    """The types a value may have: one, some, or any when nothing is said."""
    types = kind.get("type", [])
    return [types] if isinstance(types, str) else types
