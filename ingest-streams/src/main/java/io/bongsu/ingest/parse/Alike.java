package io.bongsu.ingest.parse;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keys of JSON objects by what they mean, since every application spells them in a way of its own: {@code clientIp},
 * {@code client_ip}, {@code Client-IP} and {@code client.ip} are one, and {@code context.client_ip} is as well where
 * {@code context} is a name around fields that says nothing of them. Safe for use by several threads.
 */
final class Alike {
    static final Alike NONE = new Alike(Map.of(), Set.of());

    private static final int CACHED = 4_096;
    private static final int MAX_CACHED = 128;

    private final Map<String, Target> targets;
    private final Set<String> around;
    /** Logs have few keys and many objects. */
    private final Known[] known = new Known[CACHED];

    private record Known(String key, @Nullable Found found) {}

    /** @param inner it stood within such a name: what an object itself says goes before */
    record Found(Target target, boolean inner) {}

    /**
     * @param targets by the plain form of a key
     * @param around names around fields that say nothing of them
     */
    Alike(Map<String, Target> targets, Set<String> around) {
        this.targets = Map.copyOf(targets);
        this.around = around.stream().map(Alike::plain).collect(Collectors.toUnmodifiableSet());
    }

    /** What a key means, or null. */
    @Nullable
    Found of(String key) {
        if (targets.isEmpty()) {
            return null;
        }
        int slot = key.hashCode() & CACHED - 1;
        Known last = known[slot];
        if (last != null && last.key.equals(key)) {
            return last.found;
        }
        Found found = find(key);
        if (key.length() <= MAX_CACHED) {
            known[slot] = new Known(key, found);
        }
        return found;
    }

    private @Nullable Found find(String key) {
        int from = 0;
        for (int dot = key.indexOf('.'); dot > 0; dot = key.indexOf('.', from)) {
            if (!around.contains(plain(key.substring(from, dot)))) {
                break;
            }
            from = dot + 1;
        }
        Target target = targets.get(plain(key.substring(from)));
        return target == null ? null : new Found(target, from > 0);
    }

    static String plain(String key) {
        StringBuilder plain = new StringBuilder(key.length());
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (c != '_' && c != '-' && c != '.' && c != ' ' && c != '@') {
                plain.append(c);
            }
        }
        return plain.toString().toLowerCase(Locale.ROOT);
    }
}
