"""How the house tells its operator what it is doing: log lines, figures, and traces.

Log lines are an event's name with values, as JSON for machines or text for people, and carry the
tenant and request they belong to. Figures live in a registry of our own and are read in the
OpenMetrics format; a tenant is a label only where somebody asked for it, since every label value
costs memory for ever. Spans go to OpenTelemetry and cost next to nothing until an SDK is installed.
"""

import logging
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType, NoneType
from typing import Any, TextIO, TypeVar

import msgspec
from opentelemetry import trace
from opentelemetry.util.types import AttributeValue
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest

_bound: ContextVar[Mapping[str, object]] = ContextVar("bound", default=MappingProxyType({}))


@contextmanager
def bind(**values: object) -> Iterator[None]:
    """Within the block, put `values` on every log line and span: `bind(tenant=…, request_id=…)`."""
    token = _bound.set({**_bound.get(), **values})
    try:
        yield
    finally:
        _bound.reset(token)


class Logger:
    """Writes events, a name and what there is to know: `info("job_held", tries=8)`."""

    def __init__(self, name: str) -> None:
        """Write under `name`, the module's own."""
        self._logger = logging.getLogger(name)

    def debug(self, event: str, /, **values: object) -> None:
        """Tell a developer what is going on."""
        self._write(logging.DEBUG, event, values)

    def info(self, event: str, /, **values: object) -> None:
        """Tell the operator something worth a line."""
        self._write(logging.INFO, event, values)

    def warning(self, event: str, /, **values: object) -> None:
        """Tell the operator something to look at when there is time."""
        self._write(logging.WARNING, event, values)

    def error(self, event: str, /, **values: object) -> None:
        """Tell the operator something that needs a hand."""
        self._write(logging.ERROR, event, values)

    def exception(self, event: str, /, **values: object) -> None:
        """As `error`, with the trace of the exception being handled."""
        self._write(logging.ERROR, event, values, exc_info=True)

    def _write(
        self, level: int, event: str, values: dict[str, object], exc_info: bool = False
    ) -> None:
        self._logger.log(level, event, exc_info=exc_info, extra={"values": values})


def logger(name: str) -> Logger:
    """The logger of a module: `logger(__name__)`."""
    return Logger(name)


def configure_logging(level: str, as_json: bool, stream: TextIO | None = None) -> None:
    """From now on all logs of this process, other libraries' too, leave as lines on `stream`.

    Args:
        level: the least level written: `debug`, `info`, `warning` or `error`.
        as_json: one JSON object a line, else text for people.
        stream: where to, standard error when None. What an earlier call set up ends.
    """
    root = logging.getLogger()
    for earlier in [each for each in root.handlers if isinstance(each.formatter, _Lines)]:
        root.removeHandler(earlier)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_JsonLines() if as_json else _TextLines())
    root.addHandler(handler)
    root.setLevel(level.upper())


class _Lines(logging.Formatter):
    """Gathers what a line says; how it is written is the subclass's."""

    def fields(self, record: logging.LogRecord) -> dict[str, object]:
        """Instant, level, logger and event first, then what is bound, then the values."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields: dict[str, object] = {
            "at": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        head = frozenset(fields)
        for key, value in {**_bound.get(), **getattr(record, "values", {})}.items():
            # A value may be called like one of the four; it must not take that one's place.
            fields[f"{key}_" if key in head else key] = value
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return fields


class _JsonLines(_Lines):
    def format(self, record: logging.LogRecord) -> str:
        return msgspec.json.encode(self.fields(record), enc_hook=str).decode()


_PLAIN = re.compile(r"[^\s\"=\\\x00-\x1f\x7f]+")
_ESCAPED_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}


class _TextLines(_Lines):
    def format(self, record: logging.LogRecord) -> str:
        fields = self.fields(record)
        exception = fields.pop("exception", None)
        at, level, name, event = (
            str(fields.pop(key)) for key in ("at", "level", "logger", "event")
        )
        # A line break inside a message would let its author write log lines of their own.
        line = f"{at} {level:<7} {name} {event.translate(_ESCAPED_CONTROLS)}"
        line += "".join(f" {key}={_as_word(value)}" for key, value in fields.items())
        return f"{line}\n{exception}" if exception else line


def _as_word(value: object) -> str:
    """`value` as one word, quoted like JSON when it holds more than one."""
    if isinstance(value, (int, float, list, tuple, dict, NoneType)):
        return msgspec.json.encode(value, enc_hook=str).decode()
    text = str(value)
    return text if _PLAIN.fullmatch(text) else msgspec.json.encode(text).decode()


# From a cached read to a slow report; a request takes 0.3 ms at best.
LATENCY_BUCKETS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

# Every counter would come with the instant it was made, twice the lines for nothing we read.
disable_created_metrics()  # type: ignore[no-untyped-call]

M = TypeVar("M", bound=MetricWrapperBase)


class ShownHistogram(Histogram):
    """A histogram that somebody else counts, as a table does for all processes together."""

    def show(self, counts: Sequence[float], total: float) -> None:
        """From now on each bucket has so many, those above the last bound at the end; `total` is
        the sum of all that was observed."""
        for value, count in zip(self._buckets, counts, strict=True):
            value.set(count)
        self._sum.set(total)


class Metrics:
    """The figures of this process. A name declared twice in the same way is one figure."""

    def __init__(self) -> None:
        """Start with no figure at all."""
        self.registry = CollectorRegistry()
        self._declared: dict[str, tuple[MetricWrapperBase, tuple[str, ...]]] = {}

    def counter(
        self, name: str, help: str, labels: Sequence[str] = (), *, per_tenant: bool = False
    ) -> Counter:
        """A figure that only grows: `galleria_<noun>_<past verb>_total`.

        Args:
            name: without `_total`, which is added.
            help: one sentence for the operator.
            labels: names whose values are few and known; never an id.
            per_tenant: a label `tenant` more, for figures that are billed or limited by tenant.
        """
        return self._declare(Counter, name, help, _labels(labels, per_tenant))

    def gauge(
        self, name: str, help: str, labels: Sequence[str] = (), *, per_tenant: bool = False
    ) -> Gauge:
        """A figure that goes up and down; the arguments are `counter`'s."""
        return self._declare(Gauge, name, help, _labels(labels, per_tenant))

    def histogram(
        self,
        name: str,
        help: str,
        labels: Sequence[str] = (),
        *,
        per_tenant: bool = False,
        buckets: Sequence[float] = LATENCY_BUCKETS_S,
    ) -> Histogram:
        """How a quantity is spread; its unit ends the name (`galleria_request_duration_s`).

        The other arguments are `counter`'s; `buckets` are upper bounds, ascending.
        """
        return self._declare(Histogram, name, help, _labels(labels, per_tenant), buckets=buckets)

    def shown_histogram(self, name: str, help: str, buckets: Sequence[float]) -> ShownHistogram:
        """As `histogram`, for what is counted elsewhere and only shown here."""
        return self._declare(ShownHistogram, name, help, (), buckets=buckets)

    def render(self) -> bytes:
        """All figures as they stand, in the OpenMetrics 1.0 text format."""
        rendered: bytes = generate_latest(self.registry)  # type: ignore[no-untyped-call]
        return rendered

    def _declare(
        self, kind: type[M], name: str, help: str, labels: tuple[str, ...], **options: Any
    ) -> M:
        if name not in self._declared:
            made = kind(name, help, labels, registry=self.registry, **options)
            self._declared[name] = made, labels
        declared, declared_labels = self._declared[name]
        assert isinstance(declared, kind), f"{name} is declared already, as another kind"
        assert declared_labels == labels, f"{name} is declared already, with other labels"
        return declared


def _labels(labels: Sequence[str], per_tenant: bool) -> tuple[str, ...]:
    for label in labels:
        assert label != "tenant", "ask for the tenant by per_tenant=True"
        assert not label.endswith("_id"), f"{label} has a value for every row there ever was"
    return ("tenant", *labels) if per_tenant else tuple(labels)


metrics = Metrics()


def render_openmetrics() -> tuple[bytes, str]:
    """All figures of this process, and the content type to send them under."""
    return metrics.render(), CONTENT_TYPE_LATEST


_tracer = trace.get_tracer("galleria")


def span(name: str, **attributes: AttributeValue) -> AbstractContextManager[trace.Span]:
    """A span around a block, child of the one around it; it records an exception that escapes.

    What is bound comes along as `galleria.<key>`. Without an OpenTelemetry SDK nothing is kept.
    """
    bound = {f"galleria.{key}": str(value) for key, value in _bound.get().items()}
    return _tracer.start_as_current_span(name, attributes={**bound, **attributes})
