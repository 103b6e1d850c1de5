package io.bongsu.ingest.offline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class InputTest {
    private static List<String> lines(byte[] file) {
        List<String> lines = new ArrayList<>();
        try {
            Input.read("f", new ByteArrayInputStream(file), false, line -> {
                assertThat(line.number()).isEqualTo(lines.size() + 1);
                lines.add(new String(line.data(), StandardCharsets.UTF_8));
            });
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return lines;
    }

    private static List<String> lines(String file) {
        return lines(file.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void linesStayLines() {
        assertThat(lines("a\r\n\nb")).containsExactly("a", "", "b");
        assertThat(lines("{\"a\": 1}\n{\"b\": 2}\n")).containsExactly("{\"a\": 1}", "{\"b\": 2}");
        assertThat(lines("[Sun Nov 22 09:15:01 2026] [error] {x\n}")).hasSize(2);
        assertThat(lines("{ \"a\": 1 } and more\n}")).containsExactly("{ \"a\": 1 } and more", "}");
        assertThat(lines("{\n not json\n}\n")).containsExactly("{", " not json", "}");
    }

    @Test
    void objectsOverSeveralLinesAreOneLineEach() {
        assertThat(lines("{\n  \"a\": \"x } \\\" {\",\n  \"b\": [1, 2]\n}\n{\n}\n"))
                .containsExactly("{\"a\":\"x } \\\" {\",\"b\":[1,2]}", "{}");
        assertThat(lines("[{\"a\": 1},\n {\"b\": 2}]")).containsExactly("{\"a\":1}", "{\"b\":2}");
        assertThat(lines("{\"a\":1} {\"b\":2}")).containsExactly("{\"a\":1}", "{\"b\":2}");
        assertThat(
                        lines(
                                "{\"Records\":[{\"a\":[1]},{\"b\":\"]}\"}]}\n{ \"records\": [ {\"c\": 3} ], \"next\": [1] }\n{\"d\":4}\n"))
                .containsExactly("{\"a\":[1]}", "{\"b\":\"]}\"}", "{\"c\":3}", "{\"d\":4}");
        assertThat(lines("{\"@odata.context\":\"x\",\"value\":[{\"a\":1}]}")).containsExactly("{\"a\":1}");
        assertThat(lines("{\"kind\":\"EventList\",\"metadata\":{},\"items\":[{\"a\":1},{\"b\":2}]}"))
                .containsExactly("{\"a\":1}", "{\"b\":2}");
        String order = "{\"items\":[{\"a\":1}],\"msg\":\"x\"}";
        assertThat(lines(order)).containsExactly(order);
        assertThat(lines("Record 1\n{\n\"a\": 1}\nRecord 2\n{\n\"b\": 2}\n")).containsExactly("{\"a\":1}", "{\"b\":2}");
    }

    @Test
    void nothingIsLostBetweenObjectsAndBehindABrokenOne() {
        assertThat(lines("[{\"a\":1}]\nsome text\n{\"b\":\n2\n"))
                .containsExactly("{\"a\":1}", "some text", "{\"b\":", "2");
    }

    @Test
    void utf16IsReadAsPowerShellWritesIt() {
        for (Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            String long20k = "봉수 🔥".repeat(4_000);
            assertThat(lines(("\uFEFF" + long20k + "\r\nb").getBytes(charset))).containsExactly(long20k, "b");
        }
        assertThat(lines("\uFEFFa\n")).containsExactly("a");
    }

    /** It was read as lines of noise, without a word. */
    @Test
    void whatIsPackedIsUnpacked() throws IOException {
        for (String text : List.of("a\nb", "\uFEFFa\nb")) {
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            try (GZIPOutputStream packed = new GZIPOutputStream(file)) {
                packed.write(text.getBytes(StandardCharsets.UTF_8));
            }
            assertThat(lines(file.toByteArray())).containsExactly("a", "b");
        }
    }
}
