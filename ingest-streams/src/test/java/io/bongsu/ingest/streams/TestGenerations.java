package io.bongsu.ingest.streams;

import io.bongsu.ingest.generation.Generation;
import io.bongsu.ingest.generation.Generations;
import io.bongsu.model.RulesMarker;
import java.util.List;
import java.util.Map;

/** Generations without a topic, and the markers that belong to them. */
final class TestGenerations {
    private TestGenerations() {}

    /** @param before that were published before the first record */
    static Generations of(Map<Long, Generation> all, Long... before) {
        return new Generations() {
            @Override
            public Generation get(long number) {
                return all.get(number);
            }

            @Override
            public boolean is(long number, String manifest) {
                return all.containsKey(number) && manifest.equals(manifest(number));
            }

            @Override
            public List<Long> publishedBy(long appended) {
                return List.of(before);
            }
        };
    }

    static RulesMarker marker(long number) {
        return new RulesMarker(number, manifest(number), 0L);
    }

    private static String manifest(long number) {
        return "manifest-" + number;
    }
}
