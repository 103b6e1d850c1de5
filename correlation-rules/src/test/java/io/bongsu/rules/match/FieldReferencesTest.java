package io.bongsu.rules.match;

import static org.assertj.core.api.Assertions.assertThat;

import io.bongsu.rules.match.Match.Reference.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FieldReferencesTest {
    private final Random random = new Random(7);

    @ParameterizedTest
    @EnumSource(Shape.class)
    void manyTextsAreComparedAsEachWithEach(Shape shape) {
        for (int round = 0; round < 3_000; round++) {
            List<String> texts = texts(1 + random.nextInt(20), 12);
            List<String> others = texts(1 + random.nextInt(20), round % 2 == 0 ? 4 : 9);

            assertThat(References.hold(shape, texts, others))
                    .as("%s %s %s", shape, texts, others)
                    .isEqualTo(texts.stream()
                            .anyMatch(text -> others.stream().anyMatch(other -> holds(shape, text, other))));
        }
    }

    private static boolean holds(Shape shape, String text, String other) {
        return switch (shape) {
            case EQUAL -> text.equals(other);
            case PREFIX -> text.startsWith(other);
            case SUFFIX -> text.endsWith(other);
            case CONTAINS -> text.contains(other);
        };
    }

    private List<String> texts(int count, int longest) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(longest) + (longest > 9 ? 0 : 3); length > 0; length--) {
                text.append((char) ('a' + random.nextInt(3)));
            }
            texts.add(text.toString());
        }
        return texts;
    }

    /** Letter by letter this would be 80,000,000,000 comparisons. */
    @Test
    void aLongTextOfOneLetterIsReadOnce() {
        List<String> text = List.of("a".repeat(600_000));

        assertThat(References.hold(Shape.CONTAINS, text, List.of("a".repeat(200_000) + "b")))
                .isFalse();
        assertThat(References.hold(Shape.CONTAINS, text, List.of("a".repeat(200_000))))
                .isTrue();
    }

    /** Each with each this would be 10,000,000,000 comparisons. */
    @Test
    void manyValuesAreLookedUp() {
        List<String> ones = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            ones.add("value" + i);
            others.add("other" + i);
        }
        for (Shape shape : Shape.values()) {
            assertThat(References.hold(shape, ones, others)).isFalse();
        }
    }
}
