package io.bongsu.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.rules.correlate.Correlation;
import io.bongsu.rules.match.Envelope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is on a list, and until when. */
class ListsTest {
    private static final LogSource SOURCE = new LogSource(null, "linux", "test");
    private static final String RULE = """
            title: Listed
            id: r
            logsource: { product: linux, service: test }
            detection: { s: { 'f|expand': '%bad%' }, condition: s }
            bongsu:
              lists:
                bad: %s
            """;

    @TempDir
    Path folder = Path.of("");

    private record Time(long micros) implements Envelope.Time {}

    private static boolean found(RuleSet rules, Object value, @Nullable String at) {
        return found(rules, Detector.Mode.INDEX, value, at == null ? null : micros(at));
    }

    private static boolean found(RuleSet rules, Detector.Mode mode, Object value, @Nullable Long at) {
        Set<String> said = new HashSet<>();
        Envelope envelope = new Envelope("", "test", null, at == null ? null : new Time(at));
        rules.detector(mode).detect(Set.of(SOURCE), Map.of("f", value), envelope, new Detector.Sink() {
            @Override
            public void alert(RuleInfo rule) {
                said.add(rule.id());
            }

            @Override
            public void hit(Correlation correlation, List<String> group, String member, Map<String, String> values) {
                throw new AssertionError("there are no correlations");
            }
        });
        return !said.isEmpty();
    }

    private static long micros(String at) {
        return Instant.parse(at).toEpochMilli() * 1_000;
    }

    private static RuleSet rules(String list) {
        return Rules.good(RULE.replace("%s", list));
    }

    @Test
    void anEntryHoldsFromItsBeginningUntilItsEndByTheTimeOfTheEvent() {
        RuleSet rules = rules("[{ value: 'ev*l', from: 2026-02-01, until: '2026-03-01T09:00:00+09:00' }, always]");

        assertThat(found(rules, "evil", "2026-01-31T23:59:59Z")).isFalse();
        assertThat(found(rules, "evil", "2026-02-01T00:00:00Z")).isTrue();
        assertThat(found(rules, "evil", "2026-02-28T23:59:59Z")).isTrue();
        assertThat(found(rules, "evil", "2026-03-01T00:00:00Z")).isFalse();
        assertThat(found(rules, "evil", null)).isFalse();
        assertThat(found(rules, "always", null)).isTrue();
    }

    @Test
    void whatAnEntryDoesNotSayTheListSaysForAll() {
        RuleSet rules = rules(
                "{ ttl: 10d, values: [{ value: a, from: 2026-01-01 }, { value: b, from: 2026-01-01, until: 2026-06-01 }] }");

        assertThat(found(rules, "a", "2026-01-10T23:59:59Z")).isTrue();
        assertThat(found(rules, "a", "2026-01-11T00:00:00Z")).isFalse();
        assertThat(found(rules, "b", "2026-05-31T00:00:00Z")).isTrue();
    }

    @Test
    void anAddressIsFoundHoweverItIsWritten() {
        RuleSet rules = rules("{ kind: address, values: [192.0.2.0/24, 2001:db8::1, 198.51.100.7] }");

        assertThat(found(rules, "192.0.2.200", null)).isTrue();
        assertThat(found(rules, "::ffff:192.0.2.200", null)).isTrue();
        assertThat(found(rules, "2001:DB8:0:0::1", null)).isTrue();
        assertThat(found(rules, List.of("10.0.0.1", "198.51.100.7"), null)).isTrue();
        assertThat(found(rules, "192.0.3.1", null)).isFalse();
        assertThat(found(rules, "2001:db8::2", null)).isFalse();
        assertThat(found(rules, "not an address", null)).isFalse();
    }

    @Test
    void aDomainIsFoundWithThoseBelowIt() {
        RuleSet rules = rules("{ kind: domain, values: [Evil.example, 봉수.example] }");

        assertThat(found(rules, "evil.example", null)).isTrue();
        assertThat(found(rules, "a.b.EVIL.example.", null)).isTrue();
        assertThat(found(rules, "x.봉수.example", null)).isTrue();
        assertThat(found(rules, "devil.example", null)).isFalse();
        assertThat(found(rules, "example", null)).isFalse();
    }

    @Test
    void aHashIsFoundAmongOthers() {
        String hash = "0123456789abcdef0123456789ABCDEF";
        RuleSet rules = rules("{ kind: hash, values: [" + hash + "] }");

        assertThat(found(rules, hash.toUpperCase(java.util.Locale.ROOT), null)).isTrue();
        assertThat(found(rules, "SHA1=1111,MD5=" + hash + ",IMPHASH=2222", null))
                .isTrue();
        assertThat(found(rules, "MD5=" + hash + "00", null)).isFalse();
    }

    @Test
    void aListHoldsInItsFileToo() throws Exception {
        Path lists = Files.createDirectory(folder.resolve("lists"));
        Files.writeString(lists.resolve("feed.yml"), """
                bad:
                  kind: address
                  until: 2026-03-01
                  values: [192.0.2.1, { value: 192.0.2.2, until: 2026-04-01 }]
                """);
        Path rule = Files.writeString(folder.resolve("r.yml"), RULE.substring(0, RULE.indexOf("bongsu:")));
        RuleSet.Loaded loaded = RuleSet.load(
                List.of(rule),
                new RuleSet.Defaults(RuleSet.Defaults.STANDARD.lateness(), List.of(), List.of(lists), name -> true));

        assertThat(loaded.problems()).isEmpty();
        assertThat(found(loaded.rules(), "192.0.2.1", "2026-03-15T00:00:00Z")).isFalse();
        assertThat(found(loaded.rules(), "192.0.2.2", "2026-03-15T00:00:00Z")).isTrue();
    }

    @Test
    void whenItEndsBelongsToTheMeaning() {
        String version = version(rules("[{ value: a, until: 2026-03-01 }]"));

        assertThat(version(rules("[{ until: '2026-03-01T00:00:00Z', value: a }]")))
                .isEqualTo(version);
        assertThat(version(rules("[{ value: a, until: 2026-03-02 }]"))).isNotEqualTo(version);
        assertThat(version(rules("[a]"))).isNotEqualTo(version);
    }

    private static String version(RuleSet rules) {
        return rules.infos().get(0).version();
    }

    private record Entry(String value, long from, long until) {}

    /** Random lists of each kind and random events: index and scan say what looking at each entry says. */
    @Test
    void agreesWithLookingAtEachEntry() {
        int hits = 0;
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            String kind = List.of("text", "address", "domain", "hash").get(seed % 4);
            List<Entry> entries = new ArrayList<>();
            StringBuilder yaml = new StringBuilder("{ kind: " + kind + ", values: [");
            for (int i = 0; i < 1 + random.nextInt(30); i++) {
                long from = random.nextInt(3) == 0 ? Long.MIN_VALUE : random.nextInt(100) * 1_000_000L;
                long until = random.nextInt(3) == 0
                        ? Long.MAX_VALUE
                        : (Math.max(0, from / 1_000_000) + 1 + random.nextInt(50)) * 1_000_000L;
                Entry entry = new Entry(value(kind, random, true), from, until);
                entries.add(entry);
                yaml.append(i == 0 ? "" : ", ")
                        .append("{ value: '")
                        .append(entry.value)
                        .append('\'');
                yaml.append(from == Long.MIN_VALUE ? "" : ", from: '" + Instant.ofEpochSecond(from / 1_000_000) + "'");
                yaml.append(
                        until == Long.MAX_VALUE ? "" : ", until: '" + Instant.ofEpochSecond(until / 1_000_000) + "'");
                yaml.append(" }");
            }
            RuleSet rules = rules(yaml.append("] }").toString());
            for (int i = 0; i < 100; i++) {
                String value = value(kind, random, false);
                Long at = random.nextInt(10) == 0 ? null : Long.valueOf(random.nextInt(160) * 1_000_000L);
                boolean expected = entries.stream()
                        .anyMatch(entry -> matches(kind, entry.value, value)
                                && (at == null
                                        ? entry.from == Long.MIN_VALUE && entry.until == Long.MAX_VALUE
                                        : entry.from <= at && at < entry.until));
                hits += expected ? 1 : 0;
                for (Detector.Mode mode : List.of(Detector.Mode.INDEX, Detector.Mode.SCAN)) {
                    assertThat(found(rules, mode, value, at))
                            .as("%s: %s at %s in %s", mode, value, at, yaml)
                            .isEqualTo(expected);
                }
            }
        }
        assertThat(hits).isBetween(2_000, 18_000);
    }

    private static String value(String kind, Random random, boolean ofList) {
        return switch (kind) {
            case "text" -> List.of("root", "admin", "ro", "kim").get(random.nextInt(4));
            case "address" -> {
                int c = random.nextInt(4);
                int length = List.of(32, 32, 24, 16).get(random.nextInt(4));
                boolean network = ofList && length < 32;
                yield "10." + c + "." + (network && length == 16 ? 0 : random.nextInt(3)) + "."
                        + (network ? 0 : random.nextInt(3)) + (network ? "/" + length : "");
            }
            case "domain" -> {
                List<String> labels = new ArrayList<>(List.of("example"));
                for (int i = random.nextInt(3); i >= 0; i--) {
                    labels.addFirst(List.of("a", "b", "ab").get(random.nextInt(3)));
                }
                yield String.join(".", labels);
            }
            default -> String.valueOf(random.nextInt(10)).repeat(random.nextBoolean() ? 32 : 64);
        };
    }

    private static boolean matches(String kind, String entry, String value) {
        if (kind.equals("domain")) {
            return value.equals(entry) || value.endsWith("." + entry);
        }
        int slash = entry.indexOf('/');
        if (slash < 0) {
            return value.equals(entry);
        }
        int bytes = Integer.parseInt(entry.substring(slash + 1)) / 8;
        return List.of(value.split("\\."))
                .subList(0, bytes)
                .equals(List.of(entry.substring(0, slash).split("\\.")).subList(0, bytes));
    }
}
