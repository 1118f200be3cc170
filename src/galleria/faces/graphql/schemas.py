"""What a shop sends of its documents."""

from typing import Annotated

from msgspec import Meta

from galleria.faces.graphql.checking import MOST_CHARACTERS
from galleria.faces.graphql.model import FaceName
from galleria.foundation.http import Name, WireInput

DocumentText = Annotated[str, Meta(min_length=1, max_length=MOST_CHARACTERS, pattern=r"^[^\x00]*$")]


class NewDocument(WireInput):
    """A document to be known by the digest of its text; the name is for people."""

    name: Name
    text: DocumentText
    face: FaceName = "storefront"


class NewDocuments(WireInput):
    """Documents to be registered together."""

    documents: Annotated[list[NewDocument], Meta(min_length=1, max_length=50)]


class NewShopGraphql(WireInput):
    """What is to hold from now on."""

    only_registered: bool
