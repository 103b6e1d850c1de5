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
}
