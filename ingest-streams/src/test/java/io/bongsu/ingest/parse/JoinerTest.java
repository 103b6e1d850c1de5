package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.model.Micros;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JoinerTest {
    private static final long S = 1_000_000L;
    private static final long T0 = 1_790_000_000L * S;
    private static final String PARSERS = """
            parser: test.records
            dataset: test.records
            detect: {tag: [records], prefix: ["rec("]}
            join:
              key: ["rec({time}/{serial:int}): {_:rest}"]
              last: ["rec({_}/{_:int}): end", "rec({_}/{_:int}): eof"]
              empty: ["rec({_}/{_:int}): eof"]
            steps: [{set: {event.action: records}}]
            ---
            parser: test.trace
            dataset: test.trace
            detect: {program: [app]}
            join: {continues: ["\\tat {_:rest}", "Caused by: {_:rest}"]}
            ---
            parser: test.stanza
            dataset: test.stanza
            detect: {prefix: ["Begin"]}
            join: {start: ["Begin: {_:rest}"], last: ["Finish: {_:rest}"]}
            ---
            parser: test.long
            dataset: test.long
            detect: {program: [long]}
            join: {continues: ["{_} : (continued) {text:rest}"], glue: " ", full: 20}
            ---
            parser: test.parts
            dataset: test.parts
            detect: {prefix: ["part("]}
            join:
              key: ["part({serial:int}): {_:rest}"]
              whole: ["part({_:int}): title"]
              demands: [{line: "part({_:int}): call of {count:int}", of: "part({_:int}): path"}]
            ---
            parser: test.csv
            dataset: test.csv
            detect: {prefix: ["csv,"]}
            join: {opens: ["csv,{_:rest}"], open: "'"}
            ---
            parser: test.lead
            dataset: test.lead
            detect: {prefix: ["lead ", "go "]}
            join: {lead: ["lead {_:rest}"], start: ["go {_:rest}"]}
            ---
            parser: test.headed
            dataset: test.headed
            detect: {prefix: ["heads "]}
            head: ["heads "]
            steps: [{copy: {_head: test.head}}]
            ---
            parser: test.cut
            dataset: test.cut
            detect: {prefix: ["out ", "err "]}
            join:
              key: ["{stream=out|err} {_=P|F} {_:rest}"]
              last: ["{_=out|err} F {_:rest}"]
              text: ["{_=out|err} {_=P|F} {text:rest}"]
              glue: ""
            """;

    private final ParserSet parsers =
            new ParserLoader().load("parsers.yml", PARSERS).parsers();
    private final List<String> events = new ArrayList<>();
    private int lines;

    @Test
    void theParsersOfTheTestAreInOrder() {
        assertThat(new ParserLoader().load("parsers.yml", PARSERS).problems()).isEmpty();
    }

    @Test
    void interleavedRecordsAreJoinedByTheirKey() {
        assertThat(joined("rec(1.0/7): a", "rec(1.0/8): b", "rec(1.0/7): c", "rec(1.0/8): end", "rec(1.0/7): end"))
                .containsExactly(
                        "1+3 rec(1.0/8): b|rec(1.0/8): end", "0+2+4 rec(1.0/7): a|rec(1.0/7): c|rec(1.0/7): end");
    }

    @Test
    void aRecordTwoSecondsLaterEndsWhatWaits() {
        assertThat(joined("rec(1.0/7): a", "rec(2.9/8): b", "rec(3.0/9): c", "rec(1.0/7): too late"))
                .containsExactly("0 rec(1.0/7): a", "1 rec(2.9/8): b", "2 rec(3.0/9): c", "3 rec(1.0/7): too late");
    }

    @Test
    void anEndBehindTheEndIsMergedAndNoEventOfItsOwn() {
        assertThat(joined("rec(1.0/7): a", "rec(1.0/7): end", "rec(1.0/7): eof", "rec(1.0/9): eof"))
                .containsExactly("0+1 rec(1.0/7): a|rec(1.0/7): end", "2 into 0", "3 rec(1.0/9): eof");
    }

    @Test
    void hostsOfARelayAreKeptApart() {
        assertThat(joined(
                        "<14>Nov 22 09:15:02 h1 app2: rec(1.0/7): a",
                        "<14>Nov 22 09:15:02 h2 app2: rec(1.0/7): b",
                        "<14>Nov 22 09:15:02 h1 app2: rec(1.0/7): end"))
                .containsExactly("0+2 rec(1.0/7): a|rec(1.0/7): end", "1 rec(1.0/7): b");
    }

    @Test
    void aStackTraceIsOneEventAndTheNextLineEndsIt() {
        assertThat(joined(
                        "<14>Nov 22 09:15:02 h1 app[7]: java.lang.IllegalStateException: no",
                        "<14>Nov 22 09:15:02 h1 app[7]: \tat a.B.c(B.java:1)",
                        "<14>Nov 22 09:15:02 h1 app[8]: other process",
                        "<14>Nov 22 09:15:02 h1 app[7]: Caused by: x.Y: z",
                        "<14>Nov 22 09:15:02 h1 app[7]: next"))
                .containsExactly(
                        "0+1+3 java.lang.IllegalStateException: no|\tat a.B.c(B.java:1)|Caused by: x.Y: z",
                        "2 other process",
                        "4 next");
    }

    @Test
    void linesWithoutAHeaderContinueTheNewestEvent() {
        assertThat(joined(
                        "<14>Nov 22 09:15:02 h1 app[7]: java.lang.IllegalStateException: no",
                        "\tat a.B.c(B.java:1)",
                        "Caused by: x.Y: z",
                        "something else"))
                .containsExactly(
                        "3 something else",
                        "0+1+2 java.lang.IllegalStateException: no|\tat a.B.c(B.java:1)|Caused by: x.Y: z");
    }

    @Test
    void aStanzaRunsToItsEndAndNoFurther() {
        assertThat(joined("Begin: 1", "what: ever", "Finish: 1", "alone", "Begin: 2", "Begin: 3", "x"))
                .containsExactly("0+1+2 Begin: 1|what: ever|Finish: 1", "3 alone", "4 Begin: 2", "5+6 Begin: 3|x");
    }

    @Test
    void partsOfALongTextAreGluedAndWithoutABlankInsideAWord() {
        assertThat(joined(
                        "<14>Nov 22 09:15:02 h1 long: kim : run one",
                        "<14>Nov 22 09:15:02 h1 long: kim : (continued) twothreefour",
                        "<14>Nov 22 09:15:02 h1 long: kim : (continued) five"))
                .containsExactly("0+1+2 kim : run one twothreefourfive");
    }

    @Test
    void behindTheTitleAnEventWaitsForWhatItsCallDemands() {
        assertThat(joined("part(1): call of 2", "part(1): path", "part(1): title", "part(2): other", "part(1): path"))
                .containsExactly(
                        "0+1+2+4 part(1): call of 2|part(1): path|part(1): title|part(1): path", "3 part(2): other");
        events.clear();
        lines = 0;
        assertThat(joined("part(1): title", "part(1): path", "part(1): call of 1", "part(1): call of 0"))
                .containsExactly("0+1+2 part(1): title|part(1): path|part(1): call of 1", "3 part(1): call of 0");
    }

    @Test
    void aRecordGoesOnAsLongAsAQuoteIsOpenButNotIntoTheNextRecord() {
        assertThat(joined(
                        "csv,'a',b",
                        "csv,'a",
                        "<14>Nov 22 09:15:02 h1 app: what,",
                        "ever",
                        "b',c",
                        "csv,'cut",
                        "csv,d"))
                .containsExactly("0 csv,'a',b", "1+3+4 csv,'a|ever|b',c", "5 csv,'cut", "6 csv,d", "2 what,");
    }

    @Test
    void partsOfALineAreGluedByTheirStreamAndBlanksAtTheCutStay() {
        assertThat(joined("out P one ", "err P three", "out P two", "err F  four", "out F  end", "out F alone"))
                .containsExactly("1+3 err P three four", "0+2+4 out P one two end", "5 out F alone");
    }

    @Test
    void theHeadOfAFileIsKnownToItsLinesAlsoAfterARestart() {
        Joiner joiner = new Joiner(parsers);
        joiner.take(file("/a", "heads 1"));
        joiner.take(file("/b", "heads 2"));
        assertThat(joiner.isEmpty()).isFalse();

        Joiner loaded = Joiner.load(generation -> parsers, 0, joiner.save());

        assertThat(head(loaded, "/a", "x")).isEqualTo("heads 1");
        assertThat(head(loaded, "/b", "x")).isEqualTo("heads 2");
        assertThat(head(loaded, "/b", "csv,'a',b")).as("of other columns").isNull();
        assertThat(head(loaded, "/c", "x")).isNull();
        loaded.take(file("/a", "heads 3"));
        assertThat(head(loaded, "/a", "x")).isEqualTo("heads 3");
        for (int i = 0; i < 300; i++) {
            loaded.take(file("/" + i, "heads 4"));
        }
        assertThat(head(loaded, "/a", "x")).as("as many as are kept").isNull();
    }

    /** A release before did not say which parsers had begun an event; it knew one set only. */
    @Test
    void whatAnOlderReleaseLeftWaitingIsGoneOnWith() {
        Joiner joiner = new Joiner(parsers, 7);
        note(joiner.take(waiting("rec(1.0/7): a", Micros.UNKNOWN, 0)));
        byte[] saved = joiner.save();
        int name = new String(saved, StandardCharsets.ISO_8859_1).indexOf("key\0test.records");
        int generation = name + ByteBuffer.wrap(saved).getInt(name - Integer.BYTES);
        assertThat(ByteBuffer.wrap(saved).getLong(generation)).isEqualTo(7);
        byte[] older = ByteBuffer.allocate(saved.length - Long.BYTES)
                .put(saved, 0, generation)
                .put(saved, generation + Long.BYTES, saved.length - generation - Long.BYTES)
                .put(0, (byte) 3)
                .array();

        Joiner loaded = Joiner.load(of -> parsers, 8, older);

        note(loaded.take(waiting("rec(1.0/7): end", Micros.UNKNOWN, 1)));
        assertThat(events).containsExactly("0+1 rec(1.0/7): a|rec(1.0/7): end");
        assertThat(loaded.isIdle()).isTrue();
    }

    private static @Nullable Object head(Joiner joiner, String path, String text) {
        return joiner.take(file(path, text)).stream()
                .map(outcome -> ((Joiner.Complete) outcome).parse().fields().getOrDefault("test.head", ""))
                .filter(head -> !head.equals(""))
                .findFirst()
                .orElse(null);
    }

    private static Joiner.Waiting file(String path, String text) {
        byte[] data = text.getBytes(StandardCharsets.UTF_8);
        Line line = new Line(
                data, Micros.UNKNOWN, "auto", null, null, null, null, 0, java.util.Map.of("log.file.path", path));
        return new Joiner.Waiting(line, T0, "", 0, 0, 0, 0);
    }

    @Test
    void aLineThatLeadsWaitsForTheOneItLeadsTo() {
        assertThat(joined("lead a", "go b", "more", "go c", "lead d", "lead e", "go f"))
                .containsExactly("0+1+2 lead a|go b|more", "3 go c", "4 lead d", "5+6 lead e|go f");
    }

    @Test
    void whatWaitsIsBounded() {
        String[] many = new String[Joiner.MAX_EVENT_LINES + 1];
        java.util.Arrays.fill(many, "rec(1.0/7): a");
        assertThat(joined(many)).hasSize(2);
        events.clear();
        String[] other = new String[Joiner.MAX_LINES];
        for (int i = 0; i < other.length; i++) {
            other[i] = "rec(1.0/" + i + "): a";
        }
        Joiner joiner = new Joiner(parsers);
        int complete = 0;
        for (int i = 0; i < other.length; i++) {
            complete += (int) joiner.take(waiting(other[i], Micros.UNKNOWN, i)).stream()
                    .filter(Joiner.Complete.class::isInstance)
                    .peek(o -> assertThat(((Joiner.Complete) o).parse().tags()).contains(Joiner.FULL))
                    .count();
        }
        assertThat(complete).isEqualTo(1);
    }

    @Test
    void withoutReceiveTimesAnEventIsCompleteBehindAThousandLines() {
        String[] text = new String[Joiner.MAX_AGE + 3];
        java.util.Arrays.fill(text, "<14>Nov 22 09:15:02 h1 cron[1]: x");
        text[0] = "<14>Nov 22 09:15:02 h1 app[7]: a";
        Joiner joiner = new Joiner(parsers);
        int last = 0;
        for (int i = 0; i < text.length && !joiner.isIdle() || i == 0; i++) {
            joiner.take(waiting(text[i], Micros.UNKNOWN, i));
            last = i;
        }
        assertThat(last).isEqualTo(Joiner.MAX_AGE + 1);
    }

    /** Heartbeats between lines and restarts at any place change nothing. */
    @Test
    void eventsAreAFunctionOfTheLines() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<Joiner.Waiting> input = new ArrayList<>();
            long now = T0;
            for (int i = 0; i < 120; i++) {
                now += random.nextInt(4) == 0 ? random.nextInt(3_000_000) : random.nextInt(50_000);
                input.add(waiting(line(random, now), now, i));
            }
            List<String> expected = run(input, null, false);
            assertThat(run(input, random, false))
                    .as("heartbeats, seed %d", seed)
                    .isEqualTo(expected);
            assertThat(run(input, random, true)).as("restarts, seed %d", seed).isEqualTo(expected);
            assertThat(expected).as("something was joined").anyMatch(e -> e.contains("+"));
        }
    }

    private static String line(Random random, long now) {
        String host = random.nextBoolean() ? "h1" : "h2";
        String stamp = "<14>Nov 22 09:15:02 " + host + " ";
        return switch (random.nextInt(11)) {
            case 0 -> stamp + "app[7]: java.lang.Exception: " + random.nextInt(9);
            case 1 -> stamp + "app[7]: \tat a.B.c(B.java:1)";
            case 2 -> "\tat no.Header(X.java:2)";
            case 3 -> stamp + "other: " + random.nextInt(9);
            case 4 ->
                "part(" + random.nextInt(2) + "): "
                        + List.of("call of 2", "path", "title", "x").get(random.nextInt(4));
            case 5 -> List.of("csv,'a", "csv,b", "b',c").get(random.nextInt(3));
            case 6 -> List.of("out P a", "err P b", "out F c", "err F d").get(random.nextInt(4));
            default -> {
                long serial = random.nextInt(4);
                String text = List.of("a", "b", "c", "end", "eof").get(random.nextInt(5));
                yield stamp + "x: rec(" + now / S + ".0/" + serial + "): " + text;
            }
        };
    }

    private List<String> run(List<Joiner.Waiting> input, @Nullable Random random, boolean restarts) {
        events.clear();
        Joiner joiner = new Joiner(parsers);
        for (int i = 0; i < input.size(); i++) {
            note(joiner.take(input.get(i)));
            if (random != null && random.nextInt(3) == 0) {
                long next = i + 1 < input.size() ? input.get(i + 1).line().received() : T0 + 1_000 * S;
                note(joiner.passed(next));
            }
            if (restarts) {
                joiner = Joiner.load(generation -> parsers, 0, joiner.save());
            }
        }
        note(joiner.end());
        return List.copyOf(events);
    }

    private List<String> joined(String... text) {
        Joiner joiner = new Joiner(parsers);
        for (String line : text) {
            note(joiner.take(waiting(line, Micros.UNKNOWN, lines++)));
        }
        note(joiner.end());
        return events;
    }

    private void note(List<Joiner.Outcome> outcomes) {
        for (Joiner.Outcome outcome : outcomes) {
            switch (outcome) {
                case Joiner.Complete complete -> {
                    Parsed parsed = complete.parse();
                    events.add(complete.lines().stream().map(Joiner.Waiting::id).collect(Collectors.joining("+")) + " "
                            + parsed.fields().get("message").toString().replace('\n', '|'));
                }
                case Joiner.Merged merged -> events.add(merged.line().id() + " into " + merged.into());
                case Joiner.Held held -> {}
            }
        }
    }

    private static Joiner.Waiting waiting(String text, long received, int n) {
        byte[] data = text.getBytes(StandardCharsets.UTF_8);
        return new Joiner.Waiting(
                new Line(data, received, "auto", null, null, null, null, 0), T0, Integer.toString(n), 0, n, 0, 0);
    }
}
