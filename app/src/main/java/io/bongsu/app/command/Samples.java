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
import java.util.ArrayList;
import java.util.List;

/** Events on which rules are tried for what they cost. */
final class Samples {
    private static final int MADE_UP = 10_000;
    private static final int MOST = 200_000;

    private Samples() {}

    /** @param names of files, of each of which the first 200,000 events are taken; {@code bench} is as many mixed Windows events as process creations */
    static List<WindowsLog.Event> of(Config config, List<String> names) {
        List<WindowsLog.Event> events = new ArrayList<>();
        ParserSet parsers = ParserSet.load(config.parsers()).parsers();
        for (String name : names) {
            if (name.equals("bench")) {
                WindowsLog mixed = WindowsLog.mixed(11);
                WindowsLog processes = WindowsLog.processCreations(12);
                for (int i = 0; i < MADE_UP; i++) {
                    events.add(mixed.next());
                    events.add(processes.next());
                }
                continue;
            }
            try {
                Offline.Options options = new Offline.Options(null, Micros.UNKNOWN, false, Micros.now());
                for (Offline.File file : InputOptions.files(List.of(name))) {
                    Offline.parsed(parsers, options, file, MOST).forEach(parsed -> events.add(event(parsed)));
                }
            } catch (IOException e) {
                throw new Fault(name + " cannot be read: " + e.getMessage(), "name a file with events", e);
            }
        }
        return events;
    }

    static WindowsLog.Event event(Parsed parsed) {
        return new WindowsLog.Event(
                parsed.logSources(), parsed.fields(), new Envelope(parsed.original(), parsed.dataset(), null, null));
    }
}
