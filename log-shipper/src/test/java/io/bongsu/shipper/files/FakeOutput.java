package io.bongsu.shipper.files;

import io.bongsu.shipper.FileInput;
import io.bongsu.shipper.handoff.Source;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Kafka as a follower sees it: takes lines, acknowledges when told, and forgets what it was not told about. */
final class FakeOutput implements Output {
    /** A line under its identity. */
    record Taken(String source, long epoch, long last, String text, int cut, String path) {}

    private record Step(Taken line, Runnable action) {}

    final List<Taken> log = new ArrayList<>();
    private final List<Step> pending = new ArrayList<>();
    private final Map<String, Long> newest = new HashMap<>();
    boolean open = true;

    @Override
    public Output.File file(FileInput input, String name, long epoch, String path, long from) {
        newest.put(name + epoch, from - 1);
        return new Output.File() {
            @Override
            public Source.Lines open() {
                return lines(name, epoch, path);
            }

            @Override
            public void forget() {}
        };
    }

    private Source.Lines lines(String name, long epoch, String path) {
        return new Source.Lines() {
            @Override
            public void line(byte[] data, int offset, int length, int cut, long last) {
                Long before = newest.put(name + epoch, last);
                if (before == null || last <= before) {
                    throw new AssertionError("places go back from " + before + " to " + last);
                }
                String text = new String(data, offset, length, StandardCharsets.UTF_8);
                pending.add(new Step(new Taken(name, epoch, last, text, cut, path), null));
            }

            @Override
            public void frame(byte[] data, int offset, int length, int cut) {
                throw new AssertionError("a line of a file has a place");
            }

            @Override
            public void whenDurable(Runnable action) {
                pending.add(new Step(null, action));
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public boolean open() {
        return open;
    }

    void acknowledge() {
        acknowledge(pending.size());
    }

    void acknowledge(int steps) {
        for (int i = 0; i < steps && !pending.isEmpty(); i++) {
            Step step = pending.removeFirst();
            if (step.line() != null) {
                log.add(step.line());
            } else {
                step.action().run();
            }
        }
    }

    int pending() {
        return pending.size();
    }

    /** The shipper is killed: some of what was under way is in the log, and nobody was told. */
    void lose(int arrived) {
        pending.stream().limit(arrived).filter(s -> s.line() != null).forEach(s -> log.add(s.line()));
        pending.clear();
    }

    /** As parse sees it: each identity once. */
    List<String> texts() {
        Set<String> seen = new HashSet<>();
        List<String> texts = new ArrayList<>();
        for (Taken line : log) {
            if (seen.add(line.source() + '/' + line.epoch() + '/' + line.last())) {
                texts.add(line.text());
            }
        }
        return texts;
    }
}
