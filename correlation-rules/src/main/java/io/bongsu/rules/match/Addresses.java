package io.bongsu.rules.match;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.AddressStringParameters;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.IncompatibleAddressException;
import org.jspecify.annotations.Nullable;

/** IP addresses as people write them: no names, no octal, no missing parts; IPv4 in IPv6 is IPv4. */
final class Addresses {
    /** An IPv6 address with the name of a zone and a prefix. */
    private static final int LONGEST = 100;

    private static final IPAddressStringParameters ADDRESS = strict(false);
    private static final IPAddressStringParameters BLOCK = strict(true);

    private static IPAddressStringParameters strict(boolean prefix) {
        return new IPAddressStringParameters.Builder()
                .allowEmpty(false)
                .allowAll(false)
                .allowSingleSegment(false)
                .allowMask(false)
                .allowPrefix(prefix)
                .allowPrefixOnly(false)
                .allowWildcardedSeparator(false)
                .setRangeOptions(AddressStringParameters.RangeParameters.NO_RANGE)
                .getIPv4AddressParametersBuilder()
                .allow_inet_aton(false)
                .allowLeadingZeros(false)
                .allowBinary(false)
                .getParentBuilder()
                .getIPv6AddressParametersBuilder()
                .allowZone(true)
                .allowBase85(false)
                .allowBinary(false)
                .getParentBuilder()
                .toParams();
    }

    private Addresses() {}

    /** A single address; null when it is none. */
    static @Nullable IPAddress address(String text) {
        return parse(text, ADDRESS);
    }

    /** An address or a block such as 10.0.0.0/8; null when it is neither. */
    static @Nullable IPAddress block(String text) {
        return parse(text, BLOCK);
    }

    /** Whether no bits are set after the prefix. */
    static boolean isWhole(IPAddress block) {
        IPAddress whole = block.isPrefixed() ? block.toPrefixBlock() : block;
        return whole.getLower().withoutPrefixLength().equals(block.getLower().withoutPrefixLength());
    }

    private static @Nullable IPAddress parse(String text, IPAddressStringParameters parameters) {
        if (text.length() > LONGEST) {
            return null;
        }
        try {
            IPAddress address = new IPAddressString(text, parameters).toAddress();
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
