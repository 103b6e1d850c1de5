package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pattern such as {@code "Failed {method} for {user.name:last} from {source.address:addr} port {source.port:port}"},
 * compiled to a chain of nodes that matches a whole text without regular expressions. Optional groups stand in
 * {@code [ ]}, enumerations are {@code {name=A|B}}, {@code {_:type}} is thrown away, a backslash makes the next
 * character literal. Matching tries groups present first, then absent, and gives up after a fixed number of steps, so
 * hostile text costs no more than a fixed multiple of its length.
 */
final class Template implements Matching {
    /** Nodes visited per match before it counts as "no match": a number, not a time, so that the result is the same everywhere. */
    private static final int MAX_STEPS = 20_000;

    /** What a field takes. The comment of each says how the documentation explains it. */
    enum Type {
        /** no blank, up to the next literal */
        WORD(As.TEXT),
        /** digits, with a sign; a number */
        INT(As.INT),
        /** digits, with a sign and a decimal point; a number */
        FLOAT(As.FLOAT),
        /** 0 to 65535; a number */
        PORT(As.PORT),
        /** digits in base 16, with or without 0x; a number */
        HEX(As.HEX),
        /** H:MM:SS, as nanoseconds */
        HMS(As.HMS),
        /** a number of seconds, as nanoseconds */
        SECONDS(As.SECONDS),
        /** a number of milliseconds, as nanoseconds */
        MILLIS(As.MILLIS),
        /** an IP address or host name */
        ADDR(As.TEXT),
        /** an IP address */
        IPADDR(As.TEXT),
        /** a host name: as addr */
        HOST(As.TEXT),
        /** address:port, address/port, address#port, [v6]:port; the fields name.address and name.port */
        HOSTPORT(As.TEXT),
        /** a hardware address */
        MAC(As.MAC),
        /** as word, in lower case */
        LOWER(As.LOWER),
        /** as word, in upper case */
        UPPER(As.UPPER),
        /** a time stamp in any of the usual forms; for @timestamp or a variable */
        TIME(As.TEXT),
        /** anything, up to a quote without a backslash before it; escapes are taken away */
        QUOTED(As.TEXT),
        /** anything, up to the next literal; until(,;) up to the next of these characters */
        UNTIL(As.TEXT),
        /** anything, up to the last place from where the rest fits */
        LAST(As.TEXT),
        /** everything to the end */
        REST(As.TEXT),
        /** blanks, perhaps none */
        SP(As.TEXT);

        final As as;

        Type(As as) {
            this.as = as;
        }

        boolean greedy() {
            return this == UNTIL || this == LAST || this == REST;
        }
    }

    private sealed interface Node permits Literal, Field, Choice, Group, End {}

    private record Literal(String text, Node next) implements Node {}

    /**
     * @param slot -1: thrown away; that of the port is the next one
     * @param dash whether a lone hyphen means that there is no value
     * @param chars that end it, or an empty text
     * @param stop the literal that must follow, or null
     */
    private record Field(
            int slot,
            Type type,
            boolean dash,
            String chars,
            @Nullable String stop,
            Node next) implements Node {}

    private record Choice(int slot, String[] values, Node next) implements Node {}

    /** An optional part; its inside ends in next as well. */
    private record Group(Node inside, Node next) implements Node {}

    private record End() implements Node {}

    /** Something wrong with a template: {@code at} is the index into its text. */
    static final class Invalid extends Exception {
        private static final long serialVersionUID = 1;
        final int at;
        final String fix;

        Invalid(int at, String message, String fix) {
            super(message);
            this.at = at;
            this.fix = fix;
        }
    }

    private final Node first;
    /** One of these begins the text; empty when that cannot be said. Tells most lines apart before anything is set up. */
    private final String[] heads;

    private final String[] names;
    private final Type[] types;
    private final As[] as;

    private Template(Node first, String[] names, Type[] types, As[] as) {
        this.first = first;
        this.heads = switch (first) {
            case Literal literal -> new String[] {literal.text};
            case Choice choice -> choice.values;
            case Field field -> new String[0];
            case Group group -> new String[0];
            case End end -> new String[0];
        };
        this.names = names;
        this.types = types;
        this.as = as;
    }

    @Override
    public List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            targets.add(new Target(names[i], as[i]));
        }
        return targets;
    }

    /** Matches all of the text; then, and only then, puts the fields that are not empty. */
    @Override
    public boolean match(String s, Body out) {
        if (!begins(s, 0)) {
            return false;
        }
        Run run = new Run(s, names.length, out);
        if (!run.match(first, 0)) {
            return false;
        }
        for (int i = 0; i < names.length; i++) {
            Object value = run.value(i, types[i], as[i]);
            if (value != null) {
                out.put(names[i], value);
            }
        }
        return true;
    }

    /** Whether the text fits, for detection. */
    boolean fits(String s, Body context) {
        return begins(s, 0) && new Run(s, names.length, context).match(first, 0);
    }

    /**
     * One of these texts is in every line that fits, the longest that there are; none when that cannot be said. What stands in
     * optional groups does not count.
     */
    List<String> demands() {
        List<String> best = List.of();
        for (Node node = first; !(node instanceof End); node = next(node)) {
            List<String> here =
                    switch (node) {
                        case Literal literal -> List.of(literal.text);
                        case Choice choice -> List.of(choice.values);
                        case Field field -> List.<String>of();
                        case Group group -> List.<String>of();
                        case End end -> List.<String>of();
                    };
            best = shortest(here) > shortest(best) ? here : best;
        }
        return best;
    }

    /** How many characters other than blanks are said in every line that fits; an address counts as four. */
    int sureness() {
        int sure = 0;
        for (Node node = first; !(node instanceof End); node = next(node)) {
            sure += switch (node) {
                case Literal literal -> said(literal.text);
                case Choice choice ->
                    Arrays.stream(choice.values).mapToInt(Template::said).min().orElse(0);
                case Field field ->
                    switch (field.type) {
                        case ADDR, IPADDR, HOSTPORT, MAC -> 4;
                        default -> 0;
                    };
                case Group group -> 0;
                case End end -> 0;
            };
        }
        return sure;
    }

    private static int said(String text) {
        return (int) text.chars().filter(c -> c != ' ').count();
    }

    private static int shortest(List<String> texts) {
        return texts.stream().mapToInt(String::length).min().orElse(0);
    }

    private static Node next(Node node) {
        return switch (node) {
            case Literal literal -> literal.next;
            case Field field -> field.next;
            case Choice choice -> choice.next;
            case Group group -> group.next;
            case End end -> end;
        };
    }

    private boolean begins(String s, int from) {
        for (String head : heads) {
            if (s.startsWith(head, from)) {
                return true;
            }
        }
        return heads.length == 0;
    }

    private static final class Run {
        private final String s;
        private final int to;
        private final int[] from;
        private final int[] end;
        private final @Nullable String[] chosen;
        private final Body body;
        private int steps = MAX_STEPS;

        Run(String s, int slots, Body body) {
            this.s = s;
            this.to = s.length();
            this.body = body;
            this.from = new int[slots];
            this.end = new int[slots];
            this.chosen = new String[slots];
        }

        @Nullable
        Object value(int slot, Type type, As as) {
            if (chosen[slot] != null) {
                return chosen[slot];
            }
            if (end[slot] <= from[slot]) {
                return null;
            }
            if (type == Type.TIME) {
                Stamp stamp = stamp(from[slot]);
                return stamp == null || stamp.micros == Micros.UNKNOWN ? null : (Object) stamp.micros;
            }
            String text = s.substring(from[slot], end[slot]);
            if (type == Type.QUOTED) {
                text = unquoted(text);
            }
            return as == As.TEXT ? text : as.of(text);
        }

        private @Nullable Stamp stamp(int p) {
            Stamp stamp = new Stamp(s, to, body.reference, body.zone);
            return stamp.read(p) || stamp.epoch(p) ? stamp : null;
        }

        private static String unquoted(String text) {
            int at = text.indexOf('\\');
            if (at < 0) {
                return text;
            }
            StringBuilder out = new StringBuilder(text.length());
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '\\' && i + 1 < text.length() && (text.charAt(i + 1) == '"' || text.charAt(i + 1) == '\\')) {
                    c = text.charAt(++i);
                }
                out.append(c);
            }
            return out.toString();
        }

        boolean match(Node start, int at) {
            Node node = start;
            int p = at;
            while (true) {
                if (--steps < 0) {
                    return false;
                }
                switch (node) {
                    case End end -> {
                        return p == to;
                    }
                    case Literal literal -> {
                        if (!s.startsWith(literal.text, p) || p + literal.text.length() > to) {
                            return false;
                        }
                        p += literal.text.length();
                        node = literal.next;
                    }
                    case Group group -> {
                        if (match(group.inside, p)) {
                            return true;
                        }
                        node = group.next;
                    }
                    case Choice choice -> {
                        return choose(choice, p);
                    }
                    case Field field -> {
                        if (field.dash && p < to && s.charAt(p) == '-' && match(field.next, p + 1)) {
                            return true;
                        }
                        if (field.type == Type.HOSTPORT) {
                            return hostPort(field, p);
                        }
                        if (field.type == Type.LAST) {
                            return last(field, p);
                        }
                        if (field.type == Type.UNTIL) {
                            return until(field, p);
                        }
                        int q = scan(field, p);
                        if (q < 0) {
                            return false;
                        }
                        if (field.slot >= 0) {
                            return match(field.next, q) && keep(field.slot, p, q);
                        }
                        p = q;
                        node = field.next;
                    }
                }
            }
        }

        /** Called once everything behind has matched, so nothing is ever taken back. */
        private boolean keep(int slot, int start, int stop) {
            if (slot >= 0) {
                from[slot] = start;
                end[slot] = stop;
            }
            return true;
        }

        private boolean choose(Choice choice, int p) {
            for (String value : choice.values) {
                if (s.startsWith(value, p) && p + value.length() <= to && match(choice.next, p + value.length())) {
                    if (choice.slot >= 0) {
                        chosen[choice.slot] = value;
                    }
                    return true;
                }
            }
            return false;
        }

        private boolean last(Field field, int p) {
            if (field.stop == null) {
                return false;
            }
            for (int q = s.lastIndexOf(field.stop, to - field.stop.length());
                    q >= p;
                    q = s.lastIndexOf(field.stop, q - 1)) {
                if (match(field.next, q)) {
                    return keep(field.slot, p, q);
                }
                if (q == 0 || steps < 0) {
                    return false;
                }
            }
            return false;
        }

        private boolean until(Field field, int p) {
            int q = p;
            if (!field.chars.isEmpty()) {
                while (q < to && field.chars.indexOf(s.charAt(q)) < 0) {
                    q++;
                }
            } else {
                q = field.stop == null ? to : s.indexOf(field.stop, p);
            }
            return q >= 0 && q <= to && match(field.next, q) && keep(field.slot, p, q);
        }

        /** Where the field ends, or -1 when it does not fit. */
        private int scan(Field field, int p) {
            return switch (field.type) {
                case WORD, LOWER, UPPER -> word(field.stop, p);
                case INT -> integer(p);
                case FLOAT, SECONDS, MILLIS -> decimal(p);
                case HEX -> hex(p);
                case HMS -> clock(p);
                case MAC -> mac(p);
                case TIME -> {
                    Stamp stamp = stamp(p);
                    yield stamp == null ? -1 : stamp.end;
                }
                case QUOTED -> {
                    int q = p;
                    while (q < to && s.charAt(q) != '"') {
                        q += s.charAt(q) == '\\' ? 2 : 1;
                    }
                    yield q < to ? q : -1;
                }
                case PORT -> port(p);
                case ADDR, HOST -> address(p);
                case IPADDR -> {
                    int q = address(p);
                    yield q > 0 && Ip.normal(s.substring(p, q)) != null ? q : -1;
                }
                case REST -> to;
                case SP -> {
                    int q = p;
                    while (q < to && s.charAt(q) == ' ') {
                        q++;
                    }
                    yield q;
                }
                case UNTIL, LAST, HOSTPORT -> throw new IllegalStateException("handled by match");
            };
        }

        private int word(@Nullable String stop, int p) {
            char end = stop == null ? ' ' : stop.charAt(0);
            int q = p;
            while (q < to && s.charAt(q) > ' ' && !(s.charAt(q) == end && s.startsWith(stop == null ? " " : stop, q))) {
                q++;
            }
            return q == p ? -1 : q;
        }

        private int integer(int p) {
            int q = p < to && s.charAt(p) == '-' ? p + 1 : p;
            int digits = q;
            while (q < to && s.charAt(q) >= '0' && s.charAt(q) <= '9') {
                q++;
            }
            return q == digits || q - digits > 18 ? -1 : q;
        }

        private int decimal(int p) {
            int q = p < to && (s.charAt(p) == '-' || s.charAt(p) == '+') ? p + 1 : p;
            int digits = q;
            boolean point = false;
            while (q < to
                    && (s.charAt(q) >= '0' && s.charAt(q) <= '9' || s.charAt(q) == '.' && !point && isDigit(q + 1))) {
                point |= s.charAt(q++) == '.';
            }
            return q == digits || q - digits > 30 ? -1 : q;
        }

        private boolean isDigit(int q) {
            return q < to && s.charAt(q) >= '0' && s.charAt(q) <= '9';
        }

        private int hex(int p) {
            int q = s.startsWith("0x", p) ? p + 2 : p;
            int digits = q;
            while (q < to && As.digit(s.charAt(q)) >= 0) {
                q++;
            }
            return q == digits || q - digits > 16 ? -1 : q;
        }

        /** Digits with colons, and a fraction at the end. */
        private int clock(int p) {
            int q = p;
            boolean colon = false;
            while (isDigit(q) || q > p && q < to && (s.charAt(q) == ':' || s.charAt(q) == '.') && isDigit(q + 1)) {
                colon |= s.charAt(q++) == ':';
            }
            return colon ? q : -1;
        }

        private int mac(int p) {
            int q = p;
            int digits = 0;
            while (q < to
                    && (As.digit(s.charAt(q)) >= 0 || ":-.".indexOf(s.charAt(q)) >= 0 && As.digit(at(q + 1)) >= 0)) {
                digits += As.digit(s.charAt(q++)) >= 0 ? 1 : 0;
            }
            return digits == 12 || digits == 16 ? q : -1;
        }

        private char at(int q) {
            return q < to ? s.charAt(q) : '\0';
        }

        /** The port is behind the last separator; an IPv6 address without brackets has colons of its own. */
        private boolean hostPort(Field field, int p) {
            boolean bracket = at(p) == '[';
            int close = bracket ? s.indexOf(']', p) : -1;
            int hostFrom = bracket ? p + 1 : p;
            int q = bracket ? close : address(p);
            if (q <= hostFrom || q > to) {
                return false;
            }
            int hostEnd = q;
            int portFrom = -1;
            int after = bracket ? q + 1 : q;
            if (at(after) == '/' || at(after) == '#' || at(after) == ':') {
                portFrom = after + 1;
            } else if (!bracket) {
                int colon = s.lastIndexOf(':', q - 1);
                if (colon > p && !Ip.isValid(s, p, q)) {
                    hostEnd = colon;
                    portFrom = colon + 1;
                }
            }
            int portEnd = portFrom < 0 ? -1 : port(portFrom);
            if (portEnd > 0 && match(field.next, portEnd)) {
                return keep(field.slot, hostFrom, hostEnd)
                        && keep(field.slot < 0 ? -1 : field.slot + 1, portFrom, portEnd);
            }
            return match(field.next, after) && keep(field.slot, hostFrom, q);
        }

        private int port(int p) {
            int value = 0;
            int q = p;
            while (q < to && s.charAt(q) >= '0' && s.charAt(q) <= '9' && q - p < 6) {
                value = value * 10 + s.charAt(q++) - '0';
            }
            return q == p || value > 65_535 ? -1 : q;
        }

        /** Letters, digits and {@code . : - _ %}; a colon or full stop at the end belongs to the sentence. */
        private int address(int p) {
            int q = p;
            while (q < to && isAddress(s.charAt(q))) {
                q++;
            }
            while (q > p && (s.charAt(q - 1) == '.' || s.charAt(q - 1) == ':' && !isOpenEnd(p, q))) {
                q--;
            }
            int colon = s.indexOf(':', p);
            return q == p ? -1 : colon > 0 && colon < q && Ip.isV4(s, p, colon) ? colon : q; // 203.0.113.7:443
        }

        /** {@code fe80::} ends with colons that are its own. */
        private boolean isOpenEnd(int p, int q) {
            return q - p >= 3 && s.charAt(q - 2) == ':' && Ip.isValid(s, p, q);
        }

        private static boolean isAddress(char c) {
            return c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '.'
                    || c == ':'
                    || c == '-'
                    || c == '_'
                    || c == '%'
                    || c > 0x7F;
        }
    }

    // ---- reading a template

    static Template compile(String text) throws Invalid {
        return new Reader(text).read();
    }

    private sealed interface Item permits Text, Take, Pick, Maybe {
        int at();
    }

    private record Text(int at, String text) implements Item {}

    private record Take(int at, String name, Type type, boolean dash, String chars) implements Item {}

    private record Pick(int at, String name, List<String> values) implements Item {}

    private record Maybe(int at, List<Item> items) implements Item {}

    private static final class Reader {
        private final String s;
        private int p;
        private final Map<String, Integer> slots = new HashMap<>();
        private final List<String> names = new ArrayList<>();
        private final List<Type> types = new ArrayList<>();
        private final List<As> as = new ArrayList<>();

        Reader(String s) {
            this.s = s;
        }

        Template read() throws Invalid {
            List<Item> items = items(false);
            Node first = link(items, new End(), null);
            return new Template(first, names.toArray(String[]::new), types.toArray(Type[]::new), as.toArray(As[]::new));
        }

        private List<Item> items(boolean inGroup) throws Invalid {
            int opened = p - 1;
            List<Item> items = new ArrayList<>();
            StringBuilder literal = new StringBuilder();
            int literalAt = p;
            while (p < s.length()) {
                char c = s.charAt(p);
                if (c == '{' || c == '[' || c == ']') {
                    if (!literal.isEmpty()) {
                        items.add(new Text(literalAt, literal.toString()));
                        literal.setLength(0);
                    }
                    if (c == ']') {
                        if (!inGroup) {
                            throw new Invalid(p, "']' without '['", "write \\] for a bracket in the text");
                        }
                        p++;
                        if (items.isEmpty()) {
                            throw new Invalid(opened, "empty optional group", "write \\[\\] for brackets in the text");
                        }
                        return items;
                    }
                    items.add(c == '{' ? field() : group());
                    literalAt = p;
                } else {
                    if (c == '\\') {
                        if (p + 1 == s.length()) {
                            throw new Invalid(p, "backslash at the end", "write \\\\ for a backslash");
                        }
                        c = s.charAt(++p);
                    }
                    literal.append(c);
                    p++;
                }
            }
            if (inGroup) {
                throw new Invalid(opened, "'[' without ']'", "write \\[ for a bracket in the text");
            }
            if (!literal.isEmpty()) {
                items.add(new Text(literalAt, literal.toString()));
            }
            return items;
        }

        private Item group() throws Invalid {
            int at = p++;
            return new Maybe(at, items(true));
        }

        private Item field() throws Invalid {
            int at = p;
            int close = s.indexOf('}', p);
            if (close < 0) {
                throw new Invalid(at, "'{' without '}'", "write \\{ for a brace in the text");
            }
            String inside = s.substring(p + 1, close);
            p = close + 1;
            int equals = inside.indexOf('=');
            int colon = inside.indexOf(':');
            if (equals > 0) {
                List<String> values = List.of(inside.substring(equals + 1).split("\\|", -1));
                if (values.contains("")) {
                    throw new Invalid(at, "empty value in '" + inside + "'", "use an optional group [ ] instead");
                }
                return new Pick(at, name(at, inside.substring(0, equals)), values);
            }
            if (colon < 0) {
                return new Take(at, name(at, inside), Type.WORD, false, "");
            }
            String name = name(at, inside.substring(0, colon));
            String type = inside.substring(colon + 1);
            boolean dash = type.endsWith("?");
            if (dash) {
                type = type.substring(0, type.length() - 1);
            }
            if (type.startsWith("until(") && type.endsWith(")") && type.length() > 7) {
                return new Take(at, name, Type.UNTIL, dash, type.substring(6, type.length() - 1));
            }
            List<String> all = new ArrayList<>();
            for (Type known : Type.values()) {
                all.add(known.name().toLowerCase(java.util.Locale.ROOT));
                if (all.getLast().equals(type)) {
                    return new Take(at, name, known, dash, "");
                }
            }
            throw new Invalid(at, "unknown type '" + type + "'", "use one of " + String.join(", ", all));
        }

        private static String name(int at, String name) throws Invalid {
            if (!Names.isField(name) && !name.equals("_")) {
                throw new Invalid(
                        at, "'" + name + "' is not a field name", "use a dotted name such as source.ip, or _");
            }
            return name;
        }

        /** Builds the chain from its end; {@code stop} is the literal text that follows the items, if it is certain. */
        private Node link(List<Item> items, Node tail, @Nullable Item following) throws Invalid {
            Node next = tail;
            for (int i = items.size() - 1; i >= 0; i--) {
                Item item = items.get(i);
                Item after = i + 1 < items.size() ? items.get(i + 1) : following;
                next = switch (item) {
                    case Text text -> new Literal(text.text, next);
                    case Pick pick -> new Choice(slot(pick.name, Type.WORD), pick.values.toArray(String[]::new), next);
                    case Maybe maybe -> new Group(link(maybe.items, next, after), next);
                    case Take take -> {
                        check(take, after);
                        String stop = after instanceof Text text ? text.text : null;
                        yield new Field(slot(take.name, take.type), take.type, take.dash, take.chars, stop, next);
                    }
                };
            }
            return next;
        }

        private void check(Take take, @Nullable Item after) throws Invalid {
            if (take.type == Type.REST && after != null) {
                throw new Invalid(
                        take.at, "nothing can follow '" + take.name + ":rest'", "move it to the end or use until");
            }
            if ((take.type == Type.UNTIL && take.chars.isEmpty() || take.type == Type.LAST)
                    && !(after instanceof Text)) {
                String what =
                        switch (after) {
                            case null -> "the end";
                            case Maybe maybe -> "an optional group, which it would swallow";
                            case Take other -> "another field";
                            case Pick other -> "an enumeration";
                            case Text text -> throw new IllegalStateException();
                        };
                throw new Invalid(
                        take.at,
                        "greedy field '" + take.name + "' is followed by " + what,
                        after == null ? "use rest" : "write a list of alternatives, the most specific first");
            }
        }

        private int slot(String name, Type type) {
            if (name.equals("_")) {
                return -1;
            }
            Integer known = slots.get(name);
            if (known != null && types.get(known) == type) {
                return known;
            }
            int slot = names.size();
            slots.put(name, slot);
            if (type == Type.HOSTPORT) {
                add(name + ".address", type, As.TEXT);
                add(name + ".port", Type.PORT, As.PORT);
            } else {
                add(name, type, type == Type.IPADDR && Ecs.type(name).equals("ip") ? As.IP : type.as);
            }
            return slot;
        }

        private void add(String name, Type type, As how) {
            names.add(name);
            types.add(type);
            as.add(how);
        }
    }
}
