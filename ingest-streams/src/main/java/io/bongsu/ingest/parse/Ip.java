package io.bongsu.ingest.parse;

import org.jspecify.annotations.Nullable;

/**
 * IP addresses in text. Strict: four decimal numbers without leading zeros, or IPv6 as in RFC 4291. One address has
 * one spelling (RFC 5952; IPv4-mapped as IPv4), since rules group by it.
 */
final class Ip {
    private Ip() {}

    static boolean isValid(String s, int from, int end) {
        return isV4(s, from, end) || v6(s, from, end) != null;
    }

    /** The address in its one spelling without a zone ({@code %eth0}), or null when this is none. */
    static @Nullable String normal(String s) {
        if (isV4(s, 0, s.length())) {
            return s;
        }
        int end = s.indexOf('%');
        int[] groups = v6(s, 0, end < 0 ? s.length() : end);
        return groups == null ? null : spell(groups);
    }

    static boolean isV4(String s, int from, int end) {
        if (end - from < 7 || end - from > 15) {
            return false;
        }
        int parts = 0;
        int p = from;
        while (true) {
            int value = 0;
            int start = p;
            while (p < end && s.charAt(p) >= '0' && s.charAt(p) <= '9' && p - start < 3) {
                value = value * 10 + s.charAt(p++) - '0';
            }
            if (p == start || value > 255 || p - start > 1 && s.charAt(start) == '0') {
                return false;
            }
            parts++;
            if (p == end) {
                return parts == 4;
            }
            if (s.charAt(p) != '.' || parts == 4) {
                return false;
            }
            p++;
        }
    }

    private static int @Nullable [] v6(String s, int from, int end) {
        if (end - from < 2 || end - from > 45) {
            return null;
        }
        int[] groups = new int[8];
        int count = 0;
        int gap = -1;
        int p = from;
        if (s.charAt(p) == ':') {
            if (s.charAt(p + 1) != ':') {
                return null;
            }
            gap = 0;
            p += 2;
        }
        while (p < end) {
            int start = p;
            int value = 0;
            while (p < end && p - start < 4 && Character.digit(s.charAt(p), 16) >= 0 && s.charAt(p) < 0x80) {
                value = value * 16 + Character.digit(s.charAt(p++), 16);
            }
            if (p == start || count == 8) {
                return null;
            }
            if (p < end && s.charAt(p) == '.') {
                if (count > 6 || !isV4(s, start, end)) {
                    return null;
                }
                long v4 = v4(s, start, end);
                groups[count++] = (int) (v4 >> 16);
                groups[count++] = (int) (v4 & 0xFFFF);
                p = end;
                break;
            }
            groups[count++] = value;
            if (p == end) {
                break;
            }
            if (s.charAt(p) != ':') {
                return null;
            }
            p++;
            if (p < end && s.charAt(p) == ':') {
                if (gap >= 0) {
                    return null;
                }
                gap = count;
                p++;
            } else if (p == end) {
                return null;
            }
        }
        if (gap < 0) {
            return count == 8 ? groups : null;
        }
        if (count == 8) {
            return null;
        }
        int moved = count - gap;
        for (int i = 0; i < moved; i++) {
            groups[7 - i] = groups[count - 1 - i];
        }
        for (int i = gap; i < 8 - moved; i++) {
            groups[i] = 0;
        }
        return groups;
    }

    private static long v4(String s, int from, int end) {
        long value = 0;
        int part = 0;
        for (int i = from; i < end; i++) {
            if (s.charAt(i) == '.') {
                value = value << 8 | part;
                part = 0;
            } else {
                part = part * 10 + s.charAt(i) - '0';
            }
        }
        return value << 8 | part;
    }

    private static String spell(int[] g) {
        if (g[0] == 0 && g[1] == 0 && g[2] == 0 && g[3] == 0 && g[4] == 0 && g[5] == 0xFFFF) {
            return (g[6] >> 8) + "." + (g[6] & 255) + "." + (g[7] >> 8) + "." + (g[7] & 255);
        }
        int bestFrom = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++) {
            int j = i;
            while (j < 8 && g[j] == 0) {
                j++;
            }
            if (j - i > bestLength) {
                bestFrom = i;
                bestLength = j - i;
            }
            i = Math.max(i, j - 1);
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == bestFrom) {
                text.append("::");
                i += bestLength - 1;
                continue;
            }
            if (i > 0 && i != bestFrom + bestLength) {
                text.append(':');
            }
            text.append(Integer.toHexString(g[i]));
        }
        return text.toString();
    }
}
