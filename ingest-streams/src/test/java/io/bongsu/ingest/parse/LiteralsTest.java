package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LiteralsTest {
    @Test
    void findsWhatContainsFinds() {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            List<String> literals = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(20); i++) {
                String literal = word(random, 1 + random.nextInt(5));
                if (!literals.contains(literal)) {
                    literals.add(literal);
                }
            }
            Literals automaton = new Literals(literals);
            for (int i = 0; i < 20; i++) {
                String text = word(random, random.nextInt(30));
                BitSet expected = new BitSet();
                for (int k = 0; k < literals.size(); k++) {
                    expected.set(k, text.contains(literals.get(k)));
                }
                assertThat(automaton.in(text, text.length()))
                        .as(literals + " in " + text)
                        .isEqualTo(expected);
            }
        }
    }

    private static String word(Random random, int length) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < length; i++) {
            word.append("abc체".charAt(random.nextInt(4)));
        }
        return word.toString();
    }
}
