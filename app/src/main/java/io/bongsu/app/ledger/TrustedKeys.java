package io.bongsu.app.ledger;

import io.bongsu.app.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whose signature counts. With a file of keys, only those in it. Without one, the first key that a shipper is met with, and
 * no other after it; each is named, so that it can be put into such a file.
 */
public final class TrustedKeys {
    private final Map<String, Set<String>> pinned;
    private final boolean pins;
    private final Map<String, String> met = new TreeMap<>();

    private TrustedKeys(Map<String, Set<String>> pinned, boolean pins) {
        this.pinned = pinned;
        this.pins = pins;
    }

    /** The first one of each shipper. */
    public static TrustedKeys onFirstUse() {
        return new TrustedKeys(Map.of(), false);
    }

    /** Lines as in a shipper's {@code key.pub}: its name and its key; several for one shipper are all good. */
    public static TrustedKeys of(Path file) {
        Map<String, Set<String>> pinned = new HashMap<>();
        List<String> wrong = new ArrayList<>();
        try {
            int number = 0;
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                number++;
                String text = line.strip();
                if (text.isEmpty() || text.startsWith("#")) {
                    continue;
                }
                String[] words = text.split("\\s+", -1);
                if (words.length == 2 && isKey(words[1])) {
                    pinned.computeIfAbsent(words[0], s -> new HashSet<>()).add(words[1]);
                } else {
                    wrong.add(file + ":" + number + ": not a shipper's name and its key");
                }
            }
        } catch (IOException e) {
            throw new Fault("the keys in " + file + " cannot be read: " + e, "give a text file that can be read", e);
        }
        if (!wrong.isEmpty()) {
            throw new Fault(String.join("\n", wrong), "copy the line from the file key.pub in the shipper's folder");
        }
        return new TrustedKeys(pinned, true);
    }

    private static boolean isKey(String word) {
        try {
            return Base64.getDecoder().decode(word).length == 44;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    boolean trusts(String shipper, byte[] key) {
        String text = Base64.getEncoder().encodeToString(key);
        if (pins) {
            boolean known = pinned.getOrDefault(shipper, Set.of()).contains(text);
            if (known) {
                met.put(shipper, text);
            }
            return known;
        }
        return text.equals(met.computeIfAbsent(shipper, s -> text));
    }

    boolean pins() {
        return pins;
    }

    /** Shipper to the key that its seals were checked with. */
    Map<String, String> met() {
        return met;
    }
}
