package io.bongsu.rules;

import io.bongsu.rules.yaml.Problems;
import io.bongsu.rules.yaml.YamlList;
import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlReader;
import io.bongsu.rules.yaml.YamlScalar;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which log sources of Sigma an event serves, as data ({@code windows-logsources.yml}), for parsers to ask. Answers are
 * immutable and shared: the same source twice is the same set. Thread-safe.
 */
public final class LogSources {
    private static final LogSources BUILT_IN = new LogSources();

    private static final Set<LogSource> WINDOWS = Set.of(new LogSource(null, "windows", null));

    /** By lower-case name of the channel. */
    private final Map<String, List<Channel>> channels = new HashMap<>();

    private final Map<String, String> providers = new HashMap<>();
    private final List<Writer> writers = new ArrayList<>();
    private final List<Look> looks = new ArrayList<>();
    private final Map<Set<LogSource>, Set<LogSource>> shared = new ConcurrentHashMap<>();

    /** One service of a channel, and the categories of its events by number. */
    private record Channel(LogSource source, Map<Long, List<Category>> events) {}

    /** @param when values that a field of the event must have, if it has the field at all */
    private record Category(String name, Map<String, Set<String>> when) {
        boolean fits(Function<String, @Nullable Object> data) {
            for (Map.Entry<String, Set<String>> wanted : when.entrySet()) {
                Object found = data.apply(wanted.getKey());
                if (found != null && !wanted.getValue().contains(lower(found.toString()))) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Where an event belongs that does not say so itself.
     *
     * @param id what the event says, or what it looks like
     */
    public record Shape(String channel, long id) {}

    /** Who writes events to a channel, those with these numbers or, when there are none, all. */
    private record Writer(String channel, Set<Long> ids, String provider) {}

    private record Look(Set<String> has, List<Long> ids, String channel) {}

    private LogSources() {
        try (InputStream in =
                Objects.requireNonNull(LogSources.class.getResourceAsStream("windows-logsources.yml"), "resource")) {
            Problems problems = new Problems();
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (YamlNode document : YamlReader.readAll("windows-logsources.yml", text, problems)) {
                read((YamlMap) document);
            }
            if (!problems.isEmpty()) {
                throw new IllegalStateException(problems.list().toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static LogSources builtIn() {
        return BUILT_IN;
    }

    private void read(YamlMap document) {
        Map<String, Map<Long, List<Category>>> events = new HashMap<>();
        for (YamlNode node : list(document, "events")) {
            YamlMap event = (YamlMap) node;
            Map<String, Set<String>> when = new HashMap<>();
            if (event.get("when") instanceof YamlMap wanted) {
                wanted.entries().keySet().forEach(field -> {
                    Set<String> values = new HashSet<>();
                    texts(wanted, field).forEach(value -> values.add(lower(value)));
                    when.put(field, values);
                });
            }
            Category category = new Category(text(event, "category"), when);
            for (String id : texts(event, "id")) {
                events.computeIfAbsent(text(event, "service"), service -> new HashMap<>())
                        .computeIfAbsent(Long.valueOf(id), number -> new ArrayList<>())
                        .add(category);
            }
        }
        for (YamlNode node : list(document, "channels")) {
            YamlMap channel = (YamlMap) node;
            String service = optional(channel, "service", "");
            String product = optional(channel, "product", "windows");
            for (String name : texts(channel, "channel")) {
                channels.computeIfAbsent(lower(name), key -> new ArrayList<>())
                        .add(new Channel(
                                new LogSource(optional(channel, "category", ""), product, service),
                                events.getOrDefault(service, Map.of())));
            }
        }
        for (YamlNode node : list(document, "shapes")) {
            YamlMap shape = (YamlMap) node;
            List<Long> ids = texts(shape, "id").stream().map(Long::valueOf).toList();
            looks.add(new Look(Set.copyOf(texts(shape, "has")), ids, text(shape, "channel")));
        }
        for (YamlNode node : list(document, "writers")) {
            YamlMap writer = (YamlMap) node;
            Set<Long> ids = new HashSet<>();
            texts(writer, "id").forEach(id -> ids.add(Long.valueOf(id)));
            writers.add(new Writer(lower(text(writer, "channel")), ids, text(writer, "provider")));
        }
        if (document.get("providers") instanceof YamlMap map) {
            map.entries().keySet().forEach(provider -> providers.put(lower(provider), text(map, provider)));
        }
    }

    private static List<YamlNode> list(YamlMap map, String key) {
        return map.get(key) instanceof YamlList list ? list.items() : List.of();
    }

    private static List<String> texts(YamlMap map, String key) {
        return map.get(key) instanceof YamlScalar scalar
                ? List.of(scalar.text())
                : list(map, key).stream()
                        .map(item -> ((YamlScalar) item).text())
                        .toList();
    }

    private static String text(YamlMap map, String key) {
        return ((YamlScalar) Objects.requireNonNull(map.get(key), key)).text();
    }

    private static String optional(YamlMap map, String key, String otherwise) {
        return map.get(key) == null ? otherwise : text(map, key);
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /**
     * The log sources of a Windows event, or of one of Sysmon for Linux. Never empty: an event of a channel that Sigma
     * has no service for is still one of Windows.
     *
     * @param channel in any case; when it is null the provider says where the event belongs
     * @param data the event's own fields under their native names, such as {@code EventType}
     */
    public Set<LogSource> windows(
            @Nullable String channel,
            @Nullable String provider,
            long eventId,
            Function<String, @Nullable Object> data) {
        String name = channel == null || channel.isBlank() ? channel(provider) : channel;
        List<Channel> found = name == null ? null : channels.get(lower(name.strip()));
        if (found == null) {
            return WINDOWS;
        }
        Set<LogSource> sources = new LinkedHashSet<>();
        for (Channel one : found) {
            boolean categorised = false;
            for (Category category : one.events().getOrDefault(eventId, List.of())) {
                if (category.fits(data)) {
                    sources.add(new LogSource(
                            category.name(),
                            one.source().product(),
                            one.source().service()));
                    categorised = true;
                }
            }
            if (!categorised) {
                sources.add(one.source());
            }
        }
        return shared.computeIfAbsent(sources, Set::copyOf);
    }

    /** Every log source that some Windows event serves. */
    Set<LogSource> all() {
        Set<LogSource> all = new LinkedHashSet<>(WINDOWS);
        channels.values().stream().flatMap(List::stream).forEach(channel -> {
            LogSource own = channel.source();
            all.add(own);
            channel.events().values().stream()
                    .flatMap(List::stream)
                    .forEach(category -> all.add(new LogSource(category.name(), own.product(), own.service())));
        });
        return all;
    }

    /** The channel that a provider writes to, when it has one of its own that Sigma knows. */
    public @Nullable String channel(@Nullable String provider) {
        return provider == null ? null : providers.get(lower(provider.strip()));
    }

    /** Who wrote an event that does not say so, when only one provider writes events of this number to the channel. */
    public @Nullable String provider(@Nullable String channel, long id) {
        String name = channel == null ? "" : lower(channel);
        for (Writer writer : writers) {
            if (writer.channel.equals(name) && (writer.ids.isEmpty() || writer.ids.contains(id))) {
                return writer.provider;
            }
        }
        return null;
    }

    /**
     * The place of an event that names neither channel nor provider, by the fields it has; null when it looks like
     * nothing in particular.
     *
     * @param id its own number, if it has one
     */
    public @Nullable Shape shape(Set<String> fields, @Nullable Long id) {
        for (Look look : looks) {
            if (fields.containsAll(look.has()) && (id == null || look.ids().contains(id))) {
                return new Shape(look.channel(), id == null ? look.ids().get(0) : id);
            }
        }
        return null;
    }
}
