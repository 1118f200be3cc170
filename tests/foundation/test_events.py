"""Events and their envelope."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from galleria.foundation.events import Envelope, Event, encode_event
from galleria.foundation.ids import new_id

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class ProductPublished(Event):
    TAG = "catalog.product_published.v1"
    SUBJECT = "product_id"

    product_id: UUID
    published_at: datetime


class JustTheProduct(msgspec.Struct):
    product_id: UUID


def test_the_subject_is_the_named_field_as_text() -> None:
    product_id = new_id()
    event = ProductPublished(product_id=product_id, published_at=NOON)
    assert event.subject_id == str(product_id)


def test_an_event_is_written_as_its_fields_only() -> None:
    event = ProductPublished(product_id=UUID(int=7), published_at=NOON)
    assert msgspec.json.decode(encode_event(event)) == {
        "product_id": "00000000-0000-0000-0000-000000000007",
        "published_at": "2026-03-01T12:00:00Z",
    }


def test_a_subscriber_reads_just_the_fields_it_names() -> None:
    event = ProductPublished(product_id=UUID(int=7), published_at=NOON)
    envelope = Envelope(
        event_id=new_id(),
        tag=event.TAG,
        tenant_id=3,
        subject_id=event.subject_id,
        occurred_at=NOON,
        actor="system",
        request_id="r1",
        payload=event,
    )

    read = msgspec.json.decode(msgspec.json.encode(envelope), type=Envelope[JustTheProduct])

    assert read.payload == JustTheProduct(UUID(int=7))
    assert (read.tenant_id, read.occurred_at, read.caused_by) == (3, NOON, None)


def test_an_event_cannot_be_changed_after_the_fact() -> None:
    event = ProductPublished(product_id=UUID(int=7), published_at=NOON)
    with pytest.raises(AttributeError):
        event.product_id = UUID(int=8)  # type: ignore[misc]


@pytest.mark.parametrize(
    "tag", ["product_published", "catalog.product_published", "Catalog.x.v1", "catalog.x.v0", ""]
)
def test_a_tag_without_room_or_version_is_refused_where_it_is_written(tag: str) -> None:
    with pytest.raises(AssertionError, match="no event tag"):
        type("Mistagged", (Event,), {"TAG": tag, "SUBJECT": "x"})


def test_events_of_a_room_may_share_a_base_without_a_tag() -> None:
    class OfAProduct(Event):
        SUBJECT = "product_id"
        product_id: UUID

    class ProductArchived(OfAProduct):
        TAG = "catalog.product_archived.v1"

    assert ProductArchived(product_id=UUID(int=1)).subject_id == str(UUID(int=1))
