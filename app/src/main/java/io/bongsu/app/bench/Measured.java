package io.bongsu.app.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One figure of a benchmark. Absolute rates say something of the machine and the moment; the ratio to what was measured
 * beside it in the same run says something of us.
 *
 * @param bench such as "shipper tcp"
 * @param rate a second
 * @param unit what is counted: lines, events, documents
 * @param cpuPerMillion seconds of processor time for a million; null: not measured
 * @param peakMb most memory of its processes together (resident); null: not measured
 * @param against what it is compared with; null: it is what others are compared with
 * @param ratio of the two rates
 */
public record Measured(
        String bench,
        double rate,
        String unit,
        @Nullable Double cpuPerMillion,
        @Nullable Long peakMb,
        @Nullable String against,
        @Nullable Double ratio) {
    private static final JsonFactory JSON = new JsonFactory();

    /** Of nothing but a rate. */
    public static Measured rate(String bench, double rate, String unit) {
        return new Measured(bench, rate, unit, null, null, null, null);
    }

    /** The same, beside another. */
    public Measured beside(Measured other) {
        return new Measured(bench, rate, unit, cpuPerMillion, peakMb, other.bench, rate / other.rate);
    }

    /** What was not measured is null. */
    public String json() {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("bench", bench);
            json.writeNumberField("rate", Math.round(rate));
            json.writeStringField("unit", unit + "/s");
            json.writeFieldName("cpu_s_per_million");
            number(json, cpuPerMillion);
            json.writeFieldName("peak_mb");
            number(json, peakMb);
            json.writeStringField("against", against);
            json.writeFieldName("ratio");
            number(json, ratio);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    private static void number(JsonGenerator json, @Nullable Number value) throws IOException {
        switch (value) {
            case null -> json.writeNull();
            case Long whole -> json.writeNumber(whole);
            default -> json.writeNumber(rounded(value.doubleValue()));
        }
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    public String text() {
        StringBuilder out = new StringBuilder(String.format(Locale.ROOT, "  %-42s %,12.0f %s/s", bench, rate, unit));
        if (cpuPerMillion != null) {
            out.append(String.format(Locale.ROOT, "  %7.2f CPU s/million", cpuPerMillion));
        }
        if (peakMb != null) {
            out.append(String.format(Locale.ROOT, "  %,6d MB", peakMb));
        }
        if (against != null && ratio != null) {
            out.append(String.format(Locale.ROOT, "  %.2f x %s", ratio, against));
        }
        return out.toString();
    }
}
