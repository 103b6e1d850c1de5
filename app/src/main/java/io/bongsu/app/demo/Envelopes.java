package io.bongsu.app.demo;

import io.bongsu.model.Documents;
import io.bongsu.model.Micros;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;

/** The lines of a scenario as a file for {@code bongsu detect --envelope}: same lines, same rules, so the same alerts. */
final class Envelopes {
    private Envelopes() {}

    /** Ids are line numbers from 0. A line is received at {@code received}, for stamps without a year. */
    static void write(Scenario scenario, long received, Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            int number = 0;
            for (Line line : scenario.lines()) {
                out.write(Documents.nested(Map.of(
                        "id", String.format(Locale.ROOT, "%08d", number++),
                        "received", Micros.iso(received),
                        "raw_b64", Base64.getEncoder().encodeToString(line.data()))));
                out.write('\n');
            }
        }
    }
}
