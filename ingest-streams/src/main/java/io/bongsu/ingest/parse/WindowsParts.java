package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import io.bongsu.rules.LogSource;
import io.bongsu.rules.LogSources;
import io.bongsu.rules.yaml.YamlScalar;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parts of one Windows event, gathered from whatever shape it came in, and what they become: the event's own data under
 * {@code winlog.event_data.*} as text, what the log source is in Sigma's words, and variables for the parsers' steps.
 */
final class WindowsParts {
    /** Bits of the keywords. */
    private static final long AUDIT_FAILURE = 0x10000000000000L;

    private static final long AUDIT_SUCCESS = 0x20000000000000L;

    private static final Map<String, String> PARAMETERS = parameters();

    private static final DateFormat DATE = new DateFormat.Auto();

    /** What stands for no value. It stays in the data. */
    private static final Set<String> NOTHING =
            Set.of("", "-", "{00000000-0000-0000-0000-000000000000}", "00000000-0000-0000-0000-000000000000", "N/A");

    static final String DATA = "winlog.event_data.";
    static final String USER_DATA = "winlog.user_data.";

    /** As Azure's portal exports it, in UTC; without the comma Splunk's, in the time of the host. */
    private static final Pattern PORTAL_DATE =
            Pattern.compile("(\\d{1,2})/(\\d{1,2})/(\\d{4})(,?) (\\d{1,2})(:\\d{2}:\\d{2}(?:\\.\\d{1,9})?) ([AP])M");

    private static final Pattern DOTNET_DATE = Pattern.compile("/Date\\((-?[0-9]{1,18})\\)/");

    /** Data that an event of the Security channel has, if it has any. */
    static final Set<String> WHO = Set.of("SubjectUserName", "SubjectUserSid", "TargetUserName", "TargetSid");

    /** As the record has them, by path; empty for other shapes. */
    final Map<String, Object> values;

    /** The data among those that are there without a value: not there for a parser, but a rule may ask whether they exist. */
    final Set<String> valueless = new LinkedHashSet<>();

    final Map<String, Object> data = new LinkedHashMap<>(64);
    final Map<String, Object> userData = new LinkedHashMap<>();
    /** ECS fields and {@code winlog.*} that the shipper has set already. */
    final Map<String, Object> known = new LinkedHashMap<>(64);

    @Nullable
    Object id;

    @Nullable
    Object channel;

    @Nullable
    Object provider;

    @Nullable
    Object computer;

    @Nullable
    Object stamp;

    @Nullable
    String snareUser;

    /** Rules know a level by its number; an audit has none. */
    private static final Map<String, String> LEVEL_NUMBERS =
            Map.of("critical", "1", "error", "2", "warning", "3", "information", "4", "verbose", "5");

    private long looksLike = -1;

    WindowsParts(Map<String, Object> values) {
        this.values = values;
    }

    /** The first of these names that is there; of several values the first. */
    @Nullable
    Object first(List<String> names) {
        for (String name : names) {
            Object value = values.get(name);
            if (value != null) {
                return value instanceof List<?> list ? list.get(0) : value;
            }
        }
        return null;
    }

    /** Of what says nothing of itself; a path tells Sysmon for Linux from the other. */
    void looks(LogSources.Shape shape) {
        boolean linux =
                text(values.getOrDefault("Image", data.get("Image"))) instanceof String image && image.startsWith("/");
        channel = linux ? "Linux-Sysmon/Operational" : shape.channel();
        looksLike = shape.id();
    }

    /** What a text says of the data; what is there already stays. */
    void said(String message) {
        WindowsMessage.data(text(provider), text(id), message).forEach(data::putIfAbsent);
    }

    /** Values without names get those of the event; false when nobody knows them. What is there already stays. */
    boolean name(List<?> values) {
        Map<String, Object> named = WindowsNames.of(text(provider), text(id), values);
        if (named != null) {
            named.forEach(data::putIfAbsent);
        }
        return named != null;
    }

    /** Fills the body; {@link WindowsFields} and the parser's steps do the rest. */
    void put(Body body) {
        positional();
        Map<String, Object> fields = body.fields;
        String code = text(id) == null ? "" : String.valueOf(text(id)).strip();
        Map<String, Object> clean = new LinkedHashMap<>(data.size() * 2);
        data.forEach((key, value) -> {
            String name = Names.data(key).clean();
            if (!name.isEmpty()) {
                clean.put(name, texts(value));
            }
        });
        if (data.isEmpty() && known.get("message") instanceof String said) {
            clean.putAll(WindowsMessage.data(
                    text(provider), code, said)); // all that is left of the data is what was said of it
        }
        if (known.get("message") instanceof String said && clean.containsKey("ProcessGuid")) {
            shared("ProcessId", said, clean);
            if (clean.containsKey("TargetObject") || clean.containsKey("PipeName")) {
                shared("EventType", said, clean);
            }
        }
        String name = text(channel);
        String from = text(provider);
        if (name == null || name.isBlank() || Character.isDigit(name.charAt(0)) && number(name) != null) { // of a trace
            String own = LogSources.builtIn().channel(from);
            name = own == null ? name : own;
        }
        long number = code.isEmpty() ? looksLike : id(code);
        if (from == null) {
            from = LogSources.builtIn().provider(name, number);
        }
        Set<LogSource> sources = LogSources.builtIn().windows(name, from, number, clean::get);
        WindowsFields.complete(number, sources, clean);
        boolean linux = false;
        String service = "";
        for (LogSource source : sources) {
            linux |= "linux".equals(source.product());
            service = source.service() == null ? service : source.service();
            body.put("_category_" + source.category(), true);
        }
        body.serves(sources);
        String outcome = outcome();
        keywords(outcome);
        fields.put("event.kind", "event");
        fields.put("host.os.type", linux ? "linux" : "windows");
        fields.putAll(known);
        put(fields, "event.code", code.isEmpty() ? null : code);
        put(fields, "winlog.event_id", code.isEmpty() ? null : code);
        put(fields, "winlog.channel", name);
        put(fields, "winlog.provider_name", from);
        put(fields, "event.provider", from);
        put(fields, "winlog.computer_name", text(computer));
        if (computer != null) {
            put(fields, "host.name", text(computer));
            put(fields, "host.hostname", text(computer));
        }
        clean.forEach((key, value) -> {
            Names.Data names = Names.data(key);
            fields.put(names.field(), value);
            if (value instanceof String text && text.contains("%%")) {
                described(key, text, fields);
            }
            variable(body, names.variable(), value);
        });
        for (String key : valueless) {
            fields.putIfAbsent(Names.data(key).field(), List.of());
        }
        userData.forEach((key, value) -> {
            String clear = Names.clean(key);
            fields.put(USER_DATA + clear, texts(value));
            variable(body, Names.variable(clear), texts(value));
        });
        if (snareUser != null) {
            body.put("_User", snareUser);
        }
        put(fields, "event.outcome", outcome);
        String level = level();
        put(fields, "log.level", level);
        if (level != null && known.get("winlog.level") instanceof String word && !Character.isDigit(word.charAt(0))) {
            fields.put("winlog.level", outcome != null ? "0" : LEVEL_NUMBERS.get(level));
        }
        body.put("_service", linux ? "sysmon-linux" : service);
        body.put("_provider", from == null ? "" : from);
        long time = time(stamp, body.reference, body.zone);
        body.time = time == Micros.UNKNOWN ? body.time : time;
    }

    /** {@code %%4417 %%4418} in words, beside it. */
    private static void described(String key, String text, Map<String, Object> fields) {
        List<String> words = new ArrayList<>();
        for (int p = text.indexOf("%%"); p >= 0; p = text.indexOf("%%", p + 2)) {
            int end = p + 2;
            while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
                end++;
            }
            String word = PARAMETERS.get(text.substring(p + 2, end));
            if (word != null) {
                words.add(word);
            }
        }
        if (!words.isEmpty()) {
            fields.put(DATA + key + "Description", words.size() == 1 ? words.get(0) : words);
        }
    }

    private static void variable(Body body, String variable, Object value) {
        if (!(value instanceof String text && saysNothing(text))) {
            body.put(variable, value);
        }
    }

    /** Values are long, and what says nothing is short or begins with a nought: they need not be hashed. */
    private static boolean saysNothing(String text) {
        char first = text.length() < 4 ? 0 : text.charAt(text.charAt(0) == '{' ? 1 : 0);
        return (text.length() < 4 || first <= '0') && NOTHING.contains(text.strip());
    }

    /** Winlogbeat writes words, NXLog a number with or without a sign, XML the bits in hexadecimal. */
    private @Nullable String outcome() {
        Object words = known.get("winlog.keywords");
        if (words == null) {
            words = values.get("EventType") == null ? "" : values.get("EventType");
        }
        String text = words.toString().toLowerCase(Locale.ROOT).replace('_', ' ');
        if (text.contains("audit success") || text.contains("success audit")) {
            return "success";
        }
        if (text.contains("audit failure") || text.contains("failure audit")) {
            return "failure";
        }
        Long bits = text.startsWith("0x") ? As.hex(text) : signed(text);
        if (bits == null) {
            return null;
        }
        return (bits & AUDIT_FAILURE) != 0 ? "failure" : (bits & AUDIT_SUCCESS) != 0 ? "success" : null;
    }

    /** Rules know the bits, people the words: an audit has both, whichever the shipper wrote. */
    private void keywords(@Nullable String outcome) {
        Object written = known.get("winlog.keywords");
        String text = written == null ? "" : written.toString();
        Long bits = text.startsWith("0x") ? As.hex(text) : signed(text);
        if (outcome != null && (bits == null || (bits & (AUDIT_SUCCESS | AUDIT_FAILURE)) != 0)) {
            boolean success = outcome.equals("success");
            String hex = bits != null
                    ? String.format(Locale.ROOT, "0x%x", bits)
                    : success ? "0x8020000000000000" : "0x8010000000000000";
            known.put("winlog.keywords", List.of(success ? "Audit Success" : "Audit Failure", hex));
        } else if (bits != null) {
            known.put("winlog.keywords", String.format(Locale.ROOT, "0x%x", bits));
        }
    }

    private static @Nullable Long signed(String text) {
        if (text.isEmpty() || text.charAt(0) > '9') {
            return null;
        }
        try {
            return text.charAt(0) == '-' ? Long.parseLong(text) : Long.parseUnsignedLong(text); // agents do both
        } catch (NumberFormatException words) {
            return null;
        }
    }

    private @Nullable String level() {
        Object level = known.get("winlog.level");
        if (level == null) {
            level = values.get("SeverityValue") == null ? null : values.get("Severity");
        }
        return level == null
                ? null
                : switch (level.toString().toLowerCase(Locale.ROOT)) {
                    case "0", "4", "info", "information" -> "information";
                    case "1", "critical" -> "critical";
                    case "2", "error" -> "error";
                    case "3", "warning" -> "warning";
                    case "5", "verbose", "debug" -> "verbose";
                    default -> null;
                };
    }

    void put(String name, @Nullable Object value) {
        if (!"".equals(value)) {
            put(known, name, value);
        }
    }

    private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    /** Data without names: a list in some forms, {@code param1} and so on in others; rules and searches find both. */
    private void positional() {
        if (data.get("Data") instanceof List<?> all) {
            for (int i = 0; i < all.size(); i++) {
                data.putIfAbsent("param" + (i + 1), all.get(i));
            }
            name(all);
        } else if (data.containsKey("param1")) {
            List<Object> all = new ArrayList<>();
            for (Object next = data.get("param1"); next != null; next = data.get("param" + (all.size() + 1))) {
                all.add(next);
            }
            if (all.size() == data.size()) {
                data.put("Data", all);
                name(all);
            }
        }
    }

    /** NXLog has a ProcessID and an EventType of its own, which take the place of Sysmon's; those stand in the text. */
    private static void shared(String name, String message, Map<String, Object> data) {
        int from = data.containsKey(name) ? -1 : message.indexOf("\n" + name + ": ");
        if (from >= 0) {
            from += name.length() + 3;
            int to = from;
            while (to < message.length() && Character.isLetterOrDigit(message.charAt(to))) {
                to++;
            }
            if (to > from) {
                data.put(name, message.substring(from, to));
            }
        }
    }

    private static Map<String, String> parameters() {
        Map<String, String> words = new HashMap<>();
        WindowsNames.document("windows-parameters.yml")
                .entries()
                .forEach((id, word) -> words.put(id, ((YamlScalar) word).text()));
        return words;
    }

    private static long id(String code) {
        try {
            return Long.parseLong(code);
        } catch (NumberFormatException none) {
            return -1;
        }
    }

    private static long time(@Nullable Object value, long reference, ZoneId zone) {
        if (value instanceof String text) {
            Matcher dotNet = text.startsWith("/") ? DOTNET_DATE.matcher(text) : null;
            if (dotNet != null && dotNet.matches()) {
                return time(Long.valueOf(dotNet.group(1)), reference, zone);
            }
            Matcher portal = text.endsWith("M") ? PORTAL_DATE.matcher(text) : null;
            if (portal != null && portal.matches()) {
                int hour = Integer.parseInt(portal.group(5)) % 12
                        + (portal.group(7).equals("P") ? 12 : 0);
                int month = Integer.parseInt(portal.group(1));
                int day = Integer.parseInt(portal.group(2));
                String date = String.format(Locale.ROOT, "%s-%02d-%02dT%02d", portal.group(3), month, day, hour);
                return time(date + portal.group(6) + (portal.group(4).isEmpty() ? "" : "Z"), reference, zone);
            }
        }
        return value == null ? Micros.UNKNOWN : DATE.read(value, reference, zone);
    }

    /** Text or a list of texts, whatever the value was: one field has one type in the index. */
    static Object texts(Object value) {
        if (value instanceof List<?> list) {
            List<String> texts = new ArrayList<>(list.size());
            list.forEach(item -> texts.add(item instanceof List<?> ? ended(item.toString()) : (String) texts(item)));
            return texts;
        }
        if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15) {
            return Long.toString(number.longValue()); // 22.0 is 22
        }
        return ended(value.toString());
    }

    /** Without the NUL that ends a string in memory. */
    private static String ended(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '\0') {
            end--;
        }
        return end == text.length() ? text : text.substring(0, end);
    }

    static @Nullable String text(@Nullable Object value) {
        return value == null
                ? null
                : value instanceof List<?> list ? list.get(0).toString() : value.toString();
    }

    /** Decimal, or hexadecimal as in the Security log. */
    static @Nullable Long number(@Nullable Object value) {
        String text = text(value);
        if (text == null || text.length() > 18) {
            return null;
        }
        try {
            String lower = text.toLowerCase(Locale.ROOT);
            return lower.startsWith("0x") ? Long.valueOf(lower.substring(2), 16) : Long.valueOf(lower);
        } catch (NumberFormatException notOne) {
            return null;
        }
    }
}
