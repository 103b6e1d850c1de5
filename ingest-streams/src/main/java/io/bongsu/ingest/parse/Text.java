package io.bongsu.ingest.parse;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Bytes to text, decided for each frame, since relays mix senders: strict UTF-8, then the listener's charset, then
 * CP949 (which holds every Hangul syllable; EUC-KR does not), then Windows-1252 as WHATWG defines it, which maps every
 * byte. Nothing is ever replaced by U+FFFD, so the bytes can be had back.
 */
final class Text {
    static final Charset CP949 = Charset.forName("x-windows-949");

    /** 0x80–0x9F of Windows-1252; the five unassigned bytes are the control characters of the same number. */
    private static final String WINDOWS_1252 = "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160"
            + "\u2039\u0152\u008d\u017d\u008f\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a"
            + "\u0153\u009d\u017e\u0178";

    /** Looking up a name that no charset has takes the JVM half a millisecond. */
    private static final Map<String, Optional<Charset>> HINTS = new ConcurrentHashMap<>();

    private Text() {}

    /** The text of a frame without NUL, CR, LF and other control characters at its end (a tab stays). */
    static String decode(byte[] data, @Nullable String hint) {
        int end = data.length;
        while (end > 0 && data[end - 1] >= 0 && data[end - 1] < ' ' && data[end - 1] != '\t') {
            end--;
        }
        int ascii = 0;
        while (ascii < end && data[ascii] >= 0) {
            ascii++;
        }
        if (ascii == end) {
            return new String(data, 0, end, StandardCharsets.ISO_8859_1);
        }
        Charset hinted = charset(hint);
        String utf8 = strict(StandardCharsets.UTF_8, data, end);
        if (utf8 != null) {
            String korean = hinted == null || hinted.equals(CP949)
                    ? koreanByAccidentUtf8(utf8, data, end, hinted != null)
                    : null;
            return korean == null ? utf8 : korean;
        }
        if (StandardCharsets.ISO_8859_1.equals(hinted)) {
            return windows1252(data, end);
        }
        if (hinted != null && !hinted.equals(StandardCharsets.UTF_8)) {
            String text = strict(hinted, data, end);
            if (text != null) {
                return text;
            }
        }
        String korean = strict(CP949, data, end);
        return korean != null && isHangul(korean) ? korean : windows1252(data, end);
    }

    /**
     * Bytes beyond ASCII that rsyslog wrote in octal, {@code #355#231#215}, as the text that they were; any other text as
     * it is. They must be UTF-8 or Korean: what only looks so ("#377") is left alone.
     */
    static String unescaped(String text, @Nullable String hint) {
        int first = text.indexOf('#');
        while (first >= 0 && !(isHighOctal(text, first) && isHighOctal(text, first + 4))) {
            first = text.indexOf('#', first + 1);
        }
        if (first < 0) {
            return text;
        }
        byte[] bytes = new byte[text.length()];
        int end = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                return text;
            }
            if (isHighOctal(text, i)) {
                bytes[end++] = (byte) Integer.parseInt(text, i + 1, i + 4, 8);
                i += 3;
            } else {
                bytes[end++] = (byte) c;
            }
        }
        String korean = strict(CP949, bytes, end);
        return strict(StandardCharsets.UTF_8, bytes, end) != null || korean != null && isHangul(korean)
                ? decode(Arrays.copyOf(bytes, end), hint)
                : text;
    }

    private static boolean isHighOctal(String text, int at) {
        return at + 3 < text.length()
                && text.charAt(at) == '#'
                && (text.charAt(at + 1) == '2' || text.charAt(at + 1) == '3')
                && isOctal(text.charAt(at + 2))
                && isOctal(text.charAt(at + 3));
    }

    private static boolean isOctal(char c) {
        return c >= '0' && c <= '7';
    }

    /** Null for no hint and for a name that this JVM does not know. The Korean names all mean CP949. */
    static @Nullable Charset charset(@Nullable String name) {
        if (name == null) {
            return null;
        }
        Optional<Charset> known = HINTS.get(name);
        if (known == null) {
            known = Optional.ofNullable(find(name));
            if (HINTS.size() < 64) {
                HINTS.put(name, known);
            }
        }
        return known.orElse(null);
    }

    private static @Nullable Charset find(String name) {
        return switch (name.toLowerCase(Locale.ROOT).replace("_", "-")) {
            case "cp949", "ms949", "uhc", "euc-kr", "euckr", "ks-c-5601-1987", "windows-949", "x-windows-949" -> CP949;
            case "utf8", "utf-8" -> StandardCharsets.UTF_8;
            case "latin1", "windows-1252", "cp1252", "iso-8859-1" -> StandardCharsets.ISO_8859_1; // the last resort
            default -> {
                try {
                    yield Charset.forName(name);
                } catch (IllegalArgumentException unknown) {
                    yield null;
                }
            }
        };
    }

    private static @Nullable String strict(Charset charset, byte[] data, int end) {
        try {
            CharBuffer text = charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(data, 0, end));
            return text.toString();
        } catch (CharacterCodingException | RuntimeException e) {
            return null;
        }
    }

    /**
     * Some Korean words in CP949 are valid UTF-8: 체크 reads as "üũ". With the listener's hint, text whose letters
     * beyond ASCII lie in U+0080–07FF and stand in runs of two or more is Korean ("café" has a run of one). Without a
     * hint more is asked: such a run touches no ASCII letter, one letter of the text lies beyond Latin-1, and each
     * pair is one of the 2,350 common syllables.
     */
    private static @Nullable String koreanByAccidentUtf8(String utf8, byte[] data, int end, boolean hinted) {
        boolean beyondLatin1 = false;
        for (int i = 0; i < utf8.length(); ) {
            if (utf8.charAt(i) < 0x80) {
                i++;
                continue;
            }
            int from = i;
            for (; i < utf8.length() && utf8.charAt(i) >= 0x80; i++) {
                char c = utf8.charAt(i);
                if (c > 0x7FF || !Character.isLetter(c)) {
                    return null;
                }
                beyondLatin1 |= c > 0xFF;
            }
            boolean touches = from > 0 && isAsciiLetter(utf8.charAt(from - 1))
                    || i < utf8.length() && isAsciiLetter(utf8.charAt(i));
            if (i - from < 2 || !hinted && touches) {
                return null;
            }
        }
        if (hinted) {
            return strict(CP949, data, end);
        }
        if (!beyondLatin1) {
            return null;
        }
        for (int i = 0; i < end; i++) {
            if (data[i] < 0) {
                int lead = data[i] & 0xFF;
                int trail = i + 1 < end ? data[++i] & 0xFF : 0;
                if (lead < 0xB0 || lead > 0xC8 || trail < 0xA1) {
                    return null;
                }
            }
        }
        return strict(CP949, data, end);
    }

    /** Whether text that was read as CP949 makes sense; other scripts that happen to fit have no Hangul. */
    private static boolean isHangul(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0xAC00 && c <= 0xD7A3) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAsciiLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private static String windows1252(byte[] data, int end) {
        char[] text = new char[end];
        for (int i = 0; i < end; i++) {
            int b = data[i] & 0xFF;
            text[i] = b >= 0x80 && b < 0xA0 ? WINDOWS_1252.charAt(b - 0x80) : (char) b;
        }
        return new String(text);
    }
}
