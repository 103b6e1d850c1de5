package io.bongsu.ingest.offline;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files of Windows events as CSV with a header (EvtxECmd, Azure's exports, {@code Export-Csv}), RFC 4180: a value in
 * quotes may have line ends. Each row becomes a flat object of JSON; an empty cell is a field that is not there.
 */
final class CsvEvents {
    private static final int HEAD = 16_384;
    private static final int MAX_CELL = 16 << 20;

    private static final Set<String> IDS =
            Set.of("EventID", "EventId", "Id", "event_id", "winlog.event_id", "EventCode");
    private static final Set<String> SOURCES =
            Set.of("Channel", "Provider", "ProviderName", "LogName", "EventSourceName", "EventLog", "winlog.channel");

    private CsvEvents() {}

    /** Whether the first line, or the one behind PowerShell's {@code #TYPE}, names the columns of such events. */
    static boolean begins(BufferedInputStream in) throws IOException {
        in.mark(HEAD + 1);
        String head = new String(in.readNBytes(HEAD), StandardCharsets.UTF_8);
        in.reset();
        int from = head.startsWith("#TYPE") ? head.indexOf('\n') + 1 : 0;
        int end = head.indexOf('\n', from);
        if (end < 0) {
            return false;
        }
        List<String> columns = Stream.of(head.substring(from, end).split(","))
                .map(CsvEvents::column)
                .toList();
        return columns.stream().anyMatch(IDS::contains) && columns.stream().anyMatch(SOURCES::contains);
    }

    /** {@code "TimeGenerated [UTC]"} is TimeGenerated. */
    private static String column(String written) {
        String name = written.strip();
        name = name.length() > 1 && name.startsWith("\"") && name.endsWith("\"")
                ? name.substring(1, name.length() - 1)
                : name;
        return name.endsWith(" [UTC]") ? name.substring(0, name.length() - 6) : name;
    }

    static void read(BufferedInputStream in, JsonFactory json, Consumer<byte[]> lines) throws IOException {
        List<String> columns = row(in);
        if (columns != null && columns.getFirst().startsWith("#TYPE")) {
            columns = row(in);
        }
        List<String> names = columns == null
                ? List.of()
                : columns.stream().map(CsvEvents::column).toList();
        for (List<String> cells = row(in); cells != null; cells = row(in)) {
            ByteArrayOutputStream object = new ByteArrayOutputStream();
            try (JsonGenerator out = json.createGenerator(object)) {
                out.writeStartObject();
                for (int i = 0; i < cells.size() && i < names.size(); i++) {
                    if (!cells.get(i).isEmpty()) {
                        out.writeStringField(names.get(i), cells.get(i));
                    }
                }
                out.writeEndObject();
            }
            if (object.size() > 2) {
                lines.accept(object.toByteArray());
            }
        }
    }

    /** The cells up to the end of the row, or null at the end of the file. */
    private static @Nullable List<String> row(BufferedInputStream in) throws IOException {
        int b = in.read();
        if (b < 0) {
            return null;
        }
        List<String> cells = new ArrayList<>();
        ByteArrayOutputStream cell = new ByteArrayOutputStream();
        boolean quoted = false;
        for (; b >= 0 && (quoted || b != '\n'); b = in.read()) {
            if (b == '"' && quoted) {
                in.mark(1);
                if (in.read() == '"') {
                    cell.write('"');
                } else {
                    in.reset();
                    quoted = false;
                }
            } else if (b == '"' && cell.size() == 0) {
                quoted = true;
            } else if (b == ',' && !quoted) {
                cells.add(cell.toString(StandardCharsets.UTF_8));
                cell.reset();
            } else {
                cell.write(b);
            }
            if (cell.size() > MAX_CELL) { // a quote that does not end
                quoted = false;
                cell.reset();
            }
        }
        String last = cell.toString(StandardCharsets.UTF_8);
        cells.add(last.endsWith("\r") ? last.substring(0, last.length() - 1) : last);
        return cells;
    }
}
