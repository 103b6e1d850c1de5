package io.bongsu.ingest.parse;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code peers}: what a message says when no form of it is known - with whom, about whom, of which file, how grave, and
 * whether it failed. One pass over the text. Only what a word or a key announces is taken, and nothing that is known already;
 * of an address only one that is valid, since a version is no peer. The last place counts: what others choose stands
 * before it.
 */
final class Peers implements Extract {
    /** What stands before the address of whoever came. */
    private static final Set<String> SOURCES = words("""
            addr address attacker ban banned block blocked blocking by caller client client-ip client_address client_addr
            client_ip clientaddr clientip found from h host hostname ip ipaddr lease peer raddr remote remote_addr
            remote_address remote_host remote_ip remote-peer remoteaddr remoteaddress remotehost remoteip rhost rip saddr source
            source_ip src src_ip srcip unban unblock unblocked unblocking user with""");

    /** What stands before the address that was turned to. */
    private static final Set<String> DESTINATIONS = words("""
            daddr dest destination dst dst_ip i laddr lip listener listening local local_addr localaddr localaddress
            nameserver server target to""");

    /** Whoever stands behind these is neither. */
    private static final Set<String> NEITHER =
            words("at gateway listen mask netmask network on pool range route router subnet through using via");

    /** What stands before the name of whoever came, with an equals sign between. */
    private static final Set<String> HOST_KEYS = words("client from remote_host rhost");

    private static final Set<String> VERSIONS = Set.of("version", "v", "release", "revision", "ver", "build");

    private static final Set<String> USER_KEYS = words("""
            account accountid acct login ruser sasl_username set_id uname user user_name username usr""");

    /** Behind these "user kim" names one. */
    private static final Set<String> BEFORE_USER =
            Set.of("for", "by", "as", "of", "from", "with", "invalid", "illegal", "unknown");

    /** Where someone wants in, an address that nothing announces is theirs, and "for 'kim'" names them. */
    private static final Set<String> ENTRY = words("""
            auth authorised authorized credential credentials login logins logon logons passphrase passwd sasl""");

    /** An address that nothing announces belongs to whoever did this. */
    private static final Set<String> VISIT = words("attempt attempts client relay");

    /** What stands in quotes behind these was written by whoever came, whatever it says. */
    private static final Set<String> THEIRS = words("""
            agent banner body cmd command data ehlo header helo identification input next payload query referer referrer
            request uri url user-agent user_agent useragent""");

    private static final Set<String> NO_USER = words("""
            a account agent and attempt attempts connection at authentication by data database does error for from has id in input is list login
            mode name not of on or password process session space that the to unknown was who with""");

    private static final Set<String> FILE_WORDS = words("""
            binary config configuration create created creating directory file from in load loaded loading logfile
            open opened opening path read reading remove removed script socket stat unlink write writing wrote""");

    private static final Set<String> BAD = words("""
            abort aborted aborting bad blocked can't cannot corrupt corrupted couldn't crashed deadlock denied didn't
            doesn't dropped error errors exceeded excessive expired fail failed failing fails failure failures fatal
            forbidden illegal incorrect insufficient invalid killed locked lost malformed mismatch missing non-existent
            nonexistent panic
            refused refuses refusing reject rejected rejecting rejects unable unauthorised unauthorized unavailable
            unreachable unreadable unsuccessful violation won't wrong""");

    /** Bad behind another word. */
    private static final Map<String, Set<String>> BAD_PAIRS = Map.of(
            "not", words("""
                    allowed authorised authorized available be connect exist find found generate known listed map
                    match permitted possible present reachable resolve responding supported valid"""),
            "no", words("address free reply response route servers space such"),
            "timed", words("out"),
            "time", words("out"),
            "too", words("big large long many"),
            "unknown", words("client host user"),
            "could", words("not"),
            "can", words("not"),
            "did", words("not"),
            "already", words("banned"));

    private static final Set<String> GOOD = Set.of(
            "accepted",
            "authenticated",
            "established",
            "granted",
            "succeeded",
            "success",
            "successful",
            "successfully");

    /** These take the sense out of a bad word behind them. */
    private static final Set<String> NONE = Set.of("no", "0", "without", "zero", "any", "ignore", "ignoring");

    private static final Map<String, String> LEVELS = Map.ofEntries(
            Map.entry("warn", "warning"),
            Map.entry("wrn", "warning"),
            Map.entry("err", "error"),
            Map.entry("eror", "error"),
            Map.entry("crit", "critical"),
            Map.entry("ftl", "fatal"),
            Map.entry("emerg", "emergency"),
            Map.entry("inf", "info"),
            Map.entry("dbg", "debug"),
            Map.entry("information", "info"));

    private static final Set<String> KNOWN_LEVELS =
            words("alert critical debug emergency error fatal info notice trace warning");

    private static final Set<String> GRAVE = Set.of("alert", "critical", "emergency", "error", "fatal");

    private static final int MAX = 8_192;

    private static Set<String> words(String text) {
        return Set.of(text.strip().split("\\s+"));
    }

    @Override
    public boolean apply(Body body) {
        String text = body.text.length() > MAX ? body.text.substring(0, MAX) : body.text;
        new Reading(text).read().put(body);
        return true;
    }

    /** One pass over one text. */
    private static final class Reading {
        private final String text;
        private final int end;
        private @Nullable String level;
        private boolean bad;
        private boolean good;
        private @Nullable String user;
        private @Nullable String file;
        private Place source = Place.NONE;
        private Place weak = Place.NONE;
        private Place alone = Place.NONE;
        private boolean several;
        private boolean entry;
        private boolean visit;
        private @Nullable String whom;
        private Place destination = Place.NONE;
        private String earlier = "";
        private String before = "";
        private String last = "";
        private int lastEnd;

        Reading(String text) {
            this.text = text;
            this.end = text.length();
        }

        Reading read() {
            level();
            int at = 0;
            while (at < end) {
                char c = text.charAt(at);
                boolean digit = c >= '0' && c <= '9';
                if (digit || c == ':' || isHex(c)) {
                    int behind = address(at);
                    if (behind > at) {
                        at = behind;
                        continue;
                    }
                }
                if (isWord(c)) {
                    at = word(at);
                } else if (c == '/' && !(at > 0 && isWord(text.charAt(at - 1)))) {
                    at = path(at);
                } else if ((c == '"' || c == '\'') && lastEnd > 0 && at - lastEnd <= 2 && THEIRS.contains(last)) {
                    at = behindQuote(at);
                } else {
                    at++;
                }
            }
            return this;
        }

        /** {@code <warn>}, {@code [error]}, {@code ERROR:}, {@code NOTICE  [} in front. */
        private void level() {
            int from = end > 0 && (text.charAt(0) == '<' || text.charAt(0) == '[') ? 1 : 0;
            int to = from;
            while (to < end && to - from < 12 && isLetter(text.charAt(to))) {
                to++;
            }
            if (to == from || to == end) {
                return;
            }
            char behind = text.charAt(to);
            int colon = to;
            while (from == 0 && colon < end && text.charAt(colon) == ' ') {
                colon++;
            }
            boolean marked = from == 1 ? behind == '>' || behind == ']' : colon < end && text.charAt(colon) == ':';
            boolean shouted = from == 0
                    && (behind == ' ' || behind == '[')
                    && Character.isUpperCase(text.charAt(0))
                    && Character.isUpperCase(text.charAt(to - 1));
            if (marked || shouted) {
                String word = text.substring(from, to).toLowerCase(Locale.ROOT);
                String named = LEVELS.getOrDefault(word, word);
                level = KNOWN_LEVELS.contains(named) ? named : null;
            }
        }

        /** {@code \"} does not end it. */
        private int behindQuote(int from) {
            int close = text.indexOf(text.charAt(from), from + 1);
            while (close > 0 && text.charAt(close - 1) == '\\') {
                close = text.indexOf(text.charAt(from), close + 1);
            }
            return close < 0 ? from + 1 : close + 1;
        }

        private int word(int from) {
            int to = from;
            while (to < end && (isWord(text.charAt(to)) || isInner(to))) {
                to++;
            }
            String word = text.substring(from, to).toLowerCase(Locale.ROOT);
            judge(word, to);
            user(word, to);
            earlier = before;
            before = last;
            last = word;
            lastEnd = to;
            if (source == Place.NONE && word.indexOf('.') > 0) {
                name(from, to);
            }
            return to;
        }

        /** Inside a word: "can't", "a-b", "a.b", "a_b", but no full stop at its end. */
        private boolean isInner(int at) {
            char c = text.charAt(at);
            return (c == '-' || c == '.' || c == '\'')
                    && at + 1 < end
                    && isWord(text.charAt(at + 1))
                    && (c != '\'' || text.charAt(at + 1) == 't' && !(at + 2 < end && isWord(text.charAt(at + 2))));
        }

        private void judge(String word, int to) {
            entry |= ENTRY.contains(word)
                    || word.endsWith("login")
                    || word.contains("password")
                    || word.contains("authentic")
                    || last.equals("logged") && (word.equals("in") || word.equals("on") || word.equals("from"))
                    || word.equals("in") && (last.equals("log") || last.equals("sign") || last.equals("signed"));
            visit |= VISIT.contains(word);
            boolean adjacent = lastEnd > 0 && to - word.length() - lastEnd <= 2;
            Set<String> pairs = adjacent ? BAD_PAIRS.get(last) : null;
            if (BAD.contains(word) && !(adjacent && NONE.contains(last)) && !isZero(to)
                    || pairs != null && pairs.contains(word)) {
                bad = true;
            } else if (GOOD.contains(word) && !(adjacent && last.equals("not"))
                    || word.equals("in") && last.equals("logged")) {
                good = true;
            }
        }

        /** "failed=0" did not fail. */
        private boolean isZero(int at) {
            int p = at;
            while (p < end && p - at < 3 && (text.charAt(p) == '=' || text.charAt(p) == ':' || text.charAt(p) == ' ')) {
                p++;
            }
            return p > at
                    && p < end
                    && text.charAt(p) == '0'
                    && (p + 1 == end || !isWord(text.charAt(p + 1)) && text.charAt(p + 1) != '.');
        }

        /** Behind {@code user=}, {@code user: }, {@code user 'kim'}, {@code for user kim}. */
        private void user(String word, int to) {
            if (to >= end) {
                return;
            }
            boolean named = word.equals("name") && last.equals("user");
            boolean key = USER_KEYS.contains(word) || named;
            if (!key) {
                if (word.equals("for") || word.equals("as")) {
                    forWhom(to);
                }
                return;
            }
            int p = text.startsWith(" = ", to) ? to + 1 : to;
            char c = text.charAt(p);
            boolean pair =
                    c == '=' || c == ':' && p + 1 < end && (text.charAt(p + 1) == ' ' || isOpening(text.charAt(p + 1)));
            if (pair) {
                p++;
            }
            if (p < end && text.charAt(p) == ' ') {
                p++;
            }
            if (p >= end || p == to) {
                return;
            }
            char open = text.charAt(p);
            if (isOpening(open)) {
                int close = closes(p);
                if (close < 0 || close - p < 2 || close - p > 65 || open == '(' || named && !pair) {
                    return;
                }
                user = text.substring(p + 1, close);
                return;
            }
            int q = p;
            while (q < end && q - p < 65 && " \t\"'`<>,;()[]=".indexOf(text.charAt(q)) < 0) {
                q++;
            }
            if (!pair && !BEFORE_USER.contains(last) && !(word.equals("user") && acts(q))) {
                return;
            }
            while (q > p && (text.charAt(q - 1) == '.' || text.charAt(q - 1) == ':')) {
                q--;
            }
            String name = text.substring(p, q);
            if (!name.isEmpty()
                    && q - p < 65
                    && !NO_USER.contains(name.toLowerCase(Locale.ROOT))
                    && (pair || Character.isLetterOrDigit(name.charAt(0)))) {
                user = name;
            }
        }

        /** "user kim logged in", "user kim failed to log in" */
        private boolean acts(int at) {
            return text.startsWith(" logged ", at)
                    || text.startsWith(" failed to ", at)
                    || text.startsWith(" tried to ", at)
                    || text.startsWith(" signed ", at)
                    || text.startsWith(" authenticated", at);
        }

        /** Where what is opened here ends; an apostrophe inside a name ends nothing. */
        private int closes(int from) {
            char close = closing(text.charAt(from));
            int at = text.indexOf(close, from + 1);
            while (close == '\'' && at > 0 && at + 1 < end && isWord(text.charAt(at + 1))) {
                at = text.indexOf(close, at + 1);
            }
            return at;
        }

        /** "for kim from", "as 'kim'", without the word user. */
        private void forWhom(int at) {
            int to = text.indexOf(' ', at + 1);
            char open = at + 1 < end && text.charAt(at) == ' ' ? text.charAt(at + 1) : ' ';
            if (open == '"' || open == '\'') {
                int close = closes(at + 1);
                if (close - at > 2 && close - at < 66 && !Ip.isValid(text, at + 2, close)) {
                    whom = text.substring(at + 2, close);
                }
                return;
            }
            if (text.charAt(at) != ' ' || to - at < 2 || !isSaidOf(to + 1)) {
                return;
            }
            String name = text.substring(at + 1, to);
            if (name.chars().noneMatch(c -> "\"',;:()[]=/".indexOf(c) >= 0) && !NO_USER.contains(name)) {
                user = name;
            }
        }

        /** "for kim from", "for kim has failed": it is no other thing that has one. */
        private boolean isSaidOf(int at) {
            return text.startsWith("from ", at)
                    || entry
                            && (text.startsWith("has ", at)
                                    || text.startsWith("was ", at)
                                    || text.startsWith("failed", at)
                                    || text.startsWith("succeeded", at));
        }

        // ---- addresses

        /** Behind the address that begins here, else {@code from}. */
        private int address(int from) {
            char front = from == 0 ? ' ' : text.charAt(from - 1);
            if (isWord(front) || front == '.' || front == '-') {
                return from;
            }
            int to = from;
            int dots = 0;
            int colons = 0;
            while (to < end && to - from < 46) {
                char c = text.charAt(to);
                if (c == '.') {
                    dots++;
                } else if (c == ':') {
                    colons++;
                } else if (!(c >= '0' && c <= '9') && !isHex(c)) {
                    break;
                }
                to++;
            }
            if (dots < 3 && colons < 2) {
                return from;
            }
            int stop = to;
            if (dots >= 3) { // 192.0.2.1:80
                int colon = text.indexOf(':', text.lastIndexOf('.', to - 2));
                stop = colon > from && colon < to ? colon : to;
            }
            while (stop > from
                    && (text.charAt(stop - 1) == '.'
                            || text.charAt(stop - 1) == ':' && !(stop - 2 >= from && text.charAt(stop - 2) == ':'))) {
                stop--;
            }
            boolean inside = front == ':' && colons > 1 && !isMarked(from);
            if (stop < end && text.charAt(stop) == '/' && isNetwork(stop, colons > 1 && dots == 0 ? 128 : 32)) {
                return stop;
            }
            if (inside || stop - from < 3 || !Ip.isValid(text, from, stop) || stop < end && isWord(text.charAt(stop))) {
                return from;
            }
            place(from, stop);
            return stop;
        }

        /** A prefix length, and not that of a single address. */
        private boolean isNetwork(int slash, int bits) {
            int length = number(slash + 1);
            return length >= 0 && length < bits;
        }

        /** {@code [AF_INET]}, {@code ipv4:}, {@code name@}: an address may follow. */
        private boolean isMarked(int from) {
            return text.startsWith("ipv4:", from - 5) || text.startsWith("ipv6:", from - 5);
        }

        /** {@code IPV4/UDP/192.0.2.1/5060} */
        private int transport(int from) {
            int slash = from > 0 && text.charAt(from - 1) == '/' ? text.lastIndexOf('/', from - 2) : -1;
            boolean ip = slash >= 4
                    && from - slash <= 5
                    && (text.startsWith("IPV4", slash - 4) || text.startsWith("IPV6", slash - 4));
            return ip ? slash - 4 : from;
        }

        private void place(int from, int to) {
            int p = from;
            if (isMarked(from)) {
                p -= 5;
            }
            p = transport(p);
            boolean enclosed = false;
            boolean at = false;
            int open = p;
            while (open > 0 && isOpening(text.charAt(open - 1)) && p - open < 2) {
                open--;
                enclosed = true;
            }
            if (open > 0
                    && text.charAt(open - 1) == ']'
                    && text.startsWith("[AF_INET", Math.max(0, text.lastIndexOf('[', open - 1)))) {
                open = text.lastIndexOf('[', open - 1);
            }
            String name = null;
            if (open > 0
                    && text.charAt(open - 1) == '@') { // (kim@192.0.2.1), 'kim'@'192.0.2.1'; an address of mail is none
                at = enclosed || to < end && text.charAt(to) == ')' && !isUri(open - 1);
            }
            String key = key(open);
            Place place = new Place(text.substring(from, to), port(to), null);
            boolean bracket = enclosed && text.charAt(open) != '"' && text.charAt(open) != '\'';
            if (bracket && !SOURCES.contains(key) && !DESTINATIONS.contains(key)) {
                // A name in front: gw.example.net[192.0.2.1]
                int q = open;
                if (q > 0 && text.charAt(q - 1) == ' ') {
                    q--;
                }
                int nameEnd = q;
                while (q > 0
                        && (isWord(text.charAt(q - 1)) || text.charAt(q - 1) == '.' || text.charAt(q - 1) == '-')) {
                    q--;
                }
                if (q < nameEnd) {
                    String candidate = text.substring(q, nameEnd);
                    boolean same = candidate.equals(place.address);
                    name = candidate.indexOf('.') > 0 && !same && !Ip.isValid(candidate, 0, candidate.length())
                            ? candidate
                            : null;
                    key = key(q);
                    place = new Place(place.address, place.port, name);
                }
            }
            boolean here = key.equals("host") && (before.equals("local") || earlier.equals("local"));
            if (VERSIONS.contains(key)
                    || key.equals("h") && text.charAt(open) == '(') { // H=([192.0.2.1]) is a greeting
                return;
            }
            if (here || DESTINATIONS.contains(key)) {
                destination = place;
            } else if (at || SOURCES.contains(key)) {
                source = place;
            } else if (from == 0 || isEnclosed(open, p, to)) {
                weak = place.port < 0 && place.address.equals(weak.address) ? weak : place;
            } else if (!NEITHER.contains(key) && !USER_KEYS.contains(key) && !key.equals("for")) {
                several |= alone != Place.NONE && !alone.address.equals(place.address);
                alone = place;
            }
        }

        /** {@code sip:kim@192.0.2.1}: what was asked for, not who asked. */
        private boolean isUri(int at) {
            int p = at;
            while (p > 0 && " \t<\"'(".indexOf(text.charAt(p - 1)) < 0) {
                p--;
            }
            int colon = text.indexOf(':', p);
            return colon > p && colon < at;
        }

        private boolean isEnclosed(int open, int from, int to) {
            return open < from
                    && to < end
                    && (text.charAt(to) == ')' || text.charAt(to) == ']')
                    && text.charAt(from - 1) != '"';
        }

        /** The word or key that ends here, behind which a blank, an equals sign or a colon stands. */
        private String key(int at) {
            int p = at;
            if (p > 0 && text.charAt(p - 1) == ' ') {
                p--;
            }
            if (p > 0 && (text.charAt(p - 1) == '=' || text.charAt(p - 1) == ':')) {
                p -= text.startsWith(" = ", p - 2) ? 2 : 1;
            }
            if (p > 0 && text.charAt(p - 1) == '"') {
                p--;
            }
            if (p == at) {
                return "";
            }
            int q = p;
            while (q > 0 && p - q < 16 && (isWord(text.charAt(q - 1)) || text.charAt(q - 1) == '-')) {
                q--;
            }
            return text.substring(q, p).toLowerCase(Locale.ROOT);
        }

        private int port(int at) {
            int p = at;
            if (p < end && (text.charAt(p) == ']' || text.charAt(p) == ')')) {
                p++;
            }
            if (p < end && (text.charAt(p) == ':' || text.charAt(p) == '#')) {
                return number(p + 1);
            }
            if (p < end && text.charAt(p) == '/' && number(p + 1) > 128) {
                return number(p + 1);
            }
            if (p < end && text.charAt(p) == ',') {
                p++;
            }
            if (text.startsWith("port=", p)) {
                return number(p + 5);
            }
            if (text.startsWith(" port ", p) || text.startsWith(" port=", p) || text.startsWith(":port ", p)) {
                return number(p + 6);
            }
            return -1;
        }

        private int number(int from) {
            int value = 0;
            int p = from;
            while (p < end && p - from < 6 && text.charAt(p) >= '0' && text.charAt(p) <= '9') {
                value = value * 10 + text.charAt(p++) - '0';
            }
            return p == from || value > 65_535 || p < end && isWord(text.charAt(p)) ? -1 : value;
        }

        /** A host without its address, where a connection is spoken of. */
        private void name(int from, int to) {
            char end = text.charAt(to - 1);
            String key = key(from);
            boolean connection =
                    key.equals("from") && (earlier.startsWith("connect") || earlier.startsWith("disconnect"));
            boolean pair = from > 0 && text.charAt(from - 1) == '=' && HOST_KEYS.contains(key);
            boolean lookup = from > 0 && text.charAt(from - 1) == '(' && before.startsWith("gethostby");
            if ((connection || pair || lookup) && isLetter(end)) {
                weak = weak == Place.NONE ? new Place("", -1, text.substring(from, to)) : weak;
            }
        }

        // ---- files

        private int path(int from) {
            int to = from;
            char quote = from > 0 ? text.charAt(from - 1) : ' ';
            boolean quoted = quote == '"' || quote == '\'' || quote == '`';
            while (to < end && " \t\"'`,;()[]<>|=".indexOf(text.charAt(to)) < 0 && text.charAt(to) != ':') {
                to++;
            }
            int stop = to;
            while (stop > from && text.charAt(stop - 1) == '.') {
                stop--;
            }
            boolean whole = quoted && to < end && (text.charAt(to) == quote || quote == '`' && text.charAt(to) == '\'');
            boolean pair = from > 1 && (text.charAt(from - 1) == '=' || text.startsWith("= ", from - 2));
            boolean announced = from > 1 && text.startsWith(": ", from - 2)
                    || FILE_WORDS.contains(last) && (pair || from - lastEnd == 1 || quoted && from - lastEnd == 2);
            boolean front = from == 0
                    && to < end
                    && text.charAt(to) == ':'
                    && to + 1 < end
                    && text.charAt(to + 1) >= '0'
                    && text.charAt(to + 1) <= '9';
            if (file == null
                    && stop - from > 2
                    && (from == 0 || !isWord(text.charAt(from - 1)))
                    && (whole || announced || front)) {
                file = text.substring(from, stop);
            }
            return Math.max(to, from + 1);
        }

        void put(Body body) {
            Place found = source == Place.NONE ? weak : source;
            found = found == Place.NONE && (entry || visit) && !several ? alone : found;
            user = user == null && entry ? whom : user;
            if (body.get("source.address") == null && body.get("source.ip") == null && found != Place.NONE) {
                String ip = Ip.normal(found.address);
                if (ip != null) {
                    body.put("source.ip", ip);
                    body.put("source.address", ip);
                } else if (found.name != null) {
                    body.put("source.address", found.name);
                }
                if (found.port >= 0) {
                    body.put("source.port", (long) found.port);
                }
                if (found.name != null) {
                    body.put("source.domain", found.name);
                }
            }
            String to = Ip.normal(destination.address);
            if (body.get("destination.address") == null && body.get("destination.ip") == null && to != null) {
                body.put("destination.ip", to);
                body.put("destination.address", to);
                if (destination.port >= 0) {
                    body.put("destination.port", (long) destination.port);
                }
            }
            if (body.get("user.name") == null && user != null) {
                body.put("user.name", user);
            }
            if (entry) {
                body.put("_entry", "yes");
            }
            if (body.get("file.path") == null && file != null) {
                body.put("file.path", file);
            }
            if (body.get("log.level") == null && level != null) {
                body.put("log.level", level);
            }
            if (body.get("event.outcome") == null) {
                if (bad || level != null && GRAVE.contains(level) || isGrave(body)) {
                    body.put("event.outcome", "failure");
                } else if (good) {
                    body.put("event.outcome", "success");
                }
            }
        }

        /** As the program itself said, and not the priority of its line. */
        private static boolean isGrave(Body body) {
            String said = body.text("log.level");
            return said != null
                    && !said.equals(body.text("log.syslog.severity.name"))
                    && GRAVE.contains(said.toLowerCase(Locale.ROOT));
        }

        private static boolean isOpening(char c) {
            return c == '"' || c == '\'' || c == '<' || c == '[' || c == '(' || c == '`' || c == '{';
        }

        private static char closing(char open) {
            return switch (open) {
                case '<' -> '>';
                case '[' -> ']';
                case '(' -> ')';
                case '{' -> '}';
                case '`' -> '\'';
                default -> open;
            };
        }

        private static boolean isHex(char c) {
            return c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
        }

        private static boolean isLetter(char c) {
            return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
        }

        private static boolean isWord(char c) {
            return isLetter(c) || c >= '0' && c <= '9' || c == '_';
        }
    }

    /** An address, its port or -1, and the name that stood before it. */
    private record Place(String address, int port, @Nullable String name) {
        static final Place NONE = new Place("", -1, null);
    }
}
