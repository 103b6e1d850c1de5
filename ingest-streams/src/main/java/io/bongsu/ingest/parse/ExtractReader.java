package io.bongsu.ingest.parse;

import io.bongsu.rules.yaml.YamlMap;
import io.bongsu.rules.yaml.YamlNode;
import io.bongsu.rules.yaml.YamlScalar;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the steps that take a value apart. */
final class ExtractReader {
    private final YamlValues in;

    ExtractReader(YamlValues in) {
        this.in = in;
    }

    /** Null after a problem. */
    @Nullable
    Extract read(String step, YamlNode value) {
        return switch (step) {
            case "rename", "copy" -> new Extracts.Move(in.targets(value), step.equals("copy"));
            case "convert" -> convert(value);
            case "text" -> of(value, "text names a field", "write 'text: message'", Extracts.Text::new);
            case "url" -> url(value);
            case "access_log" -> new AccessLog();
            case "w3c" -> new W3cLog(in.strings(value));
            case "cef", "leef" -> cef(step, value);
            case "http_request" ->
                of(value, "http_request names a field", "write 'http_request: _request'", HttpRequest::new);
            case "user_domain" -> userDomain(value);
            case "hash" -> hash(value);
            case "split" -> split(value);
            case "join" -> join(value);
            case "unhex" -> unhex(value);
            case "xml" -> xml(value);
            case "json" -> json(value);
            case "path" -> new Extracts.Paths(names(value, ".name"));
            case "registry" -> registry(value);
            case "args" -> new Extracts.Arguments(names(value, ""));
            case "dns_name" ->
                of(
                        value,
                        "dns_name names a field",
                        "write 'dns_name: dns.question.name'",
                        from -> new Extracts.DnsName(in.field(value, from)));
            case "dns_results" ->
                of(value, "dns_results names a field", "write 'dns_results: _QueryResults'", Extracts.DnsResults::new);
            case "date" -> date(value);
            case "csv" -> columns(value);
            default -> keyValues(value);
        };
    }

    /** Of a step whose value is the name of a field. */
    private @Nullable Extract of(YamlNode value, String message, String fix, Function<String, Extract> made) {
        return value instanceof YamlScalar from ? made.apply(from.text()) : in.wrong(value, message, fix);
    }

    private Extract convert(YamlNode value) {
        List<Target> targets = new ArrayList<>();
        in.each(value, (field, as) -> {
            Target target = as instanceof YamlScalar type ? in.target(as, field + ":" + type.text()) : null;
            if (target != null) {
                targets.add(target);
            }
        });
        return new Extracts.Convert(targets);
    }

    private @Nullable Extract url(YamlNode value) {
        if (value instanceof YamlScalar from) {
            return new Extracts.Url(from.text(), "url");
        }
        YamlMap map = in.options(value, List.of("from"), List.of("to"), "url: url.original");
        return map == null
                ? null
                : new Extracts.Url(in.must(map, "from"), Objects.requireNonNullElse(in.text(map, "to"), "url"));
    }

    private @Nullable Extract cef(String step, YamlNode value) {
        YamlMap map = in.options(value, List.of("to"), List.of("rename"), step + ": {to: " + step + ".extensions}");
        return map == null
                ? null
                : new Cef(step.equals("leef"), in.targets(map.get("rename")), in.field(map, in.must(map, "to")));
    }

    private @Nullable Extract userDomain(YamlNode value) {
        if (value instanceof YamlScalar prefix) {
            String user = prefix.text();
            return new Extracts.UserDomain(
                    user + ".name", in.field(value, user + ".name"), in.field(value, user + ".domain"));
        }
        YamlMap map = in.options(
                value,
                List.of("from", "user", "domain"),
                List.of(),
                "user_domain: user, or {from: _u, user: user.name, domain: user.domain}");
        return map == null
                ? null
                : new Extracts.UserDomain(
                        in.must(map, "from"),
                        in.field(value, in.must(map, "user")),
                        in.field(value, in.must(map, "domain")));
    }

    private @Nullable Extract hash(YamlNode value) {
        YamlMap map =
                in.options(value, List.of("from", "to"), List.of("pe"), "hash: {from: _hashes, to: process.hash}");
        if (map == null) {
            return null;
        }
        String to = in.must(map, "to");
        in.field(value, to + ".md5");
        String pe = in.text(map, "pe");
        int dot = to.lastIndexOf('.');
        return new Extracts.Hashes(
                in.must(map, "from"), to, pe != null ? pe : (dot < 0 ? to : to.substring(0, dot)) + ".pe");
    }

    private @Nullable Extract split(YamlNode value) {
        YamlMap map = in.options(value, List.of("from"), List.of("by", "to"), "split: {from: a, by: ',', to: b}");
        if (map == null) {
            return null;
        }
        Target target = in.target(value, Objects.requireNonNullElse(in.text(map, "to"), in.must(map, "from")));
        String by = in.text(map, "by");
        return target == null
                ? null
                : new Extracts.Split(in.must(map, "from"), by == null || by.isEmpty() ? "," : by, target);
    }

    private @Nullable Extract join(YamlNode value) {
        YamlMap map = in.options(value, List.of("from", "to"), List.of("by"), "join: {from: [a, b], by: ' ', to: c}");
        Target target = map == null ? null : in.target(value, in.must(map, "to"));
        return map == null || target == null
                ? null
                : new Extracts.Join(
                        in.strings(map.get("from")), Objects.requireNonNullElse(in.text(map, "by"), " "), target);
    }

    private @Nullable Extract unhex(YamlNode value) {
        YamlMap map = in.options(value, List.of("from", "to"), List.of("args"), "unhex: {from: a, to: b}");
        Target target = map == null ? null : in.target(value, in.must(map, "to"));
        return map == null || target == null
                ? null
                : new Extracts.Unhex(in.must(map, "from"), target, in.text(map, "args"));
    }

    private @Nullable Extract xml(YamlNode value) {
        YamlMap map = in.options(value, List.of(), List.of("from", "rename", "to"), "xml: {rename: {a.b: field}}");
        return map == null
                ? null
                : new Extracts.XmlTree(in.text(map, "from"), in.targets(map.get("rename")), in.text(map, "to"));
    }

    private @Nullable Extract json(YamlNode value) {
        YamlMap map = in.options(
                value,
                List.of(),
                List.of("from", "time", "rename", "drop", "to", "ecs"),
                "json: {from: _json, to: acme}");
        return map == null ? null : new Extracts.JsonObject(in.text(map, "from"), in.jsonNames(map, false));
    }

    /** Names to fields; what comes below the field is what ECS must know. */
    private Map<String, String> names(YamlNode value, String below) {
        Map<String, String> names = new LinkedHashMap<>();
        in.each(value, (from, to) -> {
            if (to instanceof YamlScalar scalar) {
                names.put(from, scalar.text());
                in.field(to, scalar.text() + below);
            }
        });
        return names;
    }

    private @Nullable Extract registry(YamlNode value) {
        YamlMap map =
                in.options(value, List.of("from"), List.of("data"), "registry: {from: _TargetObject, data: _Details}");
        return map == null ? null : new Extracts.Registry(in.must(map, "from"), in.text(map, "data"));
    }

    private @Nullable Extract date(YamlNode value) {
        if (value instanceof YamlScalar from) {
            return new DateField(from.text(), List.of(new DateFormat.Auto()), "@timestamp", null, null);
        }
        YamlMap map = in.options(
                value,
                List.of("from"),
                List.of("formats", "to", "zone", "zone_from"),
                "date: {from: _time, formats: [auto]}");
        if (map == null) {
            return null;
        }
        List<DateFormat> formats = new ArrayList<>();
        for (YamlNode item : in.items(map.get("formats"))) {
            DateFormat format = item instanceof YamlScalar text ? DateFormat.named(text.text()) : null;
            if (format == null) {
                in.problem(
                        item,
                        "this is no format of a date",
                        "use auto, epoch, epoch_ms, epoch_us, epoch_ns, or a pattern such as yyyy-MM-dd HH:mm:ss[.SSS]");
            } else {
                formats.add(format);
            }
        }
        String to = Objects.requireNonNullElse(in.text(map, "to"), "@timestamp");
        if (!to.equals("@timestamp")) {
            in.field(map, to);
        }
        String zone = in.text(map, "zone");
        ZoneId id = null;
        if (zone != null) {
            try {
                id = ZoneId.of(zone);
            } catch (DateTimeException e) {
                in.problem(map.at("zone"), "'" + zone + "' is no time zone", "write Asia/Seoul or +09:00");
            }
        }
        return new DateField(
                in.must(map, "from"),
                formats.isEmpty() ? List.of(new DateFormat.Auto()) : formats,
                to,
                in.text(map, "zone_from"),
                id);
    }

    private @Nullable Extract columns(YamlNode value) {
        YamlMap map = in.options(
                value,
                List.of("columns"),
                List.of("from", "delimiter", "quote", "key", "empty", "head"),
                "csv: {columns: [source.ip, _, source.port]}");
        if (map == null) {
            return null;
        }
        Map<String, List<@Nullable Target>> layouts = new LinkedHashMap<>();
        if (map.get("columns") instanceof YamlMap table) {
            table.entries().forEach((key, names) -> {
                for (String one : key.split(",")) {
                    layouts.put(one.strip(), layout(names));
                }
            });
        } else {
            layouts.put("*", layout(Objects.requireNonNull(map.get("columns"))));
        }
        Columns.Head head = null;
        if (map.get("head") != null) {
            YamlMap told = in.options(
                    Objects.requireNonNull(map.get("head")), List.of("to"), List.of("rename"), "head: {to: acme}");
            if (told == null) {
                return null;
            }
            Map<String, Target> known = new LinkedHashMap<>();
            layouts.values().stream()
                    .flatMap(List::stream)
                    .filter(Objects::nonNull)
                    .forEach(target -> known.putIfAbsent(target.name(), target));
            Map<String, String> rename = new LinkedHashMap<>();
            if (told.get("rename") instanceof YamlMap names) {
                names.entries().forEach((name, field) -> rename.put(name, ((YamlScalar) field).text()));
            }
            head = new Columns.Head(in.must(told, "to"), rename, known);
        }
        String key = in.text(map, "key");
        Long index = key == null ? Long.valueOf(-1) : As.integer(key);
        if (index == null) {
            return in.wrong(map.at("key"), "key is the number of a column", "count from 0");
        }
        return new Columns(
                in.text(map, "from"),
                in.character(map, "delimiter", ','),
                in.character(map, "quote", '"'),
                index.intValue(),
                new LinkedHashSet<>(in.strings(map.get("empty"))),
                layouts,
                head);
    }

    private List<@Nullable Target> layout(YamlNode names) {
        List<@Nullable Target> targets = new ArrayList<>();
        for (String name : in.strings(names)) {
            targets.add(name.equals("_") ? null : in.target(names, name));
        }
        return targets;
    }

    private @Nullable Extract keyValues(YamlNode value) {
        YamlMap map = in.options(
                value,
                List.of(),
                List.of(
                        "from", "pair", "equals", "quotes", "escape", "spaced", "keys", "repeat", "empty", "drop",
                        "rename", "to", "flags"),
                "kv: {rename: {src: source.address}, to: acme}");
        if (map == null) {
            return null;
        }
        String repeat = in.text(map, "repeat");
        KeyValues.Repeat which = KeyValues.Repeat.LAST;
        if (repeat != null) {
            switch (repeat) {
                case "last" -> {}
                case "first" -> which = KeyValues.Repeat.FIRST;
                case "list" -> which = KeyValues.Repeat.LIST;
                default -> in.problem(map.at("repeat"), "unknown repeat '" + repeat + "'", "use last, first or list");
            }
        }
        List<String> pairs = in.strings(map.get("pair"));
        return new KeyValues(
                in.text(map, "from"),
                pairs.isEmpty() ? List.of(" ", "\t") : pairs,
                Objects.requireNonNullElse(in.text(map, "equals"), "="),
                Objects.requireNonNullElse(in.text(map, "quotes"), "\""),
                in.character(map, "escape", '\\'),
                in.flag(map, "spaced", false),
                "lower".equals(in.text(map, "keys")),
                which,
                new LinkedHashSet<>(in.strings(map.get("empty"))),
                new LinkedHashSet<>(in.strings(map.get("drop"))),
                in.targets(map.get("rename")),
                in.text(map, "to"),
                in.text(map, "flags"));
    }
}
