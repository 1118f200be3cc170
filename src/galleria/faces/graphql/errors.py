"""How a GraphQL request can fail as a whole, before anything of it is read."""

from galleria.foundation.errors import (
    Conflict,
    Forbidden,
    GalleriaError,
    InvalidInput,
    NotFound,
    Unavailable,
)


class InvalidDocument(InvalidInput):
    """The text is no GraphQL, or asks for what the schema does not have."""

    code = "graphql_invalid_document"
    status = 400
    title = "The GraphQL document is not valid"


class InvalidVariables(InvalidInput):
    code = "graphql_invalid_variables"
    status = 400
    title = "The variables do not fit the document"


class DocumentTooLarge(InvalidInput):
    """More tokens, fields, aliases, directives or levels than are read."""

    code = "graphql_document_too_large"
    status = 400
    title = "The GraphQL document is too large"


class TooCostly(InvalidInput):
    """What is asked for at once is more than one request may cost."""

    code = "graphql_too_costly"
    status = 400
    title = "The request asks for too much at once"


class BatchRefused(InvalidInput):
    code = "graphql_batch_refused"
    status = 400
    title = "One GraphQL request at a time"


class IntrospectionOff(Forbidden):
    code = "graphql_introspection_off"
    title = "The schema is not told here"


class WriteByGet(GalleriaError):
    """A mutation changes something, so it comes by POST."""

    code = "graphql_write_by_get"
    status = 405
    title = "A mutation is sent by POST"


class PersistedQueryNotFound(NotFound):
    """No document of this digest is known: send it once with its text."""

    code = "persisted_query_not_found"
    title = "PersistedQueryNotFound"


class DigestMismatch(InvalidInput):
    code = "persisted_query_mismatch"
    status = 400
    title = "The digest is not that of the document"


class OnlyRegisteredDocuments(Forbidden):
    code = "graphql_only_registered"
    title = "This shop answers registered documents only"


class GraphqlTimeout(Unavailable):
    code = "graphql_timeout"
    title = "The answer took longer than one request may take"


class DocumentNotRegistered(NotFound):
    code = "graphql_document_not_registered"
    title = "No such document is registered"


class TooManyDocuments(Conflict):
    code = "graphql_too_many_documents"
    title = "The shop has as many documents as it may have"
