package io.bongsu.ingest.parse;

/** What a field may be called: letters of any script, digits, {@code _ - @} and single dots between them. */
final class Names {
    private Names() {}

    static boolean isField(String name) {
        boolean start = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '.') {
                if (start) {
                    return false;
                }
                start = true;
            } else if (c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '_'
                    || c == '-'
                    || c == '@'
                    || c > 0x7F && Character.isLetterOrDigit(c)) {
                start = false;
            } else {
                return false;
            }
        }
        return !start && name.length() <= 256;
    }

    /** A key as part of a field name: what may not stand there becomes an underscore. */
    static String clean(String key) {
        StringBuilder mended = null;
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            boolean ok = c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '_'
                    || c == '-'
                    || c > 0x7F
                    || c == '.' && i > 0 && i < key.length() - 1 && key.charAt(i - 1) != '.';
            if (!ok) {
                mended = mended == null ? new StringBuilder(key) : mended;
                mended.setCharAt(i, '_');
            }
        }
        String name = mended == null ? key : mended.toString();
        return name.length() > 256 ? name.substring(0, 256) : name;
    }

    private static final int CACHED = 4_096;
    private static final int MAX_CACHED = 128;
    /** Logs have few names and many lines; a name that is known has its hash already. */
    private static final Joined[] CACHE = new Joined[CACHED];

    private record Joined(String path, String between, String key, String name) {}

    /** {@code path.key}, most often without making it. */
    static String below(String path, String key) {
        return joined(path, ".", key);
    }

    /** The name of a variable. */
    static String variable(String key) {
        return joined("", "_", key);
    }

    /**
     * A key of an event's data under the names that it is known by.
     *
     * @param clean as a part of a field's name
     * @param field below winlog.event_data
     * @param variable for the steps of a parser
     */
    record Data(String key, String clean, String field, String variable) {}

    private static final Data[] DATA = new Data[CACHED];

    /** Most often without making the names. */
    static Data data(String key) {
        int slot = key.hashCode() & CACHED - 1;
        Data known = DATA[slot];
        if (known != null && known.key.equals(key)) {
            return known;
        }
        String clean = clean(key.replace(" ", ""));
        Data made = new Data(key, clean, "winlog.event_data." + clean, "_" + clean);
        if (key.length() <= MAX_CACHED) {
            DATA[slot] = made;
        }
        return made;
    }

    private record Tail(String name, int from, String tail) {}

    private static final Tail[] TAILS = new Tail[CACHED];

    /** {@code name.substring(from)}, most often without making it. */
    static String tail(String name, int from) {
        int slot = name.hashCode() & CACHED - 1;
        Tail known = TAILS[slot];
        if (known != null && known.from == from && known.name.equals(name)) {
            return known.tail;
        }
        String tail = name.substring(from);
        if (name.length() <= MAX_CACHED) {
            TAILS[slot] = new Tail(name, from, tail);
        }
        return tail;
    }

    private static String joined(String path, String between, String key) {
        int slot = (path.hashCode() * 31 + key.hashCode()) & CACHED - 1;
        Joined known = CACHE[slot];
        if (known != null && known.between.equals(between) && known.key.equals(key) && known.path.equals(path)) {
            return known.name;
        }
        String name = path + between + key;
        if (name.length() <= MAX_CACHED) {
            CACHE[slot] = new Joined(path, between, key, name);
        }
        return name;
    }
}
