"""Which addresses may be called, and how an operator allows more."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.engines.outbound import is_public, parse_allowances
from galleria.foundation.errors import InvalidInput

NOT_PUBLIC_V4 = [
    "0.0.0.0",  # noqa: S104  called, not bound
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
]
NOT_PUBLIC_V6 = [
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2606:4700::5efe:7f00:1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "172.32.0.1", "2606:4700:4700::1111", "2a00::1"]


@pytest.mark.parametrize("text", NOT_PUBLIC_V4 + NOT_PUBLIC_V6)
def test_an_address_of_ours_or_of_nobody_is_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_an_address_of_the_internet_is_public(text: str) -> None:
    assert is_public(ip_address(text))


@given(st.ip_addresses(v=4))
def test_whatever_python_calls_private_is_not_public_either(address: IPv4Address) -> None:
    if not address.is_global or address.is_multicast:
        assert not is_public(address)


@given(st.ip_addresses(v=6))
def test_nothing_outside_global_unicast_is_public(address: IPv6Address) -> None:
    if address not in IPv6Network("2000::/3") or not address.is_global:
        assert not is_public(address)


@given(
    address=st.ip_addresses(v=4),
    prefix=st.sampled_from(["::", "::ffff:0:0", "64:ff9b::", "64:ff9b:1::", "fe80::5efe:0:0"]),
)
def test_no_ipv4_address_is_public_when_it_hides_in_an_ipv6_one(
    address: IPv4Address, prefix: str
) -> None:
    assert not is_public(IPv6Address(int(IPv6Address(prefix)) | int(address)))


def test_allowances_are_networks_and_addresses_with_or_without_a_port() -> None:
    network, address, six = parse_allowances(" 10.1.0.0/16, 127.0.0.1:9000 ,[fd00::5]:443")
    assert network.covers(ip_address("10.1.2.3"), 1234)
    assert not network.covers(ip_address("10.2.0.1"), 1234)
    assert address.network == IPv4Network("127.0.0.1/32")
    assert address.covers(ip_address("127.0.0.1"), 9000)
    assert not address.covers(ip_address("127.0.0.1"), 9001)
    assert six.covers(ip_address("fd00::5"), 443)
    assert not six.covers(ip_address("127.0.0.1"), 443)
    assert parse_allowances("") == ()
    assert parse_allowances("fd00::/8")[0].covers(ip_address("fd00::1"), 1)


@pytest.mark.parametrize("text", ["example.org", "10.0.0.0/33", "127.0.0.1:http", "10.0.0.1/8"])
def test_an_allowance_that_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_allowances(text)
