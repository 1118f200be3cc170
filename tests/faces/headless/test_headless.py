"""The API describes itself, to programs and to people, and says that it is well."""

from galleria.app.http import api_app
from galleria.faces.headless.manual import manual_page, operations_of
from tests.faces.gateway.door import Door


async def test_health_and_readiness_are_answered_under_any_name(door: Door) -> None:
    for host in ("api.shops.example", "10.0.0.7", "whatever.example"):
        async with door.client(host) as client:
            assert (await client.get("/healthz")).json() == {"status": "ok"}
            assert (await client.get("/readyz")).json() == {"status": "ok"}


async def test_figures_are_open_metrics(door: Door) -> None:
    async with door.client() as client:
        answer = await client.get("/metrics")
        assert answer.headers["content-type"].startswith("application/openmetrics-text")
        assert answer.text.endswith("# EOF\n")


async def test_the_document_is_openapi_and_names_every_operation_once(door: Door) -> None:
    async with door.client() as client:
        document = (await client.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    ids = [
        operation["operationId"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method in {"get", "post", "put", "patch", "delete"}
    ]
    assert len(ids) == len(set(ids))
    assert "ListStoreProducts" in ids


async def test_the_manual_lists_every_operation(door: Door) -> None:
    app = api_app()
    groups = operations_of(app.openapi_schema.to_schema())
    page = manual_page(app)
    for operation in (each for group in groups.values() for each in group):
        assert f'id="{operation.operation_id}"' in page
    checkout = next(
        each
        for group in groups.values()
        for each in group
        if each.path.endswith("/checkout") and each.method == "POST"
    )
    assert '"shipping_address": {' in checkout.body
    assert any(answer.status == "409" for answer in checkout.answers)
    async with door.client() as client:
        assert (await client.get("/docs")).status_code == 200
        style = await client.get("/docs/manual.css")
        assert style.headers["content-type"].startswith("text/css")
