package io.bongsu.app.command;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --data}, which goes before the configuration's key. */
final class DataOption {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder of all data (default: data in the configuration).")
    @Nullable
    String folder;

    Map<String, String> environment() {
        return environment(Map.of());
    }

    Map<String, String> environment(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(more);
        if (folder != null) {
            all.put("BONGSU_DATA", folder);
        }
        return all;
    }
}
