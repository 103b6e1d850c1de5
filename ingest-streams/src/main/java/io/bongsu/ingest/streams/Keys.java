package io.bongsu.ingest.streams;

import java.util.ArrayList;
import java.util.List;

/** Several strings as one key, without collisions whatever the strings hold: each is preceded by its length. */
final class Keys {
    private Keys() {}

    static String encode(String... parts) {
        return encode(List.of(parts));
    }

    static String encode(List<String> parts) {
        StringBuilder out = new StringBuilder();
        parts.forEach(p -> out.append(p.length()).append(':').append(p));
        return out.toString();
    }

    static List<String> decode(String key) {
        List<String> parts = new ArrayList<>();
        for (int at = 0; at < key.length(); ) {
            int colon = key.indexOf(':', at);
            int end = colon + 1 + Integer.parseInt(key.substring(at, colon));
            parts.add(key.substring(colon + 1, end));
            at = end;
        }
        return parts;
    }
}
