"""Log lines, figures and spans."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from opentelemetry import trace
from opentelemetry.util.types import Attributes

from galleria.foundation.telemetry import (
    Metrics,
    bind,
    configure_logging,
    logger,
    metrics,
    render_openmetrics,
    span,
)

LOG = logger("galleria.tests")


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where lines go; afterwards the root logger is as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)


def json_lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_json_line_has_the_event_its_values_and_what_is_bound(stream: io.StringIO) -> None:
    configure_logging("info", as_json=True, stream=stream)
    before = datetime.now(UTC)
    with bind(tenant="acme", request_id="r1"):
        LOG.info("job_held", tries=8, job_id=UUID(int=7), error=ValueError("no"))

    (line,) = json_lines(stream)
    at = datetime.fromisoformat(line.pop("at").replace("Z", "+00:00"))
    assert abs((at - before).total_seconds()) < 5
    assert line == {
        "level": "info",
        "logger": "galleria.tests",
        "event": "job_held",
        "tenant": "acme",
        "request_id": "r1",
        "tries": 8,
        "job_id": str(UUID(int=7)),
        "error": "no",
    }


def test_a_text_line_is_one_line_whose_values_read_back(stream: io.StringIO) -> None:
    configure_logging("debug", as_json=False, stream=stream)
    with bind(tenant="acme"):
        LOG.warning(
            "job\nheld", name="two words", n=1.5, ok=True, none=None, sizes=[1, 2], empty=""
        )

    at, rest = stream.getvalue().split(" ", 1)
    assert at.endswith("Z") and datetime.fromisoformat(at.replace("Z", "+00:00"))
    assert rest == (
        "warning galleria.tests job\\x0aheld tenant=acme"
        ' name="two words" n=1.5 ok=true none=null sizes=[1,2] empty=""\n'
    )


def test_a_value_cannot_forge_a_field_or_another_line(stream: io.StringIO) -> None:
    configure_logging("info", as_json=False, stream=stream)
    LOG.info("seen", user="x level=error\n2026-01-01 forged")
    assert stream.getvalue().count("\n") == 1
    assert 'user="x level=error\\n2026-01-01 forged"' in stream.getvalue()


def test_a_value_called_like_a_fixed_field_does_not_take_its_place(stream: io.StringIO) -> None:
    configure_logging("info", as_json=True, stream=stream)
    LOG.info("moved", level=3, event="x", logger="y", at="z")
    (line,) = json_lines(stream)
    assert (line["level"], line["event"], line["logger"]) == ("info", "moved", "galleria.tests")
    assert (line["level_"], line["event_"], line["logger_"], line["at_"]) == (3, "x", "y", "z")


@pytest.mark.parametrize("as_json", [True, False])
def test_an_exception_is_written_with_its_trace(stream: io.StringIO, as_json: bool) -> None:
    configure_logging("info", as_json=as_json, stream=stream)
    try:
        raise ValueError("broken")
    except ValueError:
        LOG.exception("failed", step=1)

    written = stream.getvalue()
    assert "Traceback" in written and "ValueError: broken" in written
    if as_json:
        assert json_lines(stream)[0]["level"] == "error"
    else:
        assert written.split("\n")[0].endswith("failed step=1")


def test_each_level_writes_under_its_name_and_lower_ones_are_left_out(stream: io.StringIO) -> None:
    configure_logging("debug", as_json=True, stream=stream)
    LOG.debug("a")
    LOG.info("b")
    LOG.warning("c")
    LOG.error("d")
    assert [line["level"] for line in json_lines(stream)] == ["debug", "info", "warning", "error"]

    quiet = io.StringIO()
    configure_logging("warning", as_json=True, stream=quiet)
    LOG.info("b")
    LOG.warning("c")
    assert [line["event"] for line in json_lines(quiet)] == ["c"]
    assert len(json_lines(stream)) == 4, "an earlier stream gets nothing more"


def test_other_libraries_lines_look_like_ours(stream: io.StringIO) -> None:
    configure_logging("info", as_json=True, stream=stream)
    logging.getLogger("other").info("%d percent", 100)
    assert json_lines(stream)[0]["event"] == "100 percent"


def test_lines_go_to_standard_error_unless_told_otherwise(
    stream: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("info", as_json=True)
    LOG.info("seen")
    captured = capsys.readouterr()
    assert json.loads(captured.err)["event"] == "seen"
    assert captured.out == ""


async def test_what_is_bound_stays_with_its_task(stream: io.StringIO) -> None:
    configure_logging("info", as_json=True, stream=stream)

    async def work(tenant: str) -> None:
        with bind(tenant=tenant):
            with bind(step="one"):
                await asyncio.sleep(0)
                LOG.info("inner")
            await asyncio.sleep(0)
            LOG.info("outer")

    await asyncio.gather(work("a"), work("b"))
    LOG.info("after")

    seen = [(line["event"], line.get("tenant"), line.get("step")) for line in json_lines(stream)]
    assert sorted(seen[:-1]) == [
        ("inner", "a", "one"),
        ("inner", "b", "one"),
        ("outer", "a", None),
        ("outer", "b", None),
    ]
    assert seen[-1] == ("after", None, None)


def test_what_is_bound_ends_with_the_block_even_when_it_fails(stream: io.StringIO) -> None:
    configure_logging("info", as_json=True, stream=stream)
    with pytest.raises(ValueError, match="no"), bind(tenant="a"):
        raise ValueError("no")
    LOG.info("after")
    assert "tenant" not in json_lines(stream)[0]


def test_figures_are_rendered_as_openmetrics() -> None:
    figures = Metrics()
    figures.counter("galleria_orders_placed", "Orders placed.", ["channel"]).labels("web").inc(2)
    figures.gauge("galleria_relay_lag_s", "How far the relay is behind.").set(1.5)
    figures.histogram("galleria_read_s", "Reads.", buckets=[0.1, 1]).observe(0.5)
    lines = figures.render().decode().splitlines()

    assert 'galleria_orders_placed_total{channel="web"} 2.0' in lines
    assert "galleria_relay_lag_s 1.5" in lines
    assert 'galleria_read_s_bucket{le="0.1"} 0.0' in lines
    assert 'galleria_read_s_bucket{le="1.0"} 1.0' in lines
    assert lines[-1] == "# EOF"
    assert not any("_created" in line for line in lines)


def test_the_process_renders_its_own_figures_and_names_their_format() -> None:
    figure = metrics.counter("galleria_tests_run", "Tests run.")
    figure.inc()
    rendered, content_type = render_openmetrics()
    metrics.registry.unregister(figure)
    assert b"galleria_tests_run_total 1.0" in rendered
    assert content_type.startswith("application/openmetrics-text; version=1.0.0")


def test_a_tenant_is_a_label_only_where_asked_for() -> None:
    figures = Metrics()
    figures.counter("a", "A.", ["kind"], per_tenant=True).labels("acme", "x").inc()
    figures.gauge("b", "B.", per_tenant=True).labels("acme").set(1)
    figures.histogram("c", "C.", per_tenant=True, buckets=[1]).labels("acme").observe(1)
    rendered = figures.render().decode()
    assert 'a_total{kind="x",tenant="acme"} 1.0' in rendered.replace(
        'tenant="acme",kind="x"', 'kind="x",tenant="acme"'
    )
    assert 'b{tenant="acme"} 1.0' in rendered
    assert 'c_count{tenant="acme"} 1.0' in rendered

    for label in ("tenant", "order_id"):
        with pytest.raises(AssertionError):
            figures.counter("d", "D.", [label])


def test_a_figure_declared_twice_in_the_same_way_is_one() -> None:
    figures = Metrics()
    assert figures.counter("a", "A.", ["x"]) is figures.counter("a", "A.", ["x"])
    with pytest.raises(AssertionError, match="another kind"):
        figures.gauge("a", "A.", ["x"])
    with pytest.raises(AssertionError, match="other labels"):
        figures.counter("a", "A.", ["y"])


class KeptSpan(trace.NonRecordingSpan):
    """A span that keeps what it was started with and what escaped it."""

    def __init__(self, name: str, attributes: Attributes) -> None:
        super().__init__(trace.INVALID_SPAN_CONTEXT)
        self.name, self.attributes = name, dict(attributes or {})
        self.escaped: BaseException | None = None


class KeepingTracer(trace.NoOpTracer):
    """The least an SDK does: spans that can be looked at afterwards."""

    def __init__(self) -> None:
        self.spans: list[KeptSpan] = []

    @contextmanager
    def start_as_current_span(  # type: ignore[override]
        self, name: str, attributes: Attributes = None, **_: object
    ) -> Iterator[KeptSpan]:
        kept = KeptSpan(name, attributes)
        self.spans.append(kept)
        try:
            yield kept
        except BaseException as error:
            kept.escaped = error
            raise


class KeepingProvider(trace.NoOpTracerProvider):
    """Hands out one tracer to everybody."""

    def __init__(self) -> None:
        self.tracer = KeepingTracer()

    def get_tracer(self, *_: object, **__: object) -> trace.Tracer:
        return self.tracer


def test_a_span_costs_no_sdk_and_reaches_one_that_is_installed_later() -> None:
    with span("early") as early:
        assert not early.is_recording()

    provider = KeepingProvider()
    trace.set_tracer_provider(provider)
    with bind(tenant="acme", n=1), span("read", rows=3):  # noqa: SIM117 - what escapes the inner one
        with pytest.raises(ValueError, match="no"), span("inner"):
            raise ValueError("no")

    outer, inner = provider.tracer.spans
    assert (outer.name, inner.name) == ("read", "inner")
    assert outer.attributes == {"galleria.tenant": "acme", "galleria.n": "1", "rows": 3}
    assert outer.escaped is None
    assert isinstance(inner.escaped, ValueError)
