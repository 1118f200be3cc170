"""What can go wrong between a shop and an agent, by the codes of the protocol where it has them."""

from galleria.foundation.errors import Conflict, GalleriaError, InvalidInput, NotFound


class ProtocolError(GalleriaError):
    """The exchange itself is refused, whatever was asked. Never raised itself."""

    status = 400


class VersionUnsupported(ProtocolError):
    """The agent speaks a version of the protocol that the shop does not."""

    code = "version_unsupported"
    status = 422
    title = "This version of the protocol is not spoken here"


class CapabilitiesIncompatible(ProtocolError):
    """Nothing that the agent can do is among what the shop offers."""

    code = "capabilities_incompatible"
    status = 200
    title = "Agent and shop have no capability in common"


class InvalidProfileUrl(ProtocolError):
    """The agent does not say where its profile is, or says it in a way that is not accepted."""

    code = "invalid_profile_url"
    title = "The agent's profile is not named, or by no acceptable address"


class ProfileUnreachable(ProtocolError):
    """The agent's profile cannot be fetched at present."""

    code = "profile_unreachable"
    status = 424
    title = "The agent's profile cannot be fetched"


class ProfileMalformed(ProtocolError):
    """What lies at the agent's address is no profile."""

    code = "profile_malformed"
    status = 422
    title = "The agent's profile cannot be read"


class SignatureMissing(ProtocolError):
    """The shop takes signed requests only, and this one is not, or not wholly."""

    code = "signature_missing"
    status = 401
    title = "The request is not signed as it has to be"


class SignatureInvalid(ProtocolError):
    """The signature does not fit, is too old, or came before."""

    code = "signature_invalid"
    status = 401
    title = "The signature is not accepted"


class SigningKeyNotFound(ProtocolError):
    """The agent's profile publishes no such key."""

    code = "key_not_found"
    status = 401
    title = "The agent publishes no such key"


class DigestMismatch(ProtocolError):
    """The body is not the one that was signed."""

    code = "digest_mismatch"
    title = "The body does not fit its digest"


class AlgorithmUnsupported(ProtocolError):
    """The key is of a kind that is not verified here."""

    code = "algorithm_unsupported"
    title = "Keys of this kind are not supported"


class RequestTooLarge(ProtocolError):
    """More things were named at once, or more bytes sent, than the shop looks at."""

    code = "request_too_large"
    title = "The request asks for too much at once"


class InvalidRequest(InvalidInput):
    """The request lacks something or says it wrongly."""

    code = "invalid_request"
    status = 400
    title = "The request cannot be understood"


class CheckoutNotFound(NotFound):
    """This shop has no such checkout, or it has expired."""

    code = "checkout_not_found"
    title = "No such checkout"


class CheckoutClosed(Conflict):
    """The checkout is completed or canceled and no longer changes."""

    code = "checkout_closed"
    title = "This checkout no longer changes"


class CheckoutNotReady(Conflict):
    """Something is missing before the checkout can be completed."""

    code = "checkout_not_ready"
    title = "This checkout lacks something"


class AgentOrderNotFound(NotFound):
    """No order that an agent placed here has this id."""

    code = "agent_order_not_found"
    title = "No such order"


class NothingShown(NotFound):
    """The shop shows no such product."""

    code = "nothing_shown"
    title = "No such product"


class DeliveryFailed(GalleriaError):
    """An agent's address did not take the news of an order; it is tried again."""

    code = "delivery_failed"
    status = 503
    title = "The agent did not take the news of an order"
