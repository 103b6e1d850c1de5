package io.bongsu.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.match.Envelope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The index only over-approximates: on random rules and random events it finds what trying every rule finds. Rules and
 * values come from a few words, so that they often meet, in all the forms in which texts are equal or nearly so.
 */
class IndexAgreesWithScanTest {
    private static final LogSource SOURCE = new LogSource(null, "linux", "test");
    private static final List<String> WORDS = List.of(
            "cmd",
            "\\cmd.exe",
            "/c",
            " -enc ",
            "a",
            "ab",
            "abc",
            "abcd",
            "whoami",
            "Ki",
            "kiwi",
            "Kelvin",
            "ſs",
            "ss",
            "ß",
            "İ",
            "ı",
            "I",
            "i",
            "봉수",
            "봉",
            "실패",
            "é",
            "É",
            "µ",
            "Μ",
            "®",
            "–",
            "—",
            "x",
            "10.1.2.3",
            "4688",
            "1",
            "22",
            "-",
            "ǅ",
            "Ω",
            "\uD801\uDC00",
            "\uD801\uDC28",
            "/v:on",
            "..",
            "日本",
            "e\u0301",
            "\u1107\u1169\u11bc",
            "\u212a",
            "Å",
            "\u212b");
    private static final List<String> FIELDS = List.of("f", "g", "h", "i", "event.original", "event.id");
    private static final List<String> SHAPES = List.of("", "|contains", "|startswith", "|endswith");

    /** Events have these, too; a mapping of the test has the field "i" look below "n.". */
    private static final List<String> BELOW = List.of("n.a", "n.b");

    @TempDir
    private static Path folder;

    private Random random = new Random(0);
    private RuleSet.Defaults defaults = RuleSet.Defaults.STANDARD;
    private int hits;

    @Test
    void onRandomRulesAndEvents() throws IOException {
        Path mapping = Files.writeString(
                folder.resolve("m.yml"), "- { logsource: { product: linux }, fields: { i: [n.*, g] } }");
        defaults = new RuleSet.Defaults(0, List.of(mapping), List.of(), name -> true);
        for (int seed = 0; seed < 25; seed++) {
            random = new Random(seed);
            compare(seed, 40, 50);
        }
        assertThat(hits).isGreaterThan(5_000);
    }

    private void compare(int seed, int ruleCount, int eventCount) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < ruleCount; i++) {
            text.append(i == 0 ? "" : "---\n").append(rule(i));
        }
        RuleSet.Loaded loaded = Rules.load(text.toString(), defaults);
        assertThat(loaded.problems()).isEmpty();
        RuleSet rules = loaded.rules();
        Detector index = rules.detector();
        Detector scan = rules.detector(Detector.Mode.SCAN);
        for (int i = 0; i < eventCount; i++) {
            Map<String, @Nullable Object> event = new HashMap<>();
            for (String field : FIELDS) {
                if (chance(70)) {
                    event.put(field, value(true));
                }
            }
            for (String field : BELOW) {
                if (chance(20)) {
                    event.put(field, value(true));
                }
            }
            Envelope envelope = chance(50) ? new Envelope(text(), text(), text(), null) : null;
            List<String> expected = found(scan, event, envelope);
            hits += expected.size();
            for (int again = 0; again < 2; again++) {
                List<String> came = found(index, event, envelope);
                if (!came.equals(expected)) { // the message is long
                    assertThat(came)
                            .as("seed %s, event %s, envelope %s\n%s", seed, event, envelope, text)
                            .isEqualTo(expected);
                }
            }
        }
    }

    private static List<String> found(
            Detector detector, Map<String, @Nullable Object> event, @Nullable Envelope envelope) {
        List<String> found = new ArrayList<>();
        detector.detect(Set.of(SOURCE), event, envelope, new Detector.Sink() {
            @Override
            public void alert(RuleInfo rule) {
                found.add(rule.id());
            }

            @Override
            public void hit(Correlation correlation, List<String> group, String member, Map<String, String> values) {
                found.add(member);
            }
        });
        return found;
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private <T> T one(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(chance(5) ? 300 : 5); n >= 0; n--) {
            String word = one(WORDS);
            text.append(chance(20) ? word.toUpperCase(java.util.Locale.ROOT) : word);
        }
        return text.toString();
    }

    private @Nullable Object value(boolean lists) {
        return switch (random.nextInt(lists ? 17 : 12)) {
            case 0 -> (long) random.nextInt(30);
            case 1 -> 4688L;
            case 2 -> chance(50) ? 22.0 : 1.5;
            case 3 -> chance(50);
            case 4 -> "";
            case 10 ->
                one(List.of("2026-11-22T09:15:01+09:00", "2026-11-22 22:05:00", "2027-01-03", "-7", "1e3", " 22"));
            case 11 -> one(List.of("10.1.2.3", "10.200.0.1", "2001:db8::7", "192.168.0.1", "::ffff:10.1.2.3"));
            case 12 -> null;
            case 13 -> List.of();
            case 14 -> Arrays.asList(null, value(false));
            case 15 -> Arrays.asList(value(false), value(false), value(false));
            case 16 -> encoded();
            default -> text();
        };
    }

    /** A word as rules with {@code base64offset} or {@code wide} look for it, somewhere in a text. */
    private String encoded() {
        byte[] bytes =
                (one(WORDS) + one(WORDS)).getBytes(one(List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE)));
        byte[] shifted = new byte[bytes.length + random.nextInt(3)];
        System.arraycopy(bytes, 0, shifted, shifted.length - bytes.length, bytes.length);
        return chance(50)
                ? text() + Base64.getEncoder().encodeToString(shifted)
                : new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private String rule(int i) {
        int searches = 1 + random.nextInt(3);
        StringBuilder rule = new StringBuilder("title: r" + i + "\nname: r" + i + "\nid: r" + i
                + "\nlogsource: {product: linux}\n" + "bongsu: {lists: {words: ['cmd', 'ki*', '봉수']}}\ndetection:\n");
        for (int s = 0; s < searches; s++) {
            rule.append("  s").append(s).append(":\n");
            if (chance(15)) {
                rule.append("    - ")
                        .append(quoted(one(WORDS)))
                        .append("\n    - ")
                        .append(quoted(pattern()))
                        .append('\n');
            } else if (chance(20)) {
                rule.append("    - ")
                        .append(item())
                        .append("\n    - ")
                        .append(item())
                        .append('\n');
            } else {
                int items = 1 + random.nextInt(2);
                List<String> lines = new ArrayList<>();
                for (int n = 0; n < items; n++) {
                    String item = item();
                    if (lines.stream().noneMatch(l -> l.split(":")[0].equals(item.split(":")[0]))) {
                        lines.add(item);
                        rule.append("    ").append(item).append('\n');
                    }
                }
            }
        }
        return rule.append("  condition: ")
                .append(condition(searches, 2))
                .append('\n')
                .toString();
    }

    private String condition(int searches, int depth) {
        if (depth == 0 || chance(30)) {
            return switch (random.nextInt(6)) {
                case 0 -> "1 of s*";
                case 1 -> "all of them";
                default -> "s" + random.nextInt(searches);
            };
        }
        return switch (random.nextInt(3)) {
            case 0 -> "not (" + condition(searches, depth - 1) + ")";
            case 1 -> "(" + condition(searches, depth - 1) + ") or (" + condition(searches, depth - 1) + ")";
            default -> "(" + condition(searches, depth - 1) + ") and (" + condition(searches, depth - 1) + ")";
        };
    }

    private String pattern() {
        StringBuilder pattern = new StringBuilder();
        for (int n = random.nextInt(3); n >= 0; n--) {
            pattern.append(one(WORDS)).append(chance(30) ? one(List.of("*", "?", "\\*", "\\\\", "**")) : "");
        }
        return pattern.toString();
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private String item() {
        String field = one(FIELDS);
        return field
                + switch (random.nextInt(20)) {
                    case 0 -> ": null";
                    case 1 -> ": ''";
                    case 2 -> "|exists: " + chance(50);
                    case 3 ->
                        "|re" + one(List.of("", "|i", "|i|s", "|all")) + ": [" + quoted(regex()) + ", "
                                + quoted(regex()) + "]";
                    case 4 -> "|cidr: " + one(List.of("10.0.0.0/8", "2001:db8::/32"));
                    case 5 -> one(List.of("|lt", "|lte", "|gt", "|gte")) + ": " + random.nextInt(30);
                    case 6 -> "|windash" + one(SHAPES) + ": " + quoted(one(List.of("-enc", "/v:on", "-c /k")));
                    case 7 -> "|base64offset|contains: " + quoted(one(WORDS));
                    case 8 -> "|wide|base64offset|contains: " + quoted(one(WORDS));
                    case 9 -> "|neq: " + quoted(pattern());
                    case 10 -> ": " + random.nextInt(30);
                    case 14 -> "|fieldref" + one(SHAPES) + one(List.of("", "|cased", "|neq")) + ": " + one(FIELDS);
                    case 15 -> {
                        String part = one(List.of("minute", "hour", "day", "week", "month", "year"));
                        List<Integer> numbers = part.equals("year") ? List.of(2025, 2026) : List.of(5, 9, 11, 12);
                        yield "|" + part + one(List.of("", "|lt", "|gte", "|neq")) + ": " + one(numbers);
                    }
                    case 16 ->
                        one(List.of("|wide", "|utf16be", "|utf16", "|base64", "|utf16le|base64"))
                                + one(List.of("|contains", "|startswith")) + ": " + quoted(one(WORDS));
                    case 17 -> "|expand" + one(SHAPES) + one(List.of("", "|all")) + ": ['%words%', 'x%words%']";
                    case 18 -> one(List.of("|lt", "|gte")) + ": " + one(List.of("-7", "1.5", "1000"));
                    case 19 -> "|cidr: [10.1.0.0/16, '::ffff:10.0.0.0/104', 192.168.0.1/32]";
                    default ->
                        one(SHAPES) + one(List.of("", "|cased")) + one(List.of("", "|all")) + ": [" + values() + "]";
                };
    }

    private String values() {
        StringBuilder values = new StringBuilder(quoted(pattern()));
        for (int n = random.nextInt(chance(20) ? 12 : 3); n > 0; n--) {
            values.append(", ").append(quoted(chance(50) ? one(WORDS) : pattern()));
        }
        return values.toString();
    }

    private String regex() {
        String a = com.google.re2j.Pattern.quote(one(WORDS));
        String b = com.google.re2j.Pattern.quote(one(WORDS));
        return switch (random.nextInt(9)) {
            case 0 -> "^" + a + ".*" + b;
            case 1 -> "(" + a + "|" + b + ")+x?";
            case 2 -> a + "[a-z]{1,3}" + b;
            case 3 -> "(?i)" + a + "$";
            case 4 -> "(?:" + a + ")?" + b;
            case 5 -> "[aA]b(c|" + a + ")*";
            case 6 -> "\\bk[iI]\\w+";
            case 7 -> a + "{2}";
            default -> "[^a]" + a;
        };
    }
}
