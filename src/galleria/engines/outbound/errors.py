"""What can go wrong on the way out. Details name the host that was asked for, nothing inside."""

from galleria.foundation.errors import GalleriaError, InvalidInput, TooLarge, Unavailable


class OutboundRefused(InvalidInput):
    """We do not call this: its address, scheme or port is not for us, or its headers are not sound.

    Trying again later does not help, unless the host's name then leads elsewhere.
    """

    code = "outbound_refused"
    title = "This address may not be called"


class OutboundUnreachable(GalleriaError):
    """The host has no address, does not answer, or does not speak HTTP and TLS properly."""

    code = "outbound_unreachable"
    status = 502
    title = "The other side does not answer properly"


class OutboundTimeout(Unavailable):
    """The whole exchange was not done before its deadline."""

    code = "outbound_timeout"
    status = 504
    title = "The other side took too long"


class OutboundTooLarge(TooLarge):
    """The answer, unpacked, has more bytes than the caller allowed."""

    code = "outbound_too_large"
    status = 502
    title = "The other side sent too much"


class OutboundPaused(Unavailable):
    """The host failed several times in a row; it is left alone until `retry_after_s` is over."""

    code = "outbound_paused"
    title = "The other side keeps failing and is left alone for a while"
