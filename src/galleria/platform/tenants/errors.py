"""What can go wrong with a shop, its addresses and its sales channels."""

from galleria.foundation.errors import Conflict, Forbidden, InvalidInput, NotFound


class ShopNotFound(NotFound):
    """Nobody has opened a shop by this name."""

    code = "shop_not_found"
    title = "No such shop"


class SlugTaken(Conflict):
    """Another shop has the slug, or the house keeps it for itself."""

    code = "slug_taken"
    title = "This shop name is taken"


class HostTaken(Conflict):
    """The host already leads to a shop."""

    code = "host_taken"
    title = "This domain already leads to a shop"


class InvalidHost(InvalidInput):
    """The text is no public host name, or one that belongs to the house."""

    code = "invalid_host"
    title = "This is no domain a shop can have"


class DomainNotFound(NotFound):
    """The shop has no such domain."""

    code = "domain_not_found"
    title = "No such domain"


class ChannelNotFound(NotFound):
    """The shop has no such sales channel."""

    code = "channel_not_found"
    title = "No such sales channel"


class ChannelCodeTaken(Conflict):
    """Another channel of the shop has the code."""

    code = "channel_code_taken"
    title = "Another sales channel has this code"


class LocaleInUse(Conflict):
    """A sales channel still speaks a language that the shop is about to drop."""

    code = "locale_in_use"
    title = "A sales channel still uses this language"


class HouseOnly(Forbidden):
    """Shops are opened and closed by the house, never from inside a shop."""

    code = "house_only"
    title = "Only the house may do this"


class ShopIsLive(Conflict):
    code = "shop_is_live"
    title = "This is done in a sandbox only, and this shop is none"


class ClockGoesBack(Conflict):
    code = "clock_goes_back"
    title = "The clock of a sandbox goes forward only"
