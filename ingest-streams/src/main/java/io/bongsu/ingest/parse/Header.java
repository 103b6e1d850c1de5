package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The syslog header of a frame, as far as there is one: RFC 5424, or RFC 3164 as senders really write it. Never fails;
 * what is not understood belongs to the body. Nothing in a 3164 body is taken for structured data.
 *
 * @param priority 0–191, or -1
 * @param time of the stamp in microseconds, or {@link Micros#UNKNOWN}
 * @param program the tag without path, module and pid ("sshd"); {@code appname} is the tag as sent without the pid
 * @param body where the message begins
 */
record Header(
        int priority,
        @Nullable String version,
        boolean stamped,
        long time,
        @Nullable String hostname,
        @Nullable String appname,
        @Nullable String program,
        @Nullable String procid,
        @Nullable String msgid,
        Map<String, Object> structuredData,
        int body) {

    private static final String KIWI = "Original Address=";
    private static final char BOM = '\uFEFF';
    private static final int MAX_NAME = 255;
    private static final int MAX_PROCID = 128;
    private static final int MAX_WORDS = 5;
    /** Characters before a stamp that is not at the beginning. */
    private static final int MAX_AHEAD = 64;

    /** What applications write behind their time, in the place of a host. */
    private static final Set<String> LEVELS = Set.of(
            "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "SEVERE", "CRITICAL", "FATAL", "ALERT");

    private static final Set<String> FACILITIES = Set.of(
            "kern",
            "user",
            "mail",
            "daemon",
            "auth",
            "syslog",
            "lpr",
            "news",
            "uucp",
            "cron",
            "authpriv",
            "ftp",
            "security",
            "console",
            "ntp",
            "local0",
            "local1",
            "local2",
            "local3",
            "local4",
            "local5",
            "local6",
            "local7");

    private static final Set<String> SEVERITIES =
            Set.of("emerg", "panic", "alert", "crit", "err", "error", "warn", "warning", "notice", "info", "debug");

    /** Whether anything says that this is syslog at all. */
    boolean found() {
        return priority >= 0 || stamped || appname != null;
    }

    /**
     * @param reference for stamps without a year
     * @param programs tags that are believed even without a colon behind them
     */
    static Header read(String text, long reference, ZoneId zone, Set<String> programs) {
        Header header = new Reader(text, reference, zone, programs).read();
        if (header.program != null || !header.stamped && header.priority < 0) {
            return header;
        }
        // A relay has put its own header in front of the sender's.
        Reader reader = new Reader(text, reference, zone, programs);
        reader.p = header.body;
        if (text.startsWith(KIWI, header.body)) {
            reader.p = reader.wordEnd(header.body + KIWI.length());
        }
        char first = reader.at(reader.p);
        if (reader.p >= text.length()
                || first != '<' && first != ' ' && !Reader.isDigit(first) && !Reader.isLetter(first)) {
            return header.ahead(text, programs);
        }
        Header inner = reader.read();
        boolean sure = inner.priority >= 0
                || inner.program != null && (inner.procid != null || programs.contains(inner.program));
        return inner.stamped && sure ? inner.behind(header) : header.ahead(text, programs);
    }

    /** Relays and routers put words between the host and the tag: {@code 10.0.0.1 3 6 dnsmasq[343]: }. */
    private Header ahead(String text, Set<String> programs) {
        int p = body;
        for (int word = 0; stamped && program == null && word < MAX_WORDS; word++) {
            int end = text.indexOf(' ', p);
            int open = text.indexOf('[', p);
            if (end < 0) {
                return this;
            }
            if (open > p && open < end - 2 && text.charAt(end - 1) == ':' && text.charAt(end - 2) == ']') {
                String tag = text.substring(p, open);
                String pid = text.substring(open + 1, end - 2);
                return programs.contains(program(tag)) && pid.chars().allMatch(c -> c >= '0' && c <= '9')
                        ? new Header(
                                priority,
                                version,
                                true,
                                time,
                                hostname,
                                tag,
                                program(tag),
                                pid,
                                msgid,
                                structuredData,
                                end + 1)
                        : this;
            }
            p = end + 1;
        }
        return this;
    }

    /**
     * Of a line that nobody knows: when it was written, as its first words say in whatever form, and which program wrote it
     * if that is beyond doubt. What stands before the time stays in the message. Null when there is no time.
     *
     * @param search whether something may stand before the time
     */
    static @Nullable Header own(String text, long reference, ZoneId zone, Set<String> programs, boolean search) {
        char first = text.isEmpty() ? ' ' : text.charAt(0);
        if (!search && first != '[' && first != '@' && !Reader.isDigit(first)) {
            return null;
        }
        Reader reader = new Reader(text, reference, zone, programs);
        int bound = Math.min(text.length(), search ? MAX_AHEAD : first == '[' ? 2 : 1);
        for (int p = 0; p < bound; p++) {
            char c = text.charAt(p);
            char before = p == 0 ? ' ' : text.charAt(p - 1);
            if (Reader.isDigit(before) || Reader.isLetter(before) || before == '.' || before == '-' || before == '/') {
                continue;
            }
            if ((Reader.isDigit(c) || Reader.isLetter(c) || c == '@') && reader.stamp.loose(p)) {
                return reader.own(p);
            }
            if (isPlainWord(text, p)) {
                return null; // a sentence, and the time in it is another one
            }
        }
        return null;
    }

    private static boolean isPlainWord(String text, int from) {
        int p = from;
        while (p < text.length() && text.charAt(p) >= 'a' && text.charAt(p) <= 'z') {
            p++;
        }
        return p - from > 2 && p < text.length() && text.charAt(p) == ' ';
    }

    private Header behind(Header outer) {
        return new Header(
                priority >= 0 ? priority : outer.priority,
                version,
                stamped,
                time,
                hostname == null ? outer.hostname : hostname,
                appname,
                program,
                procid,
                msgid,
                structuredData,
                body);
    }

    /** The same with a message that begins at what was taken for the host; null when there is a program, or no such word. */
    @Nullable
    Header withoutHost(String text) {
        int at = appname != null || hostname == null ? -1 : text.lastIndexOf(hostname, body - 1);
        return at < 0
                ? null
                : new Header(priority, version, stamped, time, null, null, null, procid, msgid, structuredData, at);
    }

    /** Behind the priority, a colon and blanks; 0 when there is none. */
    static int priorityEnd(String text) {
        Reader reader = new Reader(text, Micros.UNKNOWN, ZoneOffset.UTC, Set.of());
        reader.skipBom();
        reader.skipBlanks();
        return reader.priority() ? reader.p : 0;
    }

    /** The last part of a path, without what stands in parentheses: {@code /usr/sbin/sshd(pam_unix)} → {@code sshd}. */
    static String program(String tag) {
        int paren = tag.indexOf('(');
        int end = paren > 0 ? paren : tag.length();
        int slash = tag.lastIndexOf('/', end - 1);
        return slash + 1 < end ? tag.substring(slash + 1, end) : tag;
    }

    private static final class Reader {
        private final String s;
        private final int to;
        private final Set<String> programs;
        private final Stamp stamp;
        private int p;

        private int priority = -1;
        private @Nullable String version;
        private boolean stamped;
        private @Nullable String hostname;
        private @Nullable String appname;
        private @Nullable String procid;
        private @Nullable String msgid;
        private Map<String, Object> structuredData = Map.of();

        Reader(String text, long reference, ZoneId zone, Set<String> programs) {
            this.s = text;
            this.to = text.length();
            this.programs = programs;
            this.stamp = new Stamp(text, to, reference, zone);
        }

        Header read() {
            skipBom();
            int start = p;
            skipBlanks();
            boolean pri = priority();
            if (!pri) {
                p = start;
                skipBlanks();
            }
            if (!((pri || isBare5424()) && rfc5424())) {
                rfc3164(pri, start);
            }
            return new Header(
                    priority,
                    version,
                    stamped,
                    stamped ? stamp.micros : Micros.UNKNOWN,
                    hostname,
                    appname,
                    appname == null ? null : Header.program(appname),
                    procid,
                    msgid,
                    structuredData,
                    p);
        }

        /** {@code <N>}, then perhaps a colon and blanks. A number above 191 is no priority, but it is cut off as well. */
        private boolean priority() {
            if (at(p) != '<') {
                return false;
            }
            int value = 0;
            int q = p + 1;
            while (isDigit(at(q)) && q - p <= 3) {
                value = value * 10 + at(q++) - '0';
            }
            if (q == p + 1 || at(q) != '>') {
                return false;
            }
            priority = value <= 191 ? value : -1;
            p = q + 1;
            if (at(p) == ':') {
                p++;
            }
            skipBlanks();
            skipBom();
            return true;
        }

        // ---- RFC 5424

        private boolean rfc5424() {
            int start = p;
            int q = p;
            while (isDigit(at(q)) && q - p < 2) {
                q++;
            }
            if (q > p && at(q) == ' ') {
                String written = s.substring(p, q);
                p = q + 1;
                if (stamp.epoch(p)) { // Meraki: version, epoch seconds, then as in 3164
                    version = written;
                    p = stamp.end;
                    stamped = true;
                    skipBlanks();
                    hostAndTag(true);
                    return true;
                }
                boolean nil = at(p) == '-' && at(p + 1) == ' ';
                if (nil || stamp.iso(p) && at(stamp.end) == ' ') {
                    version = written;
                    stamped = !nil;
                    p = nil ? p + 1 : stamp.end;
                    fields5424();
                    return true;
                }
                if (stamp.read(p)) { // a version, and then as in 3164
                    version = written;
                    stamped = true;
                    p = stamp.end;
                    skipBlanks();
                    hostAndTag(true);
                    return true;
                }
                p = start;
                return false;
            }
            if (at(p + 10) == 'T' && stamp.iso(p) && looksLike5424(stamp.end)) { // the version is missing
                stamped = true;
                p = stamp.end;
                fields5424();
                return true;
            }
            p = start;
            return false;
        }

        /** The priority was cut off, the version was not. */
        private boolean isBare5424() {
            return at(p) == '1'
                    && at(p + 1) == ' '
                    && at(p + 12) == 'T'
                    && stamp.iso(p + 2)
                    && looksLike5424(stamp.end);
        }

        /** Four words, none of which ends a 3164 tag, and then a NIL or a bracket. */
        private boolean looksLike5424(int from) {
            int q = from;
            for (int word = 0; word < 4; word++) {
                if (at(q) != ' ' || at(q + 1) == ' ') {
                    return false;
                }
                int end = wordEnd(q + 1);
                if (end == q + 1 || word == 1 && (at(end - 1) == ':' || at(end - 1) == ']')) {
                    return false;
                }
                q = end;
            }
            return at(q) == ' ' && (at(q + 1) == '-' && (q + 2 >= to || at(q + 2) == ' ') || at(q + 1) == '[');
        }

        private void fields5424() {
            hostname = word5424();
            appname = word5424();
            procid = word5424();
            msgid = word5424();
            if (at(p) == ' ') {
                p++;
            }
            if (at(p) == '-' && (p + 1 >= to || at(p + 1) == ' ')) {
                p++;
            } else if (at(p) == '[') {
                structuredData();
            }
            if (at(p) == ' ') {
                p++;
            }
            skipBom();
            if (at(p) == ' ') { // rsyslog hands on the blank behind the colon of a 3164 tag as a part of the message
                p++;
            }
        }

        private @Nullable String word5424() {
            if (at(p) != ' ') {
                return null;
            }
            int from = p + 1;
            int end = wordEnd(from);
            p = end;
            return end == from || end == from + 1 && at(from) == '-' ? null : s.substring(from, end);
        }

        /** All elements or, when one is broken, none: then they stay part of the message. */
        private void structuredData() {
            int start = p;
            Map<String, Object> found = new LinkedHashMap<>();
            while (at(p) == '[') {
                int from = ++p;
                while (p < to && at(p) > ' ' && at(p) != ']' && at(p) != '=' && at(p) != '"') {
                    p++;
                }
                String id = s.substring(from, p);
                boolean ok = !id.isEmpty();
                while (ok && at(p) == ' ') {
                    skipBlanks();
                    if (at(p) != ']') {
                        ok = param(id, found);
                    }
                }
                if (!ok || at(p) != ']') {
                    p = start;
                    return;
                }
                p++;
            }
            structuredData = found;
        }

        private boolean param(String id, Map<String, Object> found) {
            int from = p;
            while (p < to && at(p) > ' ' && at(p) != '=' && at(p) != ']' && at(p) != '"') {
                p++;
            }
            if (p == from || at(p) != '=' || at(p + 1) != '"') {
                return false;
            }
            String name = s.substring(from, p);
            p += 2;
            from = p;
            StringBuilder unescaped = null;
            for (; p < to && at(p) != '"'; p++) {
                if (at(p) == '\\' && (at(p + 1) == '"' || at(p + 1) == '\\' || at(p + 1) == ']')) {
                    unescaped = unescaped == null ? new StringBuilder() : unescaped;
                    unescaped.append(s, from, p);
                    from = ++p;
                }
            }
            if (p >= to) {
                return false;
            }
            String value = unescaped == null
                    ? s.substring(from, p)
                    : unescaped.append(s, from, p).toString();
            found.merge(id + "." + name, value, Header::both);
            p++;
            return true;
        }

        // ---- RFC 3164

        private void rfc3164(boolean pri, int start) {
            boolean found = stamp3164(p);
            if (!found && (pri || isDigit(at(p)) || at(p) > ' ')) {
                found = hostBeforeStamp();
            }
            if (found) {
                stamped = true;
                p = stamp.end;
                boolean colon = at(p) == ':';
                if (colon) {
                    p++;
                }
                skipBlanks();
                if (hostname != null || colon) {
                    if (at(p) == ':') {
                        p++;
                        skipBlanks();
                    }
                    tag(false);
                } else {
                    hostAndTag(true);
                }
            } else if (pri) {
                hostAndTag(false);
            } else {
                unstamped();
                if (appname == null) {
                    hostname = null;
                    p = start;
                }
            }
            skipBom();
        }

        /** @param from where the stamp begins, which has just been read */
        Header own(int from) {
            stamped = true;
            p = stamp.end;
            while (p < to && " \t]:|,;)-\">".indexOf(at(p)) >= 0) {
                p++;
            }
            int start = p;
            hostAndTag(false);
            boolean sure = appname != null && (procid != null || programs.contains(program(appname))) && !isLevelName();
            if (!sure) {
                hostname = null;
                appname = null;
                procid = null;
                msgid = null;
                p = from == 0 || from == 1 && (at(0) == '[' || at(0) == '<' || at(0) == '(') ? start : 0;
            }
            return new Header(
                    -1,
                    null,
                    true,
                    stamp.micros,
                    hostname,
                    appname,
                    appname == null ? null : program(appname),
                    procid,
                    msgid,
                    structuredData,
                    p);
        }

        /** NOTICE[1638] is no program. */
        private boolean isLevelName() {
            return appname != null && appname.equals(appname.toUpperCase(Locale.ROOT)) && !programs.contains(appname);
        }

        /**
         * Without any other sign only {@code sshd[123]: } is believed and, of a program that a parser knows,
         * {@code web01 sshd[123]: } and {@code dnsmasq: }, as services print them and journals pass them on.
         */
        private void unstamped() {
            int end = wordEnd(p);
            if (at(end - 1) != ':') {
                int next = end;
                while (at(next) == ' ') {
                    next++;
                }
                int second = wordEnd(next);
                int bracket = s.indexOf('[', next);
                if (at(second - 1) == ':'
                        && at(second - 2) == ']'
                        && bracket < second
                        && isHost(p, end)
                        && isKnown(next, bracket)) {
                    hostname = s.substring(p, end);
                    p = next;
                    tag(false);
                }
            } else if (at(end - 2) == ']' || at(end) == ' ' && isKnown(p, end - 1)) {
                tag(false);
            }
        }

        private boolean isKnown(int from, int end) {
            return end > from && programs.contains(s.substring(from, end));
        }

        /** {@code [sshd]: } and {@code [sshd] } for a program that a parser knows. */
        private boolean bracketed() {
            int close = at(p) == '[' ? s.indexOf(']', p) : -1;
            if (close < 0 || close > wordEnd(p) || !isKnown(p + 1, close)) {
                return false;
            }
            appname = s.substring(p + 1, close);
            p = at(close + 1) == ':' ? close + 2 : close + 1;
            if (at(p) == ' ') {
                p++;
            }
            return true;
        }

        /** {@code [ID 800047 auth.info] }, which Solaris puts in front of the message. */
        private void messageId() {
            int from = p + 4;
            int end = s.startsWith("[ID ", p) ? s.indexOf(' ', from) : -1;
            int close = end > 0 && isNumber(from, end) ? s.indexOf("] ", end) : -1;
            if (close > 0 && close == wordEnd(end + 1) - 1) {
                msgid = s.substring(from, end);
                p = close + 2;
            }
        }

        /** A stamp, behind a sequence number ({@code 6705: }) and the mark of an unsynchronised clock, if any. */
        private boolean stamp3164(int from) {
            int q = from;
            for (int i = 0; i < 2; i++) {
                int digits = q;
                while (isDigit(at(digits)) && digits - q < 12) {
                    digits++;
                }
                if (digits > q && at(digits) == ':' && at(digits + 1) == ' ') {
                    q = digits + 1;
                    while (at(q) == ' ') {
                        q++;
                    }
                }
            }
            if ((at(q) == '.' || at(q) == '*') && at(q + 1) > ' ') {
                q++;
            }
            return stamp.read(q);
        }

        /** {@code 172.16.5.10 6705: Feb 17 13:40:03.673: %SYS-5-…} */
        private boolean hostBeforeStamp() {
            int end = wordEnd(p);
            if (end == p || at(end) != ' ' || !isHost(p, end)) {
                return false;
            }
            int next = end + 1;
            int sequence = wordEnd(next);
            if (at(sequence - 1) == ':' && isNumber(next, sequence - 1) && stamp3164(next) || stamp3164(next)) {
                hostname = s.substring(p, end);
                return true;
            }
            return false;
        }

        /** @param hostExpected after a stamp a host name comes first; without one only a tag behind it proves it */
        private void hostAndTag(boolean hostExpected) {
            int end = wordEnd(p);
            if (hostExpected && bracketed()) {
                return;
            }
            if (end == p || isTagWord(p, end)) {
                tag(false);
                return;
            }
            if (at(p) == ':') {
                p++;
                skipBlanks();
                tag(false);
                return;
            }
            if (!isHost(p, end)) {
                return;
            }
            int next = end;
            while (at(next) == ' ') {
                next++;
            }
            if (!hostExpected) {
                int second = wordEnd(next);
                if (!(isTagWord(next, second) && at(second - 2) == ']')) {
                    return;
                }
            }
            boolean spacedColon = at(next) == ':' && at(next + 1) == ' ';
            if (hostExpected && spacedColon && at(next + 2) != '%') { // "app : message"
                tag(true);
                return;
            }
            hostname = s.substring(p, end);
            p = next;
            if (s.startsWith(hostname, p)
                    && at(p + hostname.length()) == ' '
                    && hostExpected) { // a relay says it again
                p += hostname.length();
                skipBlanks();
            }
            if (spacedColon) { // "asa-fw-01 : %ASA-6-…"
                p += 2;
                return;
            }
            skipPriorityInWords();
            tag(hostExpected);
        }

        /** BusyBox writes {@code auth.info} between the host and the program. */
        private void skipPriorityInWords() {
            int end = wordEnd(p);
            int dot = s.indexOf('.', p, end);
            if (dot > p
                    && at(end) == ' '
                    && SEVERITIES.contains(s.substring(dot + 1, end))
                    && FACILITIES.contains(s.substring(p, dot))
                    && isTagWord(end + 1, wordEnd(end + 1))) {
                p = end + 1;
            }
        }

        /** {@code name[pid]: }, {@code name: }, {@code name : }, {@code name[pid] }; a bare name only if a parser knows it. */
        private void tag(boolean bareAllowed) {
            int end = p;
            boolean inside = false; // polkitd(authority=local)
            while (end < to
                    && (isTagChar(at(end)) || inside && at(end) == '=')
                    && (end > p || at(end) != '<')
                    && end - p <= MAX_NAME) {
                inside = at(end) == '(' || inside && at(end) != ')';
                end++;
            }
            if (end == p || end - p > MAX_NAME || at(p) == '%') {
                return;
            }
            int q = end;
            int pidFrom = -1;
            int pidTo = -1;
            if (at(q) == '[') {
                int close = s.indexOf(']', q);
                if (close > q + 1 && close - q <= MAX_PROCID && wordEnd(q) > close) {
                    pidFrom = q + 1;
                    pidTo = close;
                    q = close + 1;
                }
            }
            boolean colon =
                    at(q) == ':' && (pidFrom > 0 || endsTag(at(q + 1)) && (priority >= 0 || !isLetter(at(q + 1))));
            if (!colon && at(q) == ' ') {
                int blank = q;
                while (at(blank) == ' ') {
                    blank++;
                }
                if (at(blank) == ':' && at(blank + 1) == ' ') {
                    q = blank;
                    colon = true;
                }
            }
            boolean pid = pidFrom > 0 && (at(q) == ' ' || q >= to);
            if (!colon && !pid && !(bareAllowed && at(q) == ' ' && programs.contains(s.substring(p, end)))) {
                return;
            }
            appname = s.substring(p, end);
            procid = pidFrom > 0 ? s.substring(pidFrom, pidTo) : null;
            p = q;
            if (colon) {
                p++;
            }
            if (at(p) == ' ') {
                p++;
            }
            messageId();
        }

        /** "C:\\…", "http://…", "std::…" and "host:514" are not tags. */
        private static boolean endsTag(char afterColon) {
            return afterColon != '/' && afterColon != '\\' && afterColon != ':' && !isDigit(afterColon);
        }

        /** Whether a word is a tag and not a host: it ends with a colon or holds a pid. */
        private boolean isTagWord(int from, int end) {
            if (end - from < 2) {
                return false;
            }
            boolean bracket = s.indexOf('[', from) > from && s.indexOf('[', from) < end;
            if (at(end - 1) == ':') {
                return bracket || at(from) != ':' && !Ip.isValid(s, from, end);
            }
            return bracket && at(end - 1) == ']';
        }

        private boolean isHost(int from, int end) {
            if (end - from > MAX_NAME
                    || at(from) <= 'Z' && at(from + 1) <= 'Z' && at(from + 1) >= 'A' && isLevel(from, end)) {
                return false;
            }
            int colon = s.indexOf(':', from);
            if (colon > from && colon < end && !isIp(from, end)) {
                return false; // 203.0.113.7:40000 is a peer
            }
            for (int i = from; i < end; i++) {
                char c = s.charAt(i);
                boolean ok = c >= 'a' && c <= 'z'
                        || c >= 'A' && c <= 'Z'
                        || isDigit(c)
                        || c == '.'
                        || c == '-'
                        || c == '_'
                        || c == ':'
                        || c == '/'
                        || c == '@'
                        || c == '%' && i > from
                        || c > 0x7F && c != BOM;
                if (!ok) {
                    return false;
                }
            }
            return end > from;
        }

        private boolean isLevel(int from, int end) {
            return priority < 0 && end - from <= 8 && LEVELS.contains(s.substring(from, end));
        }

        /** With a colon, and perhaps with a zone behind it. */
        private boolean isIp(int from, int end) {
            int zone = s.indexOf('%', from);
            return Ip.isValid(s, from, zone > from && zone < end ? zone : end);
        }

        private static boolean isTagChar(char c) {
            return c > ' ' && c != '[' && c != ':' && c != '=' && c != '"' && c != '{' && c != ',' && c != ']'
                    && c != '\'' && c != ';' && c != BOM;
        }

        /** Behind the colon of a tag, in a file: "nginx:amd64" is a word. */
        private static boolean isLetter(char c) {
            return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
        }

        private boolean isNumber(int from, int end) {
            for (int i = from; i < end; i++) {
                if (!isDigit(at(i))) {
                    return false;
                }
            }
            return end > from;
        }

        private int wordEnd(int from) {
            int q = from;
            while (q < to && s.charAt(q) > ' ') {
                q++;
            }
            return q;
        }

        private void skipBlanks() {
            while (at(p) == ' ' || at(p) == '\t') {
                p++;
            }
        }

        private void skipBom() {
            if (at(p) == BOM) {
                p++;
            }
        }

        private char at(int q) {
            return q >= 0 && q < to ? s.charAt(q) : '\0';
        }

        private static boolean isDigit(char c) {
            return c >= '0' && c <= '9';
        }
    }

    /** Two values of one name become a list. */
    static Object both(Object first, Object second) {
        List<Object> list = new ArrayList<>();
        if (first instanceof List<?> several) {
            list.addAll(several);
        } else {
            list.add(first);
        }
        if (second instanceof List<?> several) {
            list.addAll(several);
        } else {
            list.add(second);
        }
        return list;
    }
}
