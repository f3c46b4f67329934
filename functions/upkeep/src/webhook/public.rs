//! Which addresses are somebody's on the internet.
//!
//! From IANA's registries of special-purpose addresses (RFC 6890, RFC 8190; iana.org/assignments/iana-ipv4-special-registry and
//! iana-ipv6-special-registry): what isn't "globally reachable" there, and multicast. Of IPv6 only global unicast counts (2000::/3, RFC 4291 §2.4), so
//! that whatever carries an IPv4 address within (mapped, NAT64, 6to4, Teredo) is none, wherever that leads.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, 0), prefix)
}

const fn v6(a: u16, b: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), prefix)
}

const NOT_PUBLIC_V4: [Ipv4Net; 15] = [
    v4(0, 0, 0, 8),       // "this network", RFC 791
    v4(10, 0, 0, 8),      // private, RFC 1918
    v4(100, 64, 0, 10),   // shared by carriers, RFC 6598
    v4(127, 0, 0, 8),     // loopback, RFC 1122
    v4(169, 254, 0, 16),  // link-local, RFC 3927: clouds' metadata too
    v4(172, 16, 0, 12),   // private
    v4(192, 0, 0, 24),    // protocol assignments, RFC 6890
    v4(192, 0, 2, 24),    // documentation, RFC 5737
    v4(192, 88, 99, 24),  // 6to4 relays, RFC 7526
    v4(192, 168, 0, 16),  // private
    v4(198, 18, 0, 15),   // benchmarks, RFC 2544
    v4(198, 51, 100, 24), // documentation
    v4(203, 0, 113, 24),  // documentation
    v4(224, 0, 0, 4),     // multicast, RFC 5771
    v4(240, 0, 0, 4),     // reserved, RFC 1112, and broadcast
];

const GLOBAL_UNICAST: Ipv6Net = v6(0x2000, 0, 3);

const NOT_PUBLIC_V6: [Ipv6Net; 4] = [
    v6(0x2001, 0, 23),     // protocol assignments, RFC 2928: Teredo, benchmarks, ORCHID
    v6(0x2001, 0xdb8, 32), // documentation, RFC 3849
    v6(0x2002, 0, 16),     // 6to4, RFC 3056
    v6(0x3fff, 0, 20),     // documentation, RFC 9637
];

/// Whether a server on the internet can have this address.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !NOT_PUBLIC_V4.iter().any(|network| network.contains(&address)),
        IpAddr::V6(address) => GLOBAL_UNICAST.contains(&address) && !NOT_PUBLIC_V6.iter().any(|network| network.contains(&address)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_on_the_internet_are_public() {
        let check = |addresses: &[&str], wanted| {
            for address in addresses {
                assert_eq!(is_public(address.parse().unwrap()), wanted, "{address}");
            }
        };
        check(
            &["1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0"],
            true,
        );
        check(&["192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "126.255.255.255", "128.0.0.0", "52.192.0.1"], true);
        check(&["2400:cb00::1", "2606:4700::1111", "2001:200::1", "2a00::1", "2620:4f:8000::1", "3ffe::1"], true);

        check(
            &["0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254"],
            false,
        );
        check(&["169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1"], false);
        check(&["192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255"], false);
        check(&["240.0.0.1", "255.255.255.255"], false);
        check(
            &["::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "100::1", "5f00::1", "2001:db8::1", "3fff:fff::1"],
            false,
        );
        // with an IPv4 address within: compatible, mapped, translated, NAT64, 6to4, Teredo
        check(&["::10.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::ffff:0:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::10.0.0.1"], false);
        check(&["2002:a00:1::", "2002:7f00:1::1", "2001::5ef5:79fb:0:59b:f5ff:fffe", "2001:0:a00:1::1"], false);
    }
}
