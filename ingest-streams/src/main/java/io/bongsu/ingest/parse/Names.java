package io.bongsu.ingest.parse;

/** What a field may be called: letters, digits, {@code _ - @} and single dots between them. */
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
                    || c == '@') {
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
