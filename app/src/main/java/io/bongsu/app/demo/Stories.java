package io.bongsu.app.demo;

import io.bongsu.model.Micros;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The attacks, and what only looks like one. Addresses of attackers and names of abusers belong to one run, so a second
 * run on the same data is judged by itself.
 */
final class Stories {
    /** Ids of the rules in correlation-rules/rules. */
    static final String BRUTE_FORCE = "7b4ab0dd-601e-40ae-baa9-155af0673112";

    static final String IN_AFTER_BRUTE_FORCE = "16e9e50c-eb22-558e-9307-36c22878a267";
    static final String RISK_OF_ADDRESS = "016c819e-eddb-5b8c-b1e2-1fffb7712d70";
    static final String SPRAYING = "0a67da4a-4621-4739-b2b1-7b45b535110f";
    static final String ROOT_FROM_OUTSIDE = "3d1e2605-0ea2-4494-88f0-e19d3f17dc8c";
    static final String SUDO_FAILURES = "036e833f-24f5-42d5-9257-e91e55057f1d";
    static final String SUDO_NOT_ALLOWED = "35369ab1-73db-417c-b2ad-9ddadbbfed1f";
    static final String SUDO_SHELL = "00c5e477-04af-4229-90b4-e69dad03776f";

    private static final long SECOND = 1_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final int AUTH = 10 * 8 + 6;
    private static final int AUTH_ALERT = 10 * 8 + 1;

    private final int run;
    private final long end;
    private final List<Host> hosts;
    private final List<Story> stories = new ArrayList<>();
    private final List<Sent> lines = new ArrayList<>();

    /**
     * A line and its place in the order of sending.
     *
     * @param at as if sent at this time; later than the line's own time: it comes late
     */
    record Sent(Line line, long at) {}

    Stories(int run, long end, List<Host> hosts) {
        this.run = run;
        this.end = end;
        this.hosts = hosts;
        bruteForce();
        spraying();
        sudoFailures();
        notInSudoers();
        shell();
        acrossAMinute();
        acrossAnHour();
        late();
        fourOnly();
        slow();
    }

    List<Story> stories() {
        return List.copyOf(stories);
    }

    List<Sent> lines() {
        return List.copyOf(lines);
    }

    private void bruteForce() {
        String story = tell(
                "brute force",
                "40 wrong passwords and then the right one, from one address",
                Map.of(BRUTE_FORCE, 1, ROOT_FROM_OUTSIDE, 1, IN_AFTER_BRUTE_FORCE, 1, RISK_OF_ADDRESS, 1));
        long start = end - 50 * MINUTE;
        String attacker = outside(0);
        for (int i = 0; i < 40; i++) {
            failure(story, "web-01", start + i * 2 * SECOND, i % 3 == 0 ? "admin" : "root", attacker, 40_000 + i);
        }
        add(
                story,
                "web-01",
                start + 82 * SECOND,
                "sshd",
                4811,
                "Accepted password for root from " + attacker + " port 40041 ssh2");
    }

    private void spraying() {
        String story =
                tell("password spraying", "one password tried on 24 accounts that do not exist", Map.of(SPRAYING, 1));
        long start = end - 100 * MINUTE;
        List<String> names = List.of(
                "oracle",
                "postgres",
                "test",
                "guest",
                "jenkins",
                "git",
                "ftp",
                "www",
                "mysql",
                "tomcat",
                "hadoop",
                "ubuntu");
        for (int i = 0; i < 24; i++) {
            String name = names.get(i % names.size()) + (i < names.size() ? "" : "2");
            add(
                    story,
                    "k8s-01",
                    start + i * 20 * SECOND,
                    "sshd",
                    5000 + i,
                    "Failed password for invalid user " + name + " from " + outside(1) + " port " + (41_000 + i)
                            + " ssh2");
        }
    }

    private void sudoFailures() {
        String story = tell("sudo guessing", "wrong sudo passwords again and again", Map.of(SUDO_FAILURES, 1));
        long start = end - 35 * MINUTE;
        for (int i = 0; i < 4; i++) {
            add(
                    story,
                    "db-01",
                    start + i * 20 * SECOND,
                    "sudo",
                    0,
                    abuser("mallory")
                            + " : 3 incorrect password attempts ; TTY=pts/1 ; PWD=/home/mallory ; USER=root ; COMMAND=/usr/bin/cat /etc/shadow"
                            + ".".repeat(i));
        }
    }

    private void notInSudoers() {
        String story = tell("not in sudoers", "sudo by somebody who may not", Map.of(SUDO_NOT_ALLOWED, 1));
        add(
                story,
                "k8s-02",
                end - 25 * MINUTE,
                "sudo",
                0,
                abuser("trudy") + " : user NOT in sudoers ; TTY=pts/2 ; PWD=/tmp ; USER=root ; COMMAND=/usr/bin/id");
    }

    private void shell() {
        String story = tell("root shell", "a shell through sudo", Map.of(SUDO_SHELL, 1));
        add(
                story,
                "bastion-01",
                end - 20 * MINUTE,
                "sudo",
                0,
                abuser("eve") + " : TTY=pts/3 ; PWD=/home/eve ; USER=root ; COMMAND=/bin/bash");
    }

    private void acrossAMinute() {
        String story =
                tell("across a minute", "five wrong passwords around the turn of a minute", Map.of(BRUTE_FORCE, 1));
        long minute = floor(end - 140 * MINUTE, Duration.ofMinutes(1));
        for (int i = 0; i < 5; i++) {
            failure(story, "web-02", minute + (i - 2) * SECOND, "root", inside(2), 42_000 + i);
        }
    }

    private void acrossAnHour() {
        String story =
                tell("across an hour", "five wrong passwords around the turn of an hour", Map.of(BRUTE_FORCE, 1));
        long hour = floor(end - 150 * MINUTE, Duration.ofHours(1));
        for (int i = 0; i < 5; i++) {
            failure(story, "web-03", hour + (i - 3) * 5 * SECOND, "root", inside(3), 43_000 + i);
        }
    }

    private void late() {
        String story =
                tell("late lines", "five wrong passwords, two of them reported hours later", Map.of(BRUTE_FORCE, 1));
        long start = end - 5 * HOUR;
        for (int i = 0; i < 5; i++) {
            boolean held = i == 1 || i == 3;
            Line line = failure("db-02", start + i * 5 * SECOND, "root", outside(2), 44_000 + i, story);
            lines.add(new Sent(line, held ? end - (10 - i) * MINUTE : line.time()));
        }
    }

    private void fourOnly() {
        String story = tell("four only", "four wrong passwords where five are needed", Map.of());
        for (int i = 0; i < 4; i++) {
            failure(story, "vpn-01", end - 70 * MINUTE + i * SECOND, "root", inside(4), 45_000 + i);
        }
    }

    private void slow() {
        String story = tell("slow", "five wrong passwords, one an hour", Map.of());
        for (int i = 0; i < 5; i++) {
            failure(story, "nas-01", end - 5 * HOUR - 30 * MINUTE + i * HOUR, "root", inside(5), 46_000 + i);
        }
    }

    private String tell(String name, String what, Map<String, Integer> alerts) {
        stories.add(new Story(name, what, alerts));
        return name;
    }

    private void failure(String story, String host, long time, String user, String from, int port) {
        Line line = failure(host, time, user, from, port, story);
        lines.add(new Sent(line, line.time()));
    }

    private Line failure(String host, long time, String user, String from, int port, String story) {
        return line(
                story,
                host,
                time,
                "sshd",
                port - 30_000,
                "Failed password for " + user + " from " + from + " port " + port + " ssh2");
    }

    private void add(String story, String host, long time, String program, int pid, String message) {
        lines.add(new Sent(line(story, host, time, program, pid, message), time));
    }

    private Line line(String story, String host, long time, String program, int pid, String message) {
        Host on = hosts.stream().filter(h -> h.name().equals(host)).findFirst().orElseThrow();
        int priority = program.equals("sudo") ? AUTH_ALERT : AUTH;
        return new Line(time, on, story, Frames.syslog(on, time, priority, program, pid, message));
    }

    /** From the Internet: the documentation ranges of RFC 5737, three addresses a run. */
    private String outside(int which) {
        String net = List.of("203.0.113.", "198.51.100.", "192.0.2.").get(which);
        return net + (1 + run % 250);
    }

    /** From inside, one address a run. */
    private String inside(int which) {
        return "10.66." + run % 250 + "." + (10 * which + run / 250 % 10);
    }

    private String abuser(String name) {
        return name + run;
    }

    private static long floor(long time, Duration unit) {
        return Micros.of(Micros.instant(time).truncatedTo(unit.toHours() > 0 ? ChronoUnit.HOURS : ChronoUnit.MINUTES));
    }
}
