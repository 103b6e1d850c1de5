package io.bongsu.rules.match;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.IncompatibleAddressException;
import org.jspecify.annotations.Nullable;

/** IP addresses as people write them: no names, no octal, no missing parts; IPv4 in IPv6 is IPv4. */
final class Addresses {
    private static final IPAddressStringParameters STRICT = new IPAddressStringParameters.Builder()
            .allowEmpty(false)
            .allowAll(false)
            .allowSingleSegment(false)
            .allowMask(false)
            .allowWildcardedSeparator(false)
            .getIPv4AddressParametersBuilder()
            .allow_inet_aton(false)
            .allowLeadingZeros(false)
            .getParentBuilder()
            .getIPv6AddressParametersBuilder()
            .allowZone(true)
            .allowBase85(false)
            .getParentBuilder()
            .toParams();

    private Addresses() {}

    /** An address or a block; null when it is neither. */
    static @Nullable IPAddress parse(String text) {
        try {
            IPAddress address = new IPAddressString(text, STRICT).toAddress();
            if (address == null) {
                return null;
            }
            if (address.isIPv6()) {
                IPAddress plain = address.toIPv6().removeZone();
                return plain.toIPv6().isIPv4Mapped() && !plain.isPrefixed()
                        ? plain.toIPv6().getEmbeddedIPv4Address()
                        : plain;
            }
            return address;
        } catch (AddressStringException | IncompatibleAddressException e) {
            return null;
        }
    }
}
