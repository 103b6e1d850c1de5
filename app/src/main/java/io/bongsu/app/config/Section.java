package io.bongsu.app.config;

import io.bongsu.app.config.ConfigReader.Setting;
import io.bongsu.app.config.Values.Kind;
import io.bongsu.app.config.Values.Wrong;
import io.bongsu.rules.yaml.Problem;
import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keys below one key: as written by the user, and as shipped. Asking for a key makes it a known one. */
final class Section {
    /**
     * What all sections of one configuration share.
     *
     * @param variables those that set a key, whether they are set or not
     * @param settings every key in force, in the order of asking
     * @param asked every key that was asked for, and what it takes
     */
    record Context(
            Map<String, String> environment,
            Problems problems,
            Set<String> variables,
            List<Setting> settings,
            Map<String, String> asked) {
        Context(Map<String, String> environment) {
            this(environment, new Problems(), new LinkedHashSet<>(), new ArrayList<>(), new LinkedHashMap<>());
        }
    }

    private final Context context;
    private final String path;
    private final @Nullable YamlMap written;
    private final @Nullable YamlMap shipped;
    private final Set<String> known = new LinkedHashSet<>();

    Section(Context context, String path, @Nullable YamlMap written, @Nullable YamlMap shipped) {
        this.context = context;
        this.path = path;
        this.written = written;
        this.shipped = shipped;
    }

    String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    YamlNode at(String key) {
        YamlMap map = written != null && written.get(key) != null ? written : shipped;
        if (map == null) {
            throw new IllegalStateException(path);
        }
        return map.at(key);
    }

    YamlMap node() {
        if (written == null) {
            throw new IllegalStateException(path);
        }
        return written;
    }

    /** Patterns of files: one, or a list; those that are not absolute below the folder of the configuration. */
    List<String> patterns(String key, Path base) {
        known.add(key);
        context.asked.put(key(key), "names or patterns of files, a list");
        Found found = found(key);
        List<YamlNode> items =
                switch (found.node()) {
                    case null -> List.<YamlNode>of();
                    case YamlList list -> list.items();
                    case YamlNode one -> List.of(one);
                };
        List<String> patterns = new ArrayList<>();
        for (YamlNode item : items) {
            if (!(item instanceof YamlScalar scalar)
                    || scalar.value() == null
                    || scalar.text().isBlank()) {
                context.problems.add(
                        item,
                        "'" + key(key) + "' takes names or patterns of files",
                        "write for example [/var/log/auth.log, \"/var/log/app/**/*.log\"]");
            } else if (scalar.text().startsWith("/")) {
                patterns.add(scalar.text());
            } else {
                patterns.add(
                        base.toAbsolutePath().normalize() + "/" + scalar.text().replaceFirst("^\\./", ""));
            }
        }
        if (!patterns.isEmpty()) {
            context.settings.add(new Setting(key(key), patterns, true, found.origin()));
        }
        return patterns;
    }

    /** The value of a key that has a default or is required. */
    <T> T value(String key, Kind<T> kind) {
        T value = optional(key, kind);
        if (value != null) {
            return value;
        }
        if (found(key).node() == null) {
            if (written == null) {
                throw new IllegalStateException(ConfigReader.FILE + " ships no " + key(key));
            }
            context.problems.add(
                    written, "'" + key + "' is missing", "add it, for example " + key + ": " + example(key));
        }
        return fallback(key, kind);
    }

    private String example(String key) {
        return key.equals("type") ? "syslog-udp" : "\"0.0.0.0:5514\"";
    }

    /** Something of the right kind to go on with, so that the other problems are found as well. */
    private <T> T fallback(String key, Kind<T> kind) {
        YamlNode node = shipped == null ? null : shipped.get(key);
        try {
            return kind.read(
                    node instanceof YamlScalar scalar
                            ? scalar.text()
                            : key.equals("type") ? "syslog-udp" : "0.0.0.0:0");
        } catch (Wrong e) {
            throw new IllegalStateException(key(key), e);
        }
    }

    <T> @Nullable T optional(String key, Kind<T> kind) {
        known.add(key);
        context.asked.putIfAbsent(key(key), Values.takes(kind));
        Found found = found(key);
        switch (found.node()) {
            case null -> {
                return null;
            }
            case YamlScalar scalar
            when scalar.value() != null -> {
                try {
                    T value = kind.read(scalar.text());
                    context.settings.add(new Setting(key(key), List.of(scalar.text()), false, found.origin()));
                    return value;
                } catch (Wrong e) {
                    context.problems.add(scalar, key(key) + ": " + e.getMessage(), e.fix);
                }
            }
            case YamlScalar scalar ->
                context.problems.add(
                        scalar, "'" + key(key) + "' has no value", "write one, or remove the key for the default");
            case YamlList list ->
                context.problems.add(list, "'" + key(key) + "' takes one value, not a list", "write one value");
            case YamlMap map ->
                context.problems.add(map, "'" + key(key) + "' takes one value, not keys", "write one value");
        }
        return null;
    }

    /** A secret, given here or by the name of a file that holds it: {@code password} or {@code password_file}. */
    @Nullable
    String secret(String key, Path base) {
        String here = optional(key, Values::text);
        Path file = file(key + "_file", base);
        if (file == null) {
            return here;
        }
        if (here != null) {
            complain(key, "'" + key(key) + "' and '" + key(key) + "_file' are both set", "remove one of them");
            return here;
        }
        try {
            String text = Files.readString(file).strip();
            if (!text.isEmpty()) {
                return text;
            }
            complain(key + "_file", file + " is empty", "write the secret into it");
        } catch (IOException e) {
            complain(
                    key + "_file",
                    file + " cannot be read (" + e.getClass().getSimpleName() + ")",
                    "make it readable for this user, and text in UTF-8");
        }
        return null;
    }

    /** An existing file; relative to the folder of the configuration. */
    @Nullable
    Path file(String key, Path base) {
        String name = optional(key, Values::text);
        context.asked.put(key(key), "the name of a file");
        if (name == null) {
            return null;
        }
        Path file = base.resolve(name).toAbsolutePath().normalize();
        if (!Files.isRegularFile(file)) {
            complain(key, "no such file: " + file, "write the name of a file that exists");
        }
        return file;
    }

    /** Both, or neither. */
    void pair(String one, @Nullable Object first, String other, @Nullable Object second) {
        if ((first == null) != (second == null)) {
            String missing = first == null ? one : other;
            complain(
                    first == null ? other : one,
                    "'" + key(missing) + "' is missing",
                    "set both " + one + " and " + other + ", or neither");
        }
    }

    /** About a key that was given, in the file or by its variable. */
    void complain(String key, String what, String fix) {
        YamlNode node = found(key).node();
        if (node == null) {
            context.problems.add(new Problem(ConfigReader.variable(key(key)), 0, 0, what, fix));
        } else {
            context.problems.add(node, what, fix);
        }
    }

    /** Paths: those that are not absolute below the folder of the file or, if not there, of Bongsu. */
    List<Path> paths(String key, Path base, @Nullable Path home) {
        known.add(key);
        context.asked.put(key(key), "a list of folders or files");
        Found found = found(key);
        List<YamlNode> items =
                switch (found.node()) {
                    case null -> List.<YamlNode>of();
                    case YamlList list -> list.items();
                    case YamlScalar scalar when scalar.value() == null -> List.<YamlNode>of();
                    case YamlScalar scalar -> List.<YamlNode>of(scalar);
                    case YamlMap map -> {
                        context.problems.add(
                                map, "'" + key(key) + "' takes a list of folders, not keys", "write [folder, folder]");
                        yield List.<YamlNode>of();
                    }
                };
        List<Path> paths = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (YamlNode item : items) {
            if (!(item instanceof YamlScalar scalar)
                    || scalar.value() == null
                    || scalar.text().isBlank()) {
                context.problems.add(item, "'" + key(key) + "' takes names of folders", "write [folder, folder]");
                continue;
            }
            Path path = base.resolve(scalar.text()).normalize();
            if (!Files.exists(path) && home != null) {
                path = home.resolve(scalar.text()).normalize();
            }
            if (!Files.exists(path)) {
                context.problems.add(
                        scalar,
                        "no such folder or file: " + scalar.text(),
                        "looked in " + base + (home == null ? "" : " and " + home));
            }
            paths.add(path.toAbsolutePath());
            texts.add(scalar.text());
        }
        context.settings.add(new Setting(key(key), texts, true, found.origin()));
        return paths;
    }

    Section section(String key) {
        known.add(key);
        return new Section(context, key(key), map(key, written), map(key, shipped));
    }

    /** One section per name: those that the user wrote, else those that are shipped. */
    List<Section> named(String key) {
        known.add(key);
        YamlMap theirs = map(key, written);
        boolean replaced = written != null && written.get(key) != null;
        YamlMap ours = map(key, shipped);
        YamlMap names = replaced ? theirs : ours;
        List<Section> sections = new ArrayList<>();
        if (names == null) {
            return sections;
        }
        for (String name : names.entries().keySet()) {
            if (!name.matches("[a-z0-9][a-z0-9-]*")) {
                context.problems.add(
                        names.at(name), "'" + name + "' is not a name", "use small letters, digits and '-'");
            } else if (replaced) {
                YamlMap section = names(names, name);
                if (section != null) {
                    sections.add(new Section(context, key(key) + "." + name, section, null));
                }
            } else {
                sections.add(new Section(context, key(key) + "." + name, null, map(name, ours)));
            }
        }
        return sections;
    }

    private @Nullable YamlMap names(YamlMap names, String name) {
        if (names.get(name) instanceof YamlMap map) {
            return map;
        }
        context.problems.add(
                names.at(name),
                "'" + name + "' needs keys",
                "write for example { type: syslog-udp, bind: \"0.0.0.0:5514\" }");
        return null;
    }

    private @Nullable YamlMap map(String key, @Nullable YamlMap in) {
        YamlNode node = in == null ? null : in.get(key);
        return switch (node) {
            case null -> null;
            case YamlMap map -> map;
            case YamlScalar scalar when scalar.value() == null -> null;
            case YamlScalar scalar -> {
                context.problems.add(scalar, "'" + key(key) + "' takes keys, not a value", "indent its keys below it");
                yield null;
            }
            case YamlList list -> {
                context.problems.add(list, "'" + key(key) + "' takes keys, not a list", "indent its keys below it");
                yield null;
            }
        };
    }

    private record Found(@Nullable YamlNode node, String origin) {}

    private Found found(String key) {
        String variable = ConfigReader.variable(key(key));
        context.variables.add(variable);
        String set = context.environment.get(variable);
        if (set != null) {
            return new Found(node(variable, set, key), variable);
        }
        YamlNode node = written == null ? null : written.get(key);
        if (node != null) {
            return new Found(node, node.file() + ":" + node.line());
        }
        return new Found(shipped == null ? null : shipped.get(key), "default");
    }

    private YamlNode node(String variable, String set, String key) {
        if (shipped != null && shipped.get(key) instanceof YamlList) {
            List<YamlNode> items = new ArrayList<>();
            for (String item : set.split(",")) {
                if (!item.isBlank()) {
                    items.add(new YamlScalar(variable, 0, 0, item.strip(), item.strip()));
                }
            }
            return new YamlList(variable, 0, 0, items);
        }
        return new YamlScalar(variable, 0, 0, set, set);
    }

    /** Every key has been asked for: what is left over is unknown. */
    void end() {
        if (written == null) {
            return;
        }
        for (String key : written.entries().keySet()) {
            if (!known.contains(key)) {
                context.problems.add(
                        written.at(key),
                        "unknown key '" + key(key) + "'" + Values.didYouMean(key, known),
                        "known here: " + String.join(", ", known));
            }
        }
    }

    String key(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
