"""Which addresses may be called: those of the public internet, and what the operator allows.

Everything else is ours or our host's: loopback, private networks, link-local ones with a cloud's
metadata service, multicast, and all the ways to write an IPv4 address inside an IPv6 one. The rule
is positive for IPv6 (only global unicast) and follows IANA's special-purpose registries for IPv4.
Source: RFC 6890 and its registries as of 2026; OWASP, Server-Side Request Forgery Prevention.
"""

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

import msgspec

from galleria.foundation.errors import InvalidInput

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_SPECIAL_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; Alibaba's metadata service lives here
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's wire server: looks public, answers inside every VM
        "169.254.0.0/16",  # link-local, with the metadata service of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata service
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
# Outside of it lie loopback, link-local, unique-local, multicast, IPv4-mapped and -compatible
# addresses, and both NAT64 prefixes (64:ff9b::/96, 64:ff9b:1::/48).
_GLOBAL_V6 = IPv6Network("2000::/3")
_SPECIAL_V6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo among them: it carries an IPv4 address
        "2001:db8::/32",
        "2002::/16",  # 6to4: carries an IPv4 address
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
# The upper half of an interface id that carries an IPv4 address in its lower half (RFC 5214).
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})


class Allowance(msgspec.Struct, frozen=True):
    """A network that may be called although it is not public, at one port or (None) at any."""

    network: Network
    port: int | None = None

    def covers(self, address: Address, port: int) -> bool:
        """True when this allowance lets us call `address` at `port`."""
        if self.port is not None and self.port != port:
            return False
        return address.version == self.network.version and address in self.network


def parse_allowances(text: str) -> tuple[Allowance, ...]:
    """The allowances in `10.1.0.0/16, 127.0.0.1:9000, [fd00::5]:443`, none when it is empty.

    Raises:
        InvalidInput: an entry is no network or address.
    """
    entries = [entry.strip() for entry in text.split(",") if entry.strip()]
    return tuple(_allowance(entry) for entry in entries)


def is_public(address: Address) -> bool:
    """True when `address` belongs to a host of the public internet, reached as itself."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _SPECIAL_V4)
    if address not in _GLOBAL_V6 or any(address in network for network in _SPECIAL_V6):
        return False
    return (int(address) >> 32) & 0xFFFF_FFFF not in _ISATAP


def read_address(text: str) -> Address:
    """The address a resolver returned, without the zone of a link-local one."""
    return ip_address(text.partition("%")[0])


def _allowance(entry: str) -> Allowance:
    network, port = entry, ""
    if entry.startswith("["):
        network, _, port = entry[1:].partition("]")
        port = port.removeprefix(":")
    elif entry.count(":") == 1:
        network, _, port = entry.partition(":")
    try:
        return Allowance(ip_network(network), int(port) if port else None)
    except ValueError:
        raise InvalidInput(
            f"{entry!r} is no network; write 10.1.0.0/16, 127.0.0.1:9000 or [fd00::5]:443"
        ) from None
