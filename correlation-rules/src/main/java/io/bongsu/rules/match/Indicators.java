package io.bongsu.rules.match;

import inet.ipaddr.IPAddress;
import io.bongsu.rules.match.EventView.Value;
import io.bongsu.rules.syntax.Listing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A list of addresses, domains or hashes, each with when it holds. Looking one up costs the same however many there are; of
 * addresses, one look for each length of a network.
 */
final class Indicators {
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{32,128}");
    private static final Pattern DOMAIN = Pattern.compile("[^\\s/:*?]+");

    private final Listing.Kind kind;
    /** From, until, from, until ... of each. */
    private final Map<Object, long[]> spans = new HashMap<>();
    /** Of the domains: what is longer is none of them. */
    private int longest;

    /** Lengths of networks of IPv4 and of IPv6, ascending. */
    private int[][] lengths = {{}, {}};

    private Indicators(Listing.Kind kind) {
        this.kind = kind;
    }

    /** An entry is not what the list is a list of. */
    static final class Wrong extends Exception {
        final transient Listing.Entry entry;
        final String what;
        final String fix;

        Wrong(Listing.Entry entry, String what, String fix) {
            super(what);
            this.entry = entry;
            this.what = what;
            this.fix = fix;
        }
    }

    static Indicators of(Listing listing) throws Wrong {
        Indicators made = new Indicators(listing.kind());
        List<TreeSet<Integer>> found = List.of(new TreeSet<>(), new TreeSet<>());
        for (Listing.Entry entry : listing.entries()) {
            Object key = made.key(entry);
            if (key instanceof IPAddress block) {
                Integer length = block.getNetworkPrefixLength();
                found.get(block.isIPv6() ? 1 : 0).add(length == null ? block.getBitCount() : length);
            }
            if (key instanceof String text) {
                made.longest = Math.max(made.longest, text.length());
            }
            made.spans.merge(key, new long[] {entry.from(), entry.until()}, Indicators::joined);
        }
        made.lengths = found.stream()
                .map(set -> set.stream().mapToInt(i -> i).toArray())
                .toArray(int[][]::new);
        return made;
    }

    private static long[] joined(long[] a, long[] b) {
        long[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private Object key(Listing.Entry entry) throws Wrong {
        String text = entry.value().text().strip();
        return switch (kind) {
            case TEXT -> throw new IllegalArgumentException("texts are values of the rule");
            case ADDRESS -> {
                IPAddress block = Addresses.block(text);
                if (block == null || !Addresses.isWhole(block)) {
                    throw new Wrong(
                            entry,
                            "'" + text + "' is neither an address nor a network",
                            "write one such as 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32");
                }
                yield block.isPrefixed() ? block.toPrefixBlock() : block.toPrefixBlock(block.getBitCount());
            }
            case DOMAIN -> {
                String domain = domain(text);
                if (!DOMAIN.matcher(domain).matches()) {
                    throw new Wrong(entry, "'" + text + "' is no domain", "write one such as example.org");
                }
                yield domain;
            }
            case HASH -> {
                String hash = text.toLowerCase(Locale.ROOT);
                if (!HASH.matcher(hash).matches()) {
                    throw new Wrong(entry, "'" + text + "' is no hash", "write its hexadecimal digits, 32 to 128");
                }
                yield hash;
            }
        };
    }

    private static String domain(String text) {
        String folded = Texts.folded(Texts.composed(text));
        return folded.endsWith(".") ? folded.substring(0, folded.length() - 1) : folded;
    }

    /** @param time of the event; what ends or begins does not hold without one */
    boolean has(Value value, OptionalLong time) {
        return switch (kind) {
            case TEXT -> false;
            case ADDRESS -> {
                IPAddress address = value.address();
                yield address != null && address(address, time);
            }
            case DOMAIN -> {
                String domain = domain(value.text(true));
                boolean found = holds(domain, time);
                int first = domain.indexOf('.', Math.max(0, domain.length() - longest - 1));
                for (int dot = first; !found && dot >= 0; dot = domain.indexOf('.', dot + 1)) {
                    found = holds(domain.substring(dot + 1), time);
                }
                yield found;
            }
            case HASH -> {
                String text = value.text(false);
                boolean found = holds(text, time);
                for (int at = text.indexOf('='); !found && at >= 0; at = text.indexOf('=', at + 1)) {
                    int end = at + 1;
                    while (end < text.length() && Character.digit(text.charAt(end), 16) >= 0) {
                        end++;
                    }
                    found = holds(text.substring(at + 1, end), time);
                }
                yield found;
            }
        };
    }

    private boolean address(IPAddress address, OptionalLong time) {
        for (int length : lengths[address.isIPv6() ? 1 : 0]) {
            if (holds(address.toPrefixBlock(length), time)) {
                return true;
            }
        }
        return false;
    }

    private boolean holds(Object key, OptionalLong time) {
        long @Nullable [] of = spans.get(key);
        if (of != null) {
            for (int i = 0; i < of.length; i += 2) {
                if (during(of[i], of[i + 1], time)) {
                    return true;
                }
            }
        }
        return false;
    }

    static boolean during(long from, long until, OptionalLong time) {
        return time.isPresent()
                ? from <= time.getAsLong() && time.getAsLong() < until
                : from == Listing.EVER_SINCE && until == Listing.FOR_EVER;
    }

    /** The same for the same meaning. */
    @Override
    public String toString() {
        Map<String, TreeSet<String>> sorted = new TreeMap<>();
        spans.forEach((key, of) -> {
            TreeSet<String> said = sorted.computeIfAbsent(
                    key instanceof IPAddress block ? block.toCanonicalString() : key.toString(),
                    text -> new TreeSet<>());
            for (int i = 0; i < of.length; i += 2) {
                said.add(of[i] + ".." + of[i + 1]);
            }
        });
        List<String> parts = new ArrayList<>();
        sorted.forEach((text, said) -> parts.add(Canonical.of(text) + said));
        return kind.word() + parts;
    }
}
