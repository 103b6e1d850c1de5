package io.bongsu.app.command;

import io.bongsu.app.Fault;
import io.bongsu.app.config.Config;
import io.bongsu.ingest.offline.Offline;
import io.bongsu.ingest.parse.Parsed;
import io.bongsu.ingest.parse.ParserSet;
import io.bongsu.model.Micros;
import io.bongsu.rules.bench.WindowsLog;
import io.bongsu.rules.match.Envelope;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** Events on which rules are tried for what they cost. */
final class Samples {
    private static final int MADE_UP = 10_000;
    private static final int MOST = 200_000;

    private Samples() {}

    /**
     * One after the other; none is kept.
     *
     * @param names of files, of each of which the first 200,000 events are taken; {@code bench} is as many mixed Windows events as process creations
     */
    static void each(Config config, List<String> names, Consumer<WindowsLog.Event> events) {
        ParserSet parsers = ParserSet.load(config.parsers()).parsers();
        for (String name : names) {
            if (name.equals("bench")) {
                WindowsLog mixed = WindowsLog.mixed(11);
                WindowsLog processes = WindowsLog.processCreations(12);
                for (int i = 0; i < MADE_UP; i++) {
                    events.accept(mixed.next());
                    events.accept(processes.next());
                }
                continue;
            }
            try {
                Offline.Options options = new Offline.Options(null, Micros.UNKNOWN, false, Micros.now());
                for (Offline.File file : InputOptions.files(List.of(name))) {
                    Offline.parsed(parsers, options, file, MOST, parsed -> events.accept(event(parsed)));
                }
            } catch (IOException e) {
                throw new Fault(name + " cannot be read: " + e.getMessage(), "name a file with events", e);
            }
        }
    }

    static WindowsLog.Event event(Parsed parsed) {
        return new WindowsLog.Event(
                parsed.logSources(), parsed.fields(), new Envelope(parsed.original(), parsed.dataset(), null, null));
    }
}
