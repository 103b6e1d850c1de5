package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.Micros;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Syslog headers as senders write them. The tables: frame, time, host, program, pid, message; '' is absent. */
class HeaderTest {
    private final ParserSet parsers = ParserSet.load(List.of()).parsers();

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            emptyValue = "",
            nullValues = "-",
            ignoreLeadingAndTrailingWhitespace = true,
            textBlock = """
            # RFC 3164 as it should be, and without or with a strange PRI
            <38>Nov 22 09:15:02 srv-01 app[311]: hello      | 2026-11-22T09:15:02.000Z | srv-01 | app | 311 | hello
            Nov 22 09:15:02 srv-01 app[311]: hello          | 2026-11-22T09:15:02.000Z | srv-01 | app | 311 | hello
            <999>Nov 22 09:15:02 srv-01 app: hello          | 2026-11-22T09:15:02.000Z | srv-01 | app | -   | hello
            <0>Nov 22 09:15:02 srv-01 app: hello            | 2026-11-22T09:15:02.000Z | srv-01 | app | -   | hello
            <013>Nov 22 09:15:02 srv-01 app: hello          | 2026-11-22T09:15:02.000Z | srv-01 | app | -   | hello
            <38>:Nov 22 09:15:02 srv-01 app: hello          | 2026-11-22T09:15:02.000Z | srv-01 | app | -   | hello
            <38> Nov 22 09:15:02 srv-01 app: hello          | 2026-11-22T09:15:02.000Z | srv-01 | app | -   | hello
            # Days, fractions, years, zones, the mark of an unsynchronised clock
            <38>Nov  2 09:15:02 srv-01 app: hello           | 2026-11-02T09:15:02.000Z | srv-01 | app | -   | hello
            <38>Nov 2 09:15:02 srv-01 app: hello            | 2026-11-02T09:15:02.000Z | srv-01 | app | -   | hello
            <38>November 2 09:15:02 srv-01 app: hello       | 2026-11-02T09:15:02.000Z | srv-01 | app | -   | hello
            <38>Sun Nov 22 09:15:02 2026 srv-01 app: hello  | 2026-11-22T09:15:02.000Z | srv-01 | app | -   | hello
            <38>Nov 22 09:15:02.123 srv-01 app: hello       | 2026-11-22T09:15:02.123Z | srv-01 | app | -   | hello
            <38>Nov 22 09:15:02.123456 srv-01 app: hello    | 2026-11-22T09:15:02.123456Z | srv-01 | app | - | hello
            <38>Nov 22 09:15:02,123 srv-01 app: hello       | 2026-11-22T09:15:02.123Z | srv-01 | app | -   | hello
            <38>Nov 22 2025 09:15:02 srv-01 app: hello      | 2025-11-22T09:15:02.000Z | srv-01 | app | -   | hello
            <38>Nov 22 09:15:02 2025 srv-01 app: hello      | 2025-11-22T09:15:02.000Z | srv-01 | app | -   | hello
            <38>2025 Nov 22 09:15:02 srv-01 app: hello      | 2025-11-22T09:15:02.000Z | srv-01 | app | -   | hello
            <38>Nov 22 09:15:02 KST srv-01 app: hello       | 2026-11-22T00:15:02.000Z | srv-01 | app | -   | hello
            <38>Nov 22 09:15:02 CET 2025 srv-01 app: hello  | 2025-11-22T08:15:02.000Z | srv-01 | app | -   | hello
            <38>Nov 22 09:15:02+09:00 srv-01 app: hello     | 2026-11-22T00:15:02.000Z | srv-01 | app | -   | hello
            <38>*Nov 22 09:15:02 srv-01 app: hello          | 2026-11-22T09:15:02.000Z | srv-01 | app | -   | hello
            <38>.Nov 22 09:15:02 srv-01 app: hello          | 2026-11-22T09:15:02.000Z | srv-01 | app | -   | hello
            <38>Nov 22 23:59:60 srv-01 app: hello           | 2026-11-23T00:00:00.000Z | srv-01 | app | -   | hello
            # ISO 8601: rsyslog's file format, macOS, a comma
            2026-11-22T09:15:02.123456+09:00 srv-01 app[311]: hello | 2026-11-22T00:15:02.123456Z | srv-01 | app | 311 | hello
            <38>2026-11-22T09:15:02Z srv-01 app: hello      | 2026-11-22T09:15:02.000Z | srv-01 | app | -   | hello
            2026-11-22 09:15:02.230409-0700  localhost sshd[2531]: hello | 2026-11-22T16:15:02.230409Z | localhost | sshd | 2531 | hello
            2026/11/22 09:15:02,5 srv-01 app: hello         | 2026-11-22T09:15:02.500Z | srv-01 | app | -   | hello
            # The level of an application is no host, a tag may say more in parentheses
            2026-11-22 09:15:02,123 INFO hello there        | 2026-11-22T09:15:02.123Z | - | - | -      | INFO hello there
            Nov 22 09:15:02 srv-01 polkitd(authority=local): hello | 2026-11-22T09:15:02.000Z | srv-01 | polkitd | - | hello
            # Cisco: sequence numbers, no host, colons
            <189>6705: Nov 22 09:15:02.673: %SYS-5-CONFIG_I: hello | 2026-11-22T09:15:02.673Z | - | - | - | %SYS-5-CONFIG_I: hello
            <189>172.16.5.10 6705: Nov 22 09:15:02: %SYS-5-CONFIG_I: hello | 2026-11-22T09:15:02.000Z | 172.16.5.10 | - | - | %SYS-5-CONFIG_I: hello
            <190>: 2026 Nov 22 09:15:02 CET: %ASA-6-302013: hello | 2026-11-22T08:15:02.000Z | - | - | - | %ASA-6-302013: hello
            <166>Nov 22 2026 09:15:02 asa-fw-01 : %ASA-6-302020: hello | 2026-11-22T09:15:02.000Z | asa-fw-01 | - | - | %ASA-6-302020: hello
            <164>Nov 22 09:15:02: %ASA-4-106023: hello      | 2026-11-22T09:15:02.000Z | -      | -   | -   | %ASA-4-106023: hello
            # Hosts and tags
            <38>Nov 22 09:15:02 10.0.0.7 app: hello         | 2026-11-22T09:15:02.000Z | 10.0.0.7 | app | - | hello
            <38>Nov 22 09:15:02 2001:db8::7 app: hello      | 2026-11-22T09:15:02.000Z | 2001:db8::7 | app | - | hello
            <38>Nov 22 09:15:02 web.example.net app: hello  | 2026-11-22T09:15:02.000Z | web.example.net | app | - | hello
            <38>Nov 22 09:15:02 app[311]: hello             | 2026-11-22T09:15:02.000Z | -      | app | 311 | hello
            <38>Nov 22 09:15:02 app: hello                  | 2026-11-22T09:15:02.000Z | -      | app | -   | hello
            <38>Nov 22 09:15:02 srv-01 /usr/sbin/cron[9]: hello | 2026-11-22T09:15:02.000Z | srv-01 | cron | 9 | hello
            <38>Nov 22 09:15:02 srv-01 postfix/smtpd[9]: hello | 2026-11-22T09:15:02.000Z | srv-01 | smtpd | 9 | hello
            <38>Nov 22 09:15:02 srv-01 ftpd(pam_unix)[9]: hello | 2026-11-22T09:15:02.000Z | srv-01 | ftpd | 9 | hello
            <38>Nov 22 09:15:02 srv-01 app[311] hello       | 2026-11-22T09:15:02.000Z | srv-01 | app | 311 | hello
            <38>Nov 22 09:15:02 srv-01 app : hello          | 2026-11-22T09:15:02.000Z | srv-01 | app | -   | hello
            <38>Nov 22 09:15:02 srv-01 app[worker-1]: hello | 2026-11-22T09:15:02.000Z | srv-01 | app | -   | hello
            <38>Nov 22 09:15:02 srv-01 sudo hello           | 2026-11-22T09:15:02.000Z | srv-01 | sudo | -  | hello
            <38>Nov 22 09:15:02 srv-01 last message repeated 3 times | 2026-11-22T09:15:02.000Z | srv-01 | - | - | last message repeated 3 times
            <38>Nov 22 09:15:02 srv-01 [alert] hello        | 2026-11-22T09:15:02.000Z | srv-01 | -   | -   | [alert] hello
            <38>Nov 22 09:15:02 srv-01 app: [a b="c"] hello | 2026-11-22T09:15:02.000Z | srv-01 | app | -   | [a b="c"] hello
            <38>Nov 22 09:15:02 srv-01 C:\\users\\x ran     | 2026-11-22T09:15:02.000Z | srv-01 | -   | -   | C:\\users\\x ran
            <38>Nov 22 09:15:02 date=2026-11-22 devname="x" | 2026-11-22T09:15:02.000Z | -      | -   | -   | date=2026-11-22 devname="x"
            <38>app[311]: hello                             | 2026-11-22T09:20:00.000Z | -      | app | 311 | hello
            <38>srv-01 app[311]: hello                      | 2026-11-22T09:20:00.000Z | srv-01 | app | 311 | hello
            <38>hello                                       | 2026-11-22T09:20:00.000Z | -      | -   | -   | hello
            app[311]: hello                                 | 2026-11-22T09:20:00.000Z | -      | app | 311 | hello
            error: hello                                    | 2026-11-22T09:20:00.000Z | -      | -   | -   | error: hello
            # of programs that a parser knows
            srv-01 sudo[311]: hello                         | 2026-11-22T09:20:00.000Z | srv-01 | sudo | 311 | hello
            srv-01 app[311]: hello                          | 2026-11-22T09:20:00.000Z | -      | -   | -   | srv-01 app[311]: hello
            sudo: hello                                     | 2026-11-22T09:20:00.000Z | -      | sudo | -  | hello
            Nov 22 09:15:02 [sudo]: hello                   | 2026-11-22T09:15:02.000Z | -      | sudo | -  | hello
            Nov 22 09:15:02 [sudo] hello                    | 2026-11-22T09:15:02.000Z | -      | sudo | -  | hello
            Nov 22 09:15:02 [app] hello                     | 2026-11-22T09:15:02.000Z | -      | -   | -   | [app] hello
            <38>Nov 22 09:15:02 sol1 app[311]: [ID 702911 auth.notice] hello | 2026-11-22T09:15:02.000Z | sol1 | app | 311 | hello
            <38>Nov 22 09:15:02 sol1 app[311]: [ID x] hello | 2026-11-22T09:15:02.000Z | sol1 | app | 311 | [ID x] hello
            <38>Nov 22 09:15:02 srv-01 job-<stdin>: hello   | 2026-11-22T09:15:02.000Z | srv-01 | job-<stdin> | - | hello
            Nov 22, 2026 3:00:21 PM srv-01 app: hello       | 2026-11-22T15:00:21.000Z | srv-01 | app | -   | hello
            Nov 22, 2026 12:00:21 AM srv-01 app: hello      | 2026-11-22T00:00:21.000Z | srv-01 | app | -   | hello
            hello                                           | 2026-11-22T09:20:00.000Z | -      | -   | -   | hello
            # RFC 5424
            <34>1 2026-11-22T09:15:02.003Z srv.example.net app 311 ID47 - hello | 2026-11-22T09:15:02.003Z | srv.example.net | app | 311 | hello
            <34>1 - - - - - - hello                         | 2026-11-22T09:20:00.000Z | -      | -   | -   | hello
            <34>1 2026-11-22T09:15:02Z srv-01 app - - [x y="z"] hello | 2026-11-22T09:15:02.000Z | srv-01 | app | - | hello
            <34>1 2026-11-22T09:15:02Z srv-01 app - - -  hello | 2026-11-22T09:15:02.000Z | srv-01 | app | - | hello
            <34>1 2026-11-22T09:15:02Z srv-01 app - - [key:"value"; ] hello | 2026-11-22T09:15:02.000Z | srv-01 | app | - | [key:"value"; ] hello
            <34>2026-11-22T09:15:02Z srv-01 app 311 - - hello | 2026-11-22T09:15:02.000Z | srv-01 | app | 311 | hello
            1 2026-11-22T09:15:02.003+00:00 srv-01 app 311 - - hello | 2026-11-22T09:15:02.003Z | srv-01 | app | 311 | hello
            <34>1 Nov 22 09:15:02 srv-01 app: hello         | 2026-11-22T09:15:02.000Z | srv-01 | app | -   | hello
            <134>1 1795338902.774247467 MX60 flows src=1.2.3.4 | 2026-11-22T09:15:02.774247Z | MX60 | - | - | flows src=1.2.3.4
            """)
    void headers(
            String frame,
            String time,
            @Nullable String host,
            @Nullable String program,
            @Nullable Long pid,
            String message) {
        Parsed parsed = parse(frame, "2026-11-22T09:20:00Z", null);

        assertThat(List.of(
                        Micros.iso(parsed.time()),
                        field(parsed, "host.hostname"),
                        field(parsed, "process.name"),
                        field(parsed, "process.pid"),
                        field(parsed, "message")))
                .containsExactly(time, text(host), text(program), text(pid), message);
        assertThat(parsed.original()).isEqualTo(frame);
    }

    /** rsyslog's own template for RFC 5424 writes " -  message": the message of {@code su} had no parser for that blank. */
    @Test
    void oneBlankBeforeAMessageIsNotPartOfIt() {
        Parsed parsed =
                parse("<34>1 2026-11-22T09:15:02Z srv-01 app - - [x y=\"z\"]    hello", "2026-11-22T09:20:00Z", null);

        assertThat(field(parsed, "message")).isEqualTo("  hello");
    }

    @ParameterizedTest(name = "{0} received {1} in {2}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            Dec 31 23:59:58 | 2027-01-01T00:00:03Z | - | 2026-12-31T23:59:58.000Z
            Jan  1 00:00:01 | 2026-12-31T23:59:59Z | - | 2027-01-01T00:00:01.000Z
            11월 22 09:15:02 | 2026-11-22T09:20:00Z | - | 2026-11-22T09:15:02.000Z
            Dez 31 23:59:58 | 2027-01-01T00:00:03Z | - | 2026-12-31T23:59:58.000Z
            ago 14 15:16:01 | 2026-11-22T00:00:00Z | - | 2026-08-14T15:16:01.000Z
            févr. 03 15:16:01 | 2026-02-04T00:00:00Z | - | 2026-02-03T15:16:01.000Z
            Feb 29 12:00:00 | 2028-03-01T00:00:00Z | - | 2028-02-29T12:00:00.000Z
            Feb 29 12:00:00 | 2026-11-22T00:00:00Z | - | 2026-11-22T00:00:00.000Z
            Jun 14 15:16:01 | 2026-11-22T00:00:00Z | - | 2026-06-14T15:16:01.000Z
            Nov 22 09:15:02 | 2026-11-22T00:20:00Z | Asia/Seoul | 2026-11-22T00:15:02.000Z
            Jul  1 12:00:00 | 2026-07-01T10:01:00Z | Europe/Berlin | 2026-07-01T10:00:00.000Z
            Jan  1 12:00:00 | 2026-01-01T11:01:00Z | Europe/Berlin | 2026-01-01T11:00:00.000Z
            """)
    void theYearIsTheClosestAndTheZoneTheListeners(String stamp, String received, @Nullable String zone, String time) {
        Parsed parsed = parse("<38>" + stamp + " srv-01 app: x", received, zone);

        assertThat(Micros.iso(parsed.time())).isEqualTo(time);
    }

    @Test
    void busyBoxWritesThePriorityInWords() {
        Parsed parsed = parse("Nov 22 09:15:02 gw auth.info sshd[77]: hello", "2026-11-22T09:20:00Z", null);

        assertThat(field(parsed, "host.name")).isEqualTo("gw");
        assertThat(field(parsed, "process.name")).isEqualTo("sshd");
        assertThat(field(parsed, "message")).isEqualTo("hello");
    }

    /** What no other sign tells apart: the time that a file has in front of its messages, in whatever form. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', emptyValue = "", nullValues = "-", textBlock = """
            @400000006a2168f60a21fe80 app[31]: hello from 203.0.113.7   | 2026-06-04T12:00:44.170Z | app | hello from 203.0.113.7
            2026:11:22-09:15:02 gw app[31]: hello                       | 2026-11-22T09:15:02.000Z | app | hello
            [2026-11-22 09:15:02] gw app[31]: hello                     | 2026-11-22T09:15:02.000Z | app | hello
            [22-Nov-2026 09:15:02 +0200]: hello kim                     | 2026-11-22T07:15:02.000Z |   | hello kim
            [22/Nov/2026 09:15:02] hello kim                            | 2026-11-22T09:15:02.000Z |   | hello kim
            22-11-2026 09:15:02 +0300 hello kim                         | 2026-11-22T06:15:02.000Z |   | hello kim
            11/22/2026 09:15:02 AM hello kim                            | 2026-11-22T09:15:02.000Z |   | hello kim
            10/11/2026 09:15:02 hello kim                               | 2026-11-10T09:15:02.000Z |   | hello kim
            11/10/2026 09:15:02 hello kim                               | 2026-11-10T09:15:02.000Z |   | hello kim
            L 11/22/2026 - 09:15:02: hello kim                          | 2026-11-22T09:15:02.000Z |   | L 11/22/2026 - 09:15:02: hello kim
            11-22 09:15:02.5 hello kim                                  | 2026-11-22T09:15:02.500Z |   | hello kim
            Nov-22-26 09:15:02 hello kim                                | 2026-11-22T09:15:02.000Z |   | hello kim
            [KST Nov 22 09:15:02] error    : hello kim                  | 2026-11-22T09:15:02.000Z |   | [KST Nov 22 09:15:02] error    : hello kim
            (2026-11-22 09:15:02) hello kim                             | 2026-11-22T09:15:02.000Z |   | hello kim
            <2026-11-22 09:15:02> hello kim                             | 2026-11-22T09:15:02.000Z |   | hello kim
            [1795338902] app[31]: hello                                 | 2026-11-22T09:15:02.000Z | app | hello
            [2026-11-22 09:15:02] TRACE[31]: hello                      | 2026-11-22T09:15:02.000Z |   | TRACE[31]: hello
            it expired on 11/10/2026 09:15:02                           | 2026-11-22T09:20:00.000Z |   | it expired on 11/10/2026 09:15:02
            10.11.12.13 hello                                           | 2026-11-22T09:20:00.000Z |   | 10.11.12.13 hello
            """)
    void theFirstWordsOfALineThatNobodyKnows(String frame, String time, @Nullable String program, String message) {
        Parsed parsed = parse(frame, "2026-11-22T09:20:00Z", null);

        assertThat(Micros.iso(parsed.time())).isEqualTo(time);
        assertThat(field(parsed, "process.name")).isEqualTo(program == null ? "" : program);
        assertThat(field(parsed, "message")).isEqualTo(message);
    }

    @Test
    void aStampMoreThanADayAheadIsNotBelieved() {
        Parsed parsed = parse("<38>2026-11-24T09:15:02Z srv-01 app: x", "2026-11-22T09:00:00Z", null);

        assertThat(Micros.iso(parsed.time())).isEqualTo("2026-11-22T09:00:00.000Z");
        assertThat(parsed.tags()).containsExactly("_no_parser", "_clock_skew");
    }

    @Test
    void withoutAReceiveTimeTheReferenceDecidesTheYearAndEvenTheTime() {
        long reference = Micros.of(Instant.parse("2024-01-02T00:00:00Z"));
        byte[] stamped = "Dec 31 10:00:00 h app: x".getBytes(StandardCharsets.UTF_8);
        byte[] bare = "x".getBytes(StandardCharsets.UTF_8);

        assertThat(Micros.iso(parsers.parse(Line.of(stamped), reference).time()))
                .isEqualTo("2023-12-31T10:00:00.000Z");
        assertThat(parsers.parse(Line.of(bare), reference).time()).isEqualTo(reference);
        assertThat(parsers.parse(Line.of(bare), Micros.UNKNOWN).time()).isEqualTo(Micros.UNKNOWN);
        assertThat(parsers.parse(Line.of(stamped), Micros.UNKNOWN).time()).isEqualTo(Micros.UNKNOWN);
    }

    @Test
    void priorityAndStructuredDataBecomeFields() {
        Parsed parsed = parse(
                "<165>1 2026-11-22T09:15:02Z srv-01 app 311 ID47 [ex@32473 iut=\"3\" q=\"a \\\"b\\\" \\] \\\\ c\"][two z=\"1\" z=\"2\"] \uFEFFhello",
                "2026-11-22T09:20:00Z",
                null);

        assertThat(parsed.fields())
                .containsAllEntriesOf(Map.ofEntries(
                        Map.entry("log.syslog.priority", 165L),
                        Map.entry("log.syslog.facility.code", 20L),
                        Map.entry("log.syslog.facility.name", "local4"),
                        Map.entry("log.syslog.severity.code", 5L),
                        Map.entry("log.syslog.severity.name", "notice"),
                        Map.entry("log.syslog.version", "1"),
                        Map.entry("log.syslog.appname", "app"),
                        Map.entry("log.syslog.procid", "311"),
                        Map.entry("log.syslog.msgid", "ID47"),
                        Map.entry("log.syslog.structured_data.ex@32473.iut", "3"),
                        Map.entry("log.syslog.structured_data.ex@32473.q", "a \"b\" ] \\ c"),
                        Map.entry("log.syslog.structured_data.two.z", List.of("1", "2")),
                        Map.entry("log.level", "notice"),
                        Map.entry("message", "hello")));
    }

    @Test
    void theClaimedHostNeverReplacesThePeer() {
        byte[] data = "<38>Nov 22 09:15:02 forged app: x".getBytes(StandardCharsets.UTF_8);
        byte[] bare = "<38>app[1]: x".getBytes(StandardCharsets.UTF_8);
        long now = Micros.of(Instant.parse("2026-11-22T09:20:00Z"));

        assertThat(parsers.parse(new Line(data, now, "syslog", null, null, null, "10.1.1.1", 0), now)
                        .fields())
                .containsEntry("host.name", "forged")
                .containsEntry("log.source.address", "10.1.1.1");
        assertThat(parsers.parse(new Line(bare, now, "syslog", null, null, null, "10.1.1.1", 0), now)
                        .fields())
                .containsEntry("host.name", "10.1.1.1")
                .containsEntry("host.hostname", "10.1.1.1");
    }

    @Test
    void whatWasCutIsMarked() {
        byte[] data = "<38>Nov 22 09:15:02 h app: x".getBytes(StandardCharsets.UTF_8);
        Parsed parsed = parsers.parse(new Line(data, Micros.UNKNOWN, "syslog", null, null, null, null, 17), 0);

        assertThat(parsed.tags()).contains("_truncated");
        assertThat(parsed.fields()).containsEntry("log.flags", List.of("truncated"));
    }

    private Parsed parse(String frame, String received, @Nullable String zone) {
        long micros = Micros.of(Instant.parse(received));
        return parsers.parse(
                new Line(
                        frame.getBytes(StandardCharsets.UTF_8),
                        micros,
                        "syslog",
                        null,
                        null,
                        zone == null ? null : ZoneId.of(zone),
                        null,
                        0),
                Micros.UNKNOWN);
    }

    private static String field(Parsed parsed, String name) {
        return text(parsed.fields().get(name));
    }

    private static String text(@Nullable Object value) {
        return Objects.toString(value, "");
    }
}
