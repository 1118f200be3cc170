"""Where a shop is on the web, for links in mails."""

import msgspec


class ShopLinks(msgspec.Struct, frozen=True, kw_only=True):
    """How addresses of shops begin and end; the roof fills it from the house's settings."""

    scheme: str = "http"
    base_domain: str = "localhost"
    port: str = ":8000"

    def address_of(self, slug: str, primary_host: str | None) -> str:
        """The web address of a shop: at its own domain when it has one."""
        host = primary_host or f"{slug}.{self.base_domain}"
        return f"{self.scheme}://{host}{self.port}"
