package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.bongsu.model.Micros;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** Whatever the bytes: no exception, the whole line kept, only values that an event can hold, the same result twice. */
class FuzzTest {
    private static final long NOW = Micros.of(Instant.parse("2026-11-22T09:20:00Z"));
    private static final String[] CHARSETS = {"", "cp949", "utf-8", "no such charset", "UTF-16"};
    private static final String[] INPUTS = {"syslog", "json", "auto", "text"};
    private static final String[] TAGS = {"", "sshd", "sudo", "pam", "logback", "unheard-of"};
    private static final List<String> SEEDS = List.of(
            "<38>Nov 22 09:15:02 srv-01 sshd[311]: Failed password for invalid user a from 1.1.1.1 port 1 from 203.0.113.9 port 4022 ssh2",
            "<34>1 2026-11-22T09:15:02.003+09:00 srv-01 sudo 311 ID47 [a@1 b=\"c\\\"d\"][e f=\"g\"] alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh",
            "<189>6705: *Nov 22 09:15:02.673 CET: %SYS-5-CONFIG_I: Configured from console",
            "Nov 22 09:15:02 h su(pam_unix)[9]: authentication failure; logname= uid=0 euid=0 tty= ruser= rhost=1.2.3.4  user=root",
            "{\"@timestamp\":\"2026-11-22T09:15:01.123Z\",\"message\":\"x\",\"logger_name\":\"a.B\",\"a\":{\"b\":[1,2.5,true,null,{\"c\":\"d\"}]},\"tags\":[\"t\"]}",
            "message repeated 5 times: [ Failed password for root from 203.0.113.7 port 22 ssh2]");

    private final ParserSet parsers = ParserSet.load(List.of()).parsers();

    @Test
    void randomBytes() {
        RandomGenerator random = random(1);
        for (int i = 0; i < 10_000; i++) {
            byte[] data = new byte[random.nextInt(0, 200)];
            random.nextBytes(data);
            check(random, data);
        }
    }

    @Test
    void mutatedLines() {
        RandomGenerator random = random(2);
        for (int i = 0; i < 20_000; i++) {
            byte[] data = SEEDS.get(random.nextInt(SEEDS.size())).getBytes(StandardCharsets.UTF_8);
            for (int n = random.nextInt(1, 6); n > 0; n--) {
                data = mutate(random, data);
            }
            check(random, data);
        }
    }

    @Test
    void everyPrefixOfALine() {
        RandomGenerator random = random(3);
        for (String seed : SEEDS) {
            for (int end = 0; end <= seed.length(); end++) {
                check(random, seed.substring(0, end).getBytes(StandardCharsets.UTF_8));
                check(random, seed.substring(end).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static byte[] mutate(RandomGenerator random, byte[] data) {
        if (data.length == 0) {
            return data;
        }
        int at = random.nextInt(data.length);
        int length = Math.min(random.nextInt(1, 12), data.length - at);
        byte[] some = SEEDS.get(random.nextInt(SEEDS.size())).getBytes(StandardCharsets.UTF_8);
        int from = random.nextInt(some.length);
        byte[] piece = java.util.Arrays.copyOfRange(some, from, Math.min(some.length, from + random.nextInt(1, 30)));
        return switch (random.nextInt(5)) {
            case 0 -> splice(data, at, length, new byte[0]);
            case 1 -> splice(data, at, 1, new byte[] {(byte) random.nextInt(256)});
            case 2 -> splice(data, at, 0, piece);
            case 3 -> splice(data, at, length, piece);
            default -> splice(data, at, 0, java.util.Arrays.copyOfRange(data, at, at + length));
        };
    }

    private static byte[] splice(byte[] data, int at, int length, byte[] piece) {
        byte[] result = new byte[data.length - length + piece.length];
        System.arraycopy(data, 0, result, 0, at);
        System.arraycopy(piece, 0, result, at, piece.length);
        System.arraycopy(data, at + length, result, at + piece.length, data.length - at - length);
        return result;
    }

    private void check(RandomGenerator random, byte[] data) {
        String charset = CHARSETS[random.nextInt(CHARSETS.length)];
        String tag = TAGS[random.nextInt(TAGS.length)];
        Line line = new Line(
                data,
                random.nextBoolean() ? NOW : Micros.UNKNOWN,
                INPUTS[random.nextInt(INPUTS.length)],
                tag.isEmpty() ? null : tag,
                charset.isEmpty() ? null : charset,
                random.nextBoolean() ? null : ZoneId.of("Europe/Berlin"),
                random.nextBoolean() ? null : "10.1.1.1",
                random.nextInt(2));

        Parsed parsed = parsers.parse(line, NOW);

        assertThat(parsed.original()).isEqualTo(Text.decode(data, line.charset()));
        assertThat(parsed.time()).isNotEqualTo(Micros.UNKNOWN);
        assertThat(parsed.dataset()).isNotEmpty();
        parsed.fields().forEach((name, value) -> {
            for (Object single : value instanceof List<?> list ? list : List.of(value)) {
                boolean known = single instanceof String
                        || single instanceof Long
                        || single instanceof Double
                        || single instanceof Boolean;
                if (!known || name.isEmpty()) {
                    fail("'%s' is %s in %s", name, single.getClass(), parsed.original());
                }
            }
        });
        Parsed again = parsers.parse(line, NOW);
        assertThat(again).isEqualTo(parsed);
        assertThat(again.fields().keySet())
                .containsExactlyElementsOf(parsed.fields().keySet());
    }

    private static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }
}
