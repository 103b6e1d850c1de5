package io.bongsu.app.config;

import io.bongsu.app.config.ConfigReader.Setting;
import java.util.List;
import java.util.Locale;

/** What {@code bongsu config print} says. */
public final class ConfigPrint {
    private ConfigPrint() {}

    /** The settings as a bongsu.yml, each with where it comes from. Passwords and keys are masked. */
    public static String of(List<Setting> settings) {
        StringBuilder out = new StringBuilder();
        List<String> open = List.of();
        for (Setting setting : settings) {
            List<String> path = path(setting.key());
            int shared = 0;
            while (shared < open.size()
                    && shared < path.size() - 1
                    && open.get(shared).equals(path.get(shared))) {
                shared++;
            }
            for (int i = shared; i < path.size() - 1; i++) {
                out.append("  ".repeat(i)).append(path.get(i)).append(":\n");
            }
            open = path.subList(0, path.size() - 1);
            String line = "  ".repeat(path.size() - 1) + path.get(path.size() - 1) + ": " + value(setting);
            out.append(String.format(Locale.ROOT, "%-52s # %s%n", line, origin(setting)));
        }
        return out.toString();
    }

    /** The names of Kafka's own properties have dots in them. */
    private static List<String> path(String key) {
        String client = "kafka.client.";
        return key.startsWith(client)
                ? List.of("kafka", "client", key.substring(client.length()))
                : List.of(key.split("\\."));
    }

    private static String origin(Setting setting) {
        return setting.origin().equals(setting.variable())
                ? setting.variable()
                : setting.origin() + "; or " + setting.variable();
    }

    private static String value(Setting setting) {
        if (setting.key().endsWith("api_key") || setting.key().endsWith("password")) {
            return quoted("***");
        }
        List<String> quoted = setting.text().stream().map(ConfigPrint::quoted).toList();
        return setting.list() ? "[" + String.join(", ", quoted) + "]" : quoted.get(0);
    }

    private static String quoted(String text) {
        String masked = text.replaceAll("(?<=://)[^/@]*@", "***@");
        return masked.matches("[A-Za-z0-9./_-]+")
                ? masked
                : '"' + masked.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
