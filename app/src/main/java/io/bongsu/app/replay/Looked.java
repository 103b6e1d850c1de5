package io.bongsu.app.replay;

import io.bongsu.app.config.Config;
import io.bongsu.app.pipeline.NewestRules;
import io.bongsu.ingest.judge.Judge;
import io.bongsu.ingest.parse.Parsed;
import io.bongsu.ingest.streams.Replay;
import io.bongsu.model.Event;
import io.bongsu.model.Micros;
import io.bongsu.rules.RuleSet;
import io.bongsu.rules.Sight;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Shows the events of a stretch of the log to {@link Sight}: parsed as the pipeline parses them, and held against no rule. */
public final class Looked {
    private Looked() {}

    /** @param from append time, microseconds since 1970 */
    public static Sight at(Config config, Map<String, Object> kafka, NewestRules live, long from) {
        Sight sight = live.loaded().rules().sight();
        RuleSet none = RuleSet.load(List.of(), RuleSet.Defaults.STANDARD).rules();
        Stretch stretch = new Stretch(config, kafka);
        Replay replay = new Replay(
                live.judging(none),
                () -> new Judge(none, 1) {
                    @Override
                    public Event judge(Parsed parsed, String id, Position at, long received, Sink sink) {
                        Map<String, Object> fields = new HashMap<>(parsed.fields());
                        fields.put("event.original", parsed.original());
                        fields.put("event.dataset", parsed.dataset());
                        if (!parsed.tags().isEmpty()) {
                            fields.put("tags", parsed.tags());
                        }
                        // When it was heard, and not when it happened: an old log that comes now is not silent.
                        sight.event(
                                parsed.logSources(),
                                fields,
                                received == Micros.UNKNOWN ? parsed.time() : received,
                                parsed.unrecognised() == null);
                        return super.judge(parsed, id, at, received, sink);
                    }
                },
                stretch.settings(),
                alert -> {});
        stretch.replay(from, Micros.UNKNOWN, List.of(replay), Stretch.Watch.NONE);
        return sight;
    }
}
