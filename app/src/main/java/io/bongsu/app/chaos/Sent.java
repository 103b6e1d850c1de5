package io.bongsu.app.chaos;

import io.bongsu.model.Micros;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The numbered lines of one run: failed and accepted logins as sshd's log has them, from attackers of their own with one to
 * eight failures each; and, where asked for, as many other lines. A function of its seed, but for the times.
 */
final class Sent {
    private static final Pattern NUMBER = Pattern.compile("chaos-([a-z-]+-[0-9]+) (?:sshd\\[|#)([0-9]+)");

    private static final List<Duration> OFF =
            List.of(Duration.ofHours(-3), Duration.ofHours(3), Duration.ofDays(-365), Duration.ofDays(365));

    /** What is written beside the logins. */
    enum Other {
        /** Bytes at random. */
        NOISE,
        /** A good line with the time of a clock that is hours or a year off. */
        WRONG_CLOCK
    }

    private final Trouble trouble;
    private final String name;
    private final List<byte[]> lines = new ArrayList<>();
    private final Random random;
    private final int run;
    private int attacker;
    private int failures;

    /** @param run number of all runs so far: no two share an attacker */
    Sent(Trouble trouble, int run, long seed) {
        this.trouble = trouble;
        this.name = trouble.word() + "-" + run;
        this.random = new Random(seed * 1_000_003 + run);
        this.run = run;
    }

    Trouble trouble() {
        return trouble;
    }

    /** The next line, without a line feed. */
    byte[] login() {
        if (failures == 0) {
            attacker++;
            failures = 1 + random.nextInt(8);
        }
        boolean fails = random.nextInt(3) == 0;
        if (fails) {
            failures--;
        }
        return add(
                fails
                        ? sshd(
                                Instant.now(),
                                "Failed password for root from 10." + (run % 250) + "." + (attacker / 250 % 250) + "."
                                        + attacker % 250 + " port " + (20_000 + random.nextInt(40_000)) + " ssh2")
                        : closed(Instant.now()));
    }

    /** A line that comes beside that. */
    byte[] other(Other other) {
        return add(
                switch (other) {
                    case NOISE -> noise();
                    case WRONG_CLOCK -> closed(Instant.now().plus(OFF.get(random.nextInt(OFF.size()))));
                });
    }

    private byte[] add(byte[] line) {
        lines.add(line);
        return line;
    }

    private byte[] closed(Instant time) {
        return sshd(
                time,
                "Connection closed by 192.0.2." + random.nextInt(250) + " port " + (20_000 + random.nextInt(40_000)));
    }

    private byte[] sshd(Instant time, String what) {
        return (Micros.iso(Micros.of(time)) + " chaos-" + name + " sshd[" + lines.size() + "]: " + what)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Random bytes behind the number, but for line feeds and NUL, which end a line. */
    private byte[] noise() {
        byte[] head = ("chaos-" + name + " #" + lines.size() + " ").getBytes(StandardCharsets.UTF_8);
        byte[] line = new byte[head.length + random.nextInt(200)];
        random.nextBytes(line);
        System.arraycopy(head, 0, line, 0, head.length);
        for (int i = head.length; i < line.length; i++) {
            if (line[i] == '\n' || line[i] == 0 || line[i] == '\r') {
                line[i] = '?';
            }
        }
        return line;
    }

    int size() {
        return lines.size();
    }

    /** All of it, as a file. */
    byte[] file() {
        int size = lines.stream().mapToInt(l -> l.length + 1).sum();
        byte[] all = new byte[size];
        int at = 0;
        for (byte[] line : lines) {
            System.arraycopy(line, 0, all, at, line.length);
            all[at + line.length] = '\n';
            at += line.length + 1;
        }
        return all;
    }

    /** Which of these lines a text was, or -1. */
    int number(String text) {
        Matcher matcher = NUMBER.matcher(text);
        if (!matcher.find() || !matcher.group(1).equals(name)) {
            return -1;
        }
        int number = Integer.parseInt(matcher.group(2));
        return number < lines.size() ? number : -1;
    }

    /** Whether an alert is about an attacker of this run. */
    boolean isAttacker(@Nullable Object address) {
        return String.valueOf(address).startsWith("10." + (run % 250) + ".");
    }
}
