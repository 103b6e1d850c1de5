package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code auditd}: the records of one audit event, a line each, as auditd or the kernel writes them. Every key is kept
 * below {@code auditd.data} (below {@code auditd.paths} that of PATH records), and those that ECS knows have their places.
 * What the event means is left to the parser, which finds the first record's type in {@code auditd.message_type}.
 *
 * <p>A value in quotes is meant as it stands; one without is in base 16 where a path, a name or an argument belongs. Behind the
 * character 0x1D stand the same values as names (ENRICHED), with keys in upper case. Rules see the event once for each PATH
 * record, with its native keys: see {@link Parsed#views}.
 */
final class Auditd implements Extract {
    /** Keys whose values are in base 16 when they are not in quotes. */
    private static final Set<String> TEXTS = Set.of(
            "acct",
            "cgroup",
            "cmd",
            "comm",
            "cwd",
            "data",
            "device",
            "dir",
            "exe",
            "file",
            "grp",
            "invalid_context",
            "key",
            "name",
            "new-chardev",
            "new-disk",
            "new-fs",
            "new-net",
            "new-rng",
            "new_group",
            "ocomm",
            "old-chardev",
            "old-disk",
            "old-fs",
            "old-net",
            "old-rng",
            "path",
            "proctitle",
            "profile",
            "root_dir",
            "sw",
            "vm",
            "watch");

    /** Records that explain another one. */
    private static final Set<String> SUPPLEMENTS = Set.of(
            "BPRM_FCAPS",
            "CWD",
            "EOE",
            "EXECVE",
            "FD_PAIR",
            "IPC",
            "IPC_SET_PERM",
            "MMAP",
            "OBJ_PID",
            "OPENAT2",
            "PATH",
            "PROCTITLE",
            "SOCKADDR",
            "SOCKETCALL",
            "SYSCALL");

    /** Calls whose address is the peer's, which the process turns to, and those by which it is turned to. */
    private static final Set<String> TOWARDS = Set.of("connect", "sendto", "sendmsg", "sendmmsg", "send");

    private static final Set<String> FROM =
            Set.of("accept", "accept4", "bind", "recvfrom", "recvmsg", "recvmmsg", "recv", "listen");

    private static final char ENRICHED = '\u001d';
    private static final int MAX_ARGS = 4_096;
    private static final Map<String, Arch> ARCHES = arches();
    private static final Map<String, Arch> NAMED_ARCHES =
            ARCHES.values().stream().collect(Collectors.toMap(Arch::name, arch -> arch));
    private static final Map<String, String> TYPES = types();

    private record Arch(String name, String[] calls) {}

    private record Type(String type, Map<String, String> keys) {}

    @Override
    public boolean apply(Body body) {
        List<Type> records = new ArrayList<>(8);
        long time = Micros.UNKNOWN;
        String serial = null;
        String node = null;
        Arguments arguments = new Arguments();
        Laurel laurel = body.text.startsWith("{") ? Laurel.read(body.text) : null;
        if (laurel != null) {
            laurel.records().forEach(r -> records.add(new Type(r.getKey(), new LinkedHashMap<>(r.getValue()))));
            Head head = Head.read("type=_ msg=audit(" + laurel.id() + "):", body.zone);
            time = head == null ? time : head.time;
            serial = head == null ? serial : head.serial;
            node = laurel.node();
            body.fields.keySet().removeIf(name -> name.startsWith("json.")); // said again below auditd
        }
        for (String line : laurel == null ? lines(body.text) : List.<String>of()) {
            Head head = Head.read(line, body.zone);
            if (head == null) {
                continue;
            }
            if (serial == null) {
                time = head.time;
                serial = head.serial;
                node = head.node;
            }
            Map<String, String> keys = new LinkedHashMap<>();
            boolean execve = head.type.equals("EXECVE");
            new Reader(line, keys, execve ? arguments : null, head.forPeople).read(head.end, line.length());
            records.add(new Type(head.type, keys));
        }
        if (records.isEmpty()) {
            return false;
        }
        if (time != Micros.UNKNOWN) {
            body.put("@timestamp", time);
        }
        if (serial != null && serial.length() <= 18) {
            body.put("event.sequence", Long.valueOf(serial));
        }
        if (node != null) {
            body.put("host.name", node);
            body.put("host.hostname", node);
        }
        Map<String, Object> data = new LinkedHashMap<>();
        Map<String, Object> paths = new LinkedHashMap<>();
        List<Map<String, String>> files = new ArrayList<>(2);
        List<String> types = new ArrayList<>(records.size());
        String primary = null;
        for (Type record : records) {
            if (!types.contains(record.type)) {
                types.add(record.type);
            }
            if (primary == null && !SUPPLEMENTS.contains(record.type)) {
                primary = record.type;
            }
            if (record.type.equals("PATH")) {
                files.add(record.keys);
                record.keys.forEach((key, value) -> add(paths, key, value, true));
            } else {
                record.keys.forEach((key, value) -> add(data, key, value, false));
            }
        }
        if (primary == null) {
            primary = types.contains("SYSCALL") ? "SYSCALL" : types.getFirst();
        }
        List<String> args = laurel == null ? arguments.list() : laurel.args();
        Call call = call(data);
        views(body, data, files, types, args, call);
        body.put("auditd.message_type", primary.toLowerCase(Locale.ROOT));
        body.put("auditd.record_types", List.copyOf(types));
        data.forEach((key, value) -> {
            if (Names.isField(key)) {
                body.put(Names.below("auditd.data", key), value);
            }
        });
        paths.forEach((key, value) -> body.put(Names.below("auditd.paths", key), value));
        for (int i = 0; i < args.size(); i++) {
            body.put("auditd.data.a" + i, args.get(i));
        }
        ecs(body, data, files, args, call == null ? null : call.name());
        if (laurel != null) {
            put(body, "process.parent.executable", laurel.parent().getOrDefault("exe", ""));
            put(body, "process.parent.name", laurel.parent().getOrDefault("comm", ""));
        }
        return true;
    }

    /** A record each; some put several on one line, where the next one begins with a blank and its type. */
    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>(8);
        for (String line : text.split("\n")) {
            int from = 0;
            boolean quoted = false;
            for (int i = 0; i < line.length(); i++) {
                char c = line.charAt(i);
                quoted ^= c == '"';
                if (!quoted
                        && c == ' '
                        && line.startsWith("type=", i + 1)
                        && line.indexOf("audit(", from) >= 0
                        && line.indexOf("audit(", from) < i) {
                    lines.add(line.substring(from, i));
                    from = i + 1;
                }
            }
            lines.add(line.substring(from));
        }
        return lines;
    }

    /** A system call by its name, and its number where the log or the architecture says it. */
    private record Call(String name, String number) {
        /** What rules hold against: they may say either. */
        Object both() {
            return number.isEmpty() ? name : List.of(name, number);
        }
    }

    /** The name of the call takes the place of the number, which the architecture gives its meaning. */
    private static @Nullable Call call(Map<String, Object> data) {
        Arch arch = ARCHES.get(text(data, "arch"));
        if (arch == null) {
            arch = NAMED_ARCHES.get(text(data, "arch"));
        }
        if (arch != null) {
            data.put("arch", arch.name);
        } else if (data.get("ARCH") != null) {
            data.put("arch", data.get("ARCH"));
        }
        String call = text(data, "SYSCALL");
        String number = text(data, "syscall");
        if (call.isEmpty() && arch != null && number.length() < 5 && isNumber(number)) {
            int n = Integer.parseInt(number);
            call = n < arch.calls.length && !arch.calls[n].equals("-") ? arch.calls[n] : "";
        }
        if (!number.isEmpty() && !isNumber(number)) {
            call = call.isEmpty() ? number : call;
            number = "";
        }
        if (call.isEmpty()) {
            return null;
        }
        if (number.isEmpty() && arch != null) {
            int n = Arrays.asList(arch.calls).indexOf(call);
            number = n < 0 ? "" : Integer.toString(n);
        }
        data.put("syscall", call);
        return new Call(call, number);
    }

    private static void views(
            Body body,
            Map<String, Object> data,
            List<Map<String, String>> files,
            List<String> types,
            List<String> args,
            @Nullable Call call) {
        Map<String, Object> shared = new HashMap<>(data);
        for (int i = 0; i < args.size(); i++) {
            Object before = shared.get("a" + i);
            shared.put("a" + i, before == null ? args.get(i) : both(before, args.get(i)));
        }
        shared.put("type", List.copyOf(types));
        if (call != null) {
            shared.put("SYSCALL", call.both());
            shared.put("syscall", call.both());
        }
        List<Map<String, Object>> views = new ArrayList<>(Math.max(1, files.size()));
        for (Map<String, String> file : files) {
            Map<String, Object> view = new HashMap<>(shared);
            view.putAll(file);
            views.add(view);
        }
        body.views = files.isEmpty() ? List.of(shared) : views;
    }

    // ---- ECS

    private static void ecs(
            Body body,
            Map<String, Object> data,
            List<Map<String, String>> files,
            List<String> args,
            @Nullable String call) {
        number(body, "process.pid", data, "pid");
        number(body, "process.parent.pid", data, "ppid");
        if (call != null) {
            number(body, "process.exit_code", data, "exit");
        }
        put(body, "host.architecture", text(data, "arch"));
        put(body, "process.executable", text(data, "exe"));
        String exe = text(data, "exe");
        body.remove("process.name");
        put(
                body,
                "process.name",
                data.containsKey("comm") ? text(data, "comm") : exe.substring(exe.lastIndexOf('/') + 1));
        put(body, "process.working_directory", text(data, "cwd"));
        process(body, data, args);
        users(body, data);
        network(body, data, call);
        file(body, data, files, call);
        put(body, "service.name", text(data, "unit"));
        put(body, "event.reason", text(data, "reason"));
        outcome(body, data);
        for (String key : text(data, "key").split("\u0001")) {
            if (!key.isEmpty() && !key.startsWith("_")) {
                body.tag(key);
            }
        }
    }

    private static void process(Body body, Map<String, Object> data, List<String> args) {
        List<String> words = args;
        String cmd = text(data, "cmd");
        String title = text(data, "proctitle");
        if (!title.isEmpty()) {
            body.put("process.title", title.replace('\0', ' ').strip());
            body.put("auditd.data.proctitle", title.replace('\0', ' ').strip());
        }
        if (words.isEmpty() && !cmd.isEmpty()) {
            words = List.of(cmd.strip().split("\\s+"));
        } else if (words.isEmpty() && !title.isEmpty()) {
            words = List.of(title.split("\0"));
        }
        if (!words.isEmpty()) {
            body.put("process.args", List.copyOf(words));
            body.put("process.args_count", (long) words.size());
            body.put("process.command_line", cmd.isEmpty() || !args.isEmpty() ? String.join(" ", words) : cmd);
        }
    }

    /** Records about an account that somebody else may own, and about groups. */
    private static final Set<String> OF_ACCOUNTS = Set.of(
            "acct_lock",
            "acct_unlock",
            "add_user",
            "del_user",
            "role_assign",
            "role_remove",
            "user_chauthtok",
            "user_mgmt");

    private static final Set<String> OF_GROUPS = Set.of("add_group", "del_group", "grp_chauthtok", "grp_mgmt");

    private static void users(Body body, Map<String, Object> data) {
        user(body, "user", data, "uid", "UID");
        user(body, "user.audit", data, "auid", "AUID");
        user(body, "user.effective", data, "euid", "EUID");
        user(body, "user.saved", data, "suid", "SUID");
        user(body, "user.filesystem", data, "fsuid", "FSUID");
        user(body, "user.group", data, "gid", "GID");
        user(body, "user.effective.group", data, "egid", "EGID");
        user(body, "user.saved.group", data, "sgid", "SGID");
        user(body, "user.filesystem.group", data, "fsgid", "FSGID");
        // A program speaks of an account, and its own uid is not the account's.
        String account = text(data, "acct");
        boolean about = data.containsKey("id") || !account.isEmpty();
        String type = body.text("auditd.message_type");
        if (type != null && OF_GROUPS.contains(type)) { // who did it stays the user
            String group = text(data, "grp");
            user(body, "group", data, "id", "ID");
            put(body, "group.name", group.isEmpty() ? account : group);
            about = false;
        } else if (type != null && OF_ACCOUNTS.contains(type)) {
            user(body, "user.target", data, "id", "ID");
            put(body, "user.target.name", account);
            put(body, "group.name", text(data, "grp"));
            about = type.equals("user_chauthtok");
        }
        if (about && !account.equals(body.get("user.name"))) {
            body.remove("user.id");
            body.remove("user.name");
            user(body, "user", data, "id", "ID");
            put(body, "user.name", account);
        }
        if (data.containsKey("new-auid")) {
            user(body, "user.audit", data, "new-auid", "NEW-AUID");
        }
    }

    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** An unset id is 4294967295; that of root is 0 everywhere. */
    private static void user(Body body, String field, Map<String, Object> data, String key, String enriched) {
        String id = text(data, key);
        if (id.isEmpty() || id.equals("unset") || id.equals("-1")) {
            return;
        }
        body.put(Names.below(field, "id"), id);
        String name = text(data, enriched);
        if (name.isEmpty() && !isNumber(id)) {
            name = id; // ausearch -i
        }
        if (name.isEmpty() && id.equals("0")) {
            name = "root";
        }
        if (!name.isEmpty() && !name.equals("unset") && !name.equals("unknown(" + id + ")")) {
            body.put(Names.below(field, "name"), name);
        }
    }

    private static void network(Body body, Map<String, Object> data, @Nullable String call) {
        String saddr = text(data, "saddr");
        Peer peer = Peer.read(saddr);
        if (peer != null) {
            put(body, "auditd.data.socket.family", peer.family);
            put(body, peer.port.isEmpty() ? "auditd.data.socket.path" : "auditd.data.socket.addr", peer.address);
            put(body, "auditd.data.socket.port", peer.port);
            if (!peer.port.isEmpty()) {
                body.put("network.type", peer.family);
            }
        }
        if (peer == null && data.containsKey("laddr") && data.containsKey("saddr_fam")) {
            peer = new Peer("", text(data, "laddr"), text(data, "lport"));
        }
        if (peer != null && !peer.port.isEmpty() && call != null && (TOWARDS.contains(call) || FROM.contains(call))) {
            String side = TOWARDS.contains(call) ? "destination" : "source";
            endpoint(body, side, peer.address, peer.port);
            body.put("network.direction", TOWARDS.contains(call) ? "egress" : "ingress");
        }
        if (call != null && call.equals("connect")) {
            body.put("network.direction", "egress");
        }
        String address = known(text(data, "addr"));
        String host = known(text(data, "hostname"));
        if (address.isEmpty() && Ip.normal(host) != null) {
            address = host;
        }
        if (!address.isEmpty()) {
            endpoint(body, "source", address, text(data, "rport"));
        }
        for (String end : List.of("src", "dst")) { // IPsec
            String ip = text(data, end);
            if (Ip.normal(ip) != null) {
                endpoint(body, end.equals("src") ? "source" : "destination", ip, text(data, end + "_port"));
            }
        }
        if (!host.isEmpty() && Ip.normal(host) == null && !host.equals(body.get("host.name"))) {
            body.put(address.isEmpty() ? "source.address" : "source.domain", host);
            body.put("source.domain", host);
        }
        if (data.containsKey("lport") && peer == null) {
            endpoint(body, "destination", text(data, "laddr"), text(data, "lport"));
        }
    }

    private static void endpoint(Body body, String side, String address, String port) {
        put(body, side + ".address", address);
        String ip = Ip.normal(address);
        if (ip != null) {
            body.put(side + ".ip", ip);
        } else if (!address.startsWith("/")) {
            put(body, side + ".domain", address);
        }
        Object number = As.PORT.of(port);
        if (number != null) {
            body.put(side + ".port", number);
        }
    }

    /** The file that the call is about: what it created or deleted, else the first that is no directory on the way. */
    private static void file(
            Body body, Map<String, Object> data, List<Map<String, String>> files, @Nullable String call) {
        Map<String, String> chosen = null;
        for (String kind : List.of("CREATE", "DELETE", "NORMAL", "")) {
            for (Map<String, String> file : files) {
                String type = file.getOrDefault("nametype", file.getOrDefault("objtype", ""));
                if (chosen == null && (type.equals(kind) || kind.isEmpty() && !type.equals("PARENT"))) {
                    chosen = file;
                }
            }
        }
        if (chosen == null && !files.isEmpty()) {
            chosen = files.getFirst();
        }
        if (chosen == null) {
            String path = text(data, "path"); // of an AVC without its call
            if (path.startsWith("/")) {
                body.put("file.path", path);
                put(body, "file.inode", text(data, "ino"));
            } else if (data.containsKey("ino")) { // it knows the last part only
                put(body, "file.name", text(data, "name"));
                put(body, "file.inode", text(data, "ino"));
            }
            return;
        }
        String name = chosen.getOrDefault("name", "");
        String cwd = text(data, "cwd");
        if (!name.isEmpty() && !name.startsWith("/") && cwd.startsWith("/")) {
            name = cwd + (cwd.endsWith("/") ? "" : "/") + (name.startsWith("./") ? name.substring(2) : name);
        }
        put(body, "file.path", name);
        put(body, "file.inode", chosen.getOrDefault("inode", ""));
        put(body, "file.uid", chosen.getOrDefault("ouid", ""));
        put(body, "file.gid", chosen.getOrDefault("ogid", ""));
        put(body, "file.owner", chosen.getOrDefault("OUID", "0".equals(chosen.get("ouid")) ? "root" : ""));
        put(body, "file.group", chosen.getOrDefault("OGID", "0".equals(chosen.get("ogid")) ? "root" : ""));
        String mode = chosen.getOrDefault("mode", "");
        if (mode.length() > 4) {
            put(body, "file.mode", "0" + mode.substring(mode.length() - 3));
        }
        String type = chosen.getOrDefault("nametype", chosen.getOrDefault("objtype", ""));
        put(body, "_nametype", type);
    }

    private static void outcome(Body body, Map<String, Object> data) {
        for (String key : List.of("success", "res", "result")) {
            switch (text(data, key).toLowerCase(Locale.ROOT)) {
                case "yes", "success", "1", "true" -> body.put("event.outcome", "success");
                case "no", "failed", "fail", "0", "false" -> body.put("event.outcome", "failure");
                default -> {
                    continue;
                }
            }
            return;
        }
    }

    private static void put(Body body, String field, String value) {
        if (!value.isEmpty()) {
            body.put(field, value);
        }
    }

    private static void number(Body body, String field, Map<String, Object> data, String key) {
        Object number = As.INT.of(text(data, key));
        if (number != null) {
            body.put(field, number);
        }
    }

    private static String known(String value) {
        return value.equals("?") || value.equals("UNKNOWN") || value.equals("(null)") || value.equals("(none)")
                ? ""
                : value;
    }

    /** The first value of a key, or nothing. */
    private static String text(Map<String, Object> data, String key) {
        return switch (data.get(key)) {
            case null -> "";
            case List<?> list -> list.getFirst().toString();
            case Object value -> value.toString();
        };
    }

    private static void add(Map<String, Object> data, String key, String value, boolean repeats) {
        Object before = data.get(key);
        if (before == null) {
            data.put(key, value);
        } else if (repeats || !(before instanceof List<?> list ? list.contains(value) : before.equals(value))) {
            data.put(key, both(before, value));
        }
    }

    private static Object both(Object before, String value) {
        List<Object> all = new ArrayList<>();
        if (before instanceof List<?> list) {
            all.addAll(list);
        } else {
            all.add(before);
        }
        all.add(value);
        return all;
    }

    // ---- reading records

    /**
     * {@code [node=N ]type=T msg=audit(TIME:SERIAL):}, or {@code type=1400 audit(TIME:SERIAL):} from the kernel's own log, or
     * no more than the type.
     */
    private record Head(
            @Nullable String node,
            String type,
            long time,
            @Nullable String serial,
            boolean forPeople,
            int end) {
        static @Nullable Head read(String line, ZoneId zone) {
            int type = line.startsWith("type=") ? 0 : line.indexOf(" type=") + 1;
            if (type == 0 && !line.startsWith("type=")) {
                return journal(line);
            }
            int at = type + 5;
            int blank = line.indexOf(' ', at);
            int stamp = line.indexOf("audit(", at);
            int colon = stamp < 0 ? -1 : line.indexOf(')', stamp);
            if (blank < 0 || stamp < 0 || colon < 0 || stamp - blank > 6) {
                return null;
            }
            int node = line.lastIndexOf("node=", type);
            String name = type(line.substring(at, blank));
            String inside = line.substring(stamp + 6, colon);
            int split = inside.lastIndexOf(':');
            String serial = inside.substring(split + 1);
            return new Head(
                    node < 0 ? null : line.substring(node + 5, line.indexOf(' ', node)),
                    name,
                    split < 0 ? Micros.UNKNOWN : micros(inside.substring(0, split), zone),
                    isNumber(serial) ? serial : null,
                    inside.indexOf(' ') > 0,
                    Math.min(line.length(), colon + 1));
        }

        /** {@code TYPE key=value}: the journal has time and serial elsewhere. */
        private static @Nullable Head journal(String line) {
            int blank = line.indexOf(' ');
            String name = blank < 0 ? "" : type(line.substring(0, blank));
            return TYPES.containsValue(name) ? new Head(null, name, Micros.UNKNOWN, null, false, blank) : null;
        }

        private static String type(String said) {
            String name =
                    said.startsWith("UNKNOWN[") && said.endsWith("]") ? said.substring(8, said.length() - 1) : said;
            return TYPES.getOrDefault(name, name);
        }

        private static long micros(String seconds, ZoneId zone) {
            if (seconds.length() > 20) { // ausearch -i writes it for people, in the order of their language
                try {
                    LocalDateTime local = LocalDateTime.parse(seconds, FOR_PEOPLE);
                    return ChronoUnit.MICROS.between(Instant.EPOCH, local.atZone(zone));
                } catch (DateTimeException e) {
                    return Micros.UNKNOWN;
                }
            }
            try {
                return new BigDecimal(seconds).movePointRight(6).longValue();
            } catch (NumberFormatException e) {
                return Micros.UNKNOWN;
            }
        }

        private static final DateTimeFormatter FOR_PEOPLE = DateTimeFormatter.ofPattern(
                "[MM/dd/yyyy][MM/dd/yy][yyyy-MM-dd][dd.MM.yyyy][dd/MM/yyyy][dd/MM/yy] HH:mm:ss.SSS", Locale.ROOT);
    }

    /** The arguments of EXECVE records; a long one comes in pieces ({@code a1_len=… a1[0]=… a1[1]=…}), over several records. */
    private static final class Arguments {
        private final TreeMap<Integer, StringBuilder> raw = new TreeMap<>();
        private final Set<Integer> hex = new java.util.HashSet<>();

        /** Whether the key is an argument. */
        boolean take(String key, String value, boolean quoted) {
            if (key.charAt(0) == 'a' && key.endsWith("_len")) {
                return true; // of a long argument; its pieces say it as well
            }
            int bracket = key.indexOf('[');
            String digits = key.substring(1, bracket < 0 ? key.length() : bracket);
            if (key.charAt(0) != 'a' || digits.isEmpty() || digits.length() > 5 || !isNumber(digits)) {
                return false;
            }
            int n = Integer.parseInt(digits);
            if (n < MAX_ARGS) {
                raw.computeIfAbsent(n, i -> new StringBuilder()).append(value);
                if (!quoted && isHex(value)) {
                    hex.add(n);
                }
            }
            return true;
        }

        List<String> list() {
            List<String> out = new ArrayList<>(raw.size());
            raw.forEach((n, text) -> {
                String all = text.toString();
                out.add(hex.contains(n) && isHex(all) ? unhex(all) : all);
            });
            return out;
        }
    }

    /** {@code key=value} pairs of one record, those inside {@code msg='…'} and behind 0x1D included. */
    private static final class Reader {
        private final String s;
        private final Map<String, String> out;
        private final @Nullable Arguments arguments;
        /** By ausearch -i: a text has no quotes, and ends where the next key begins. */
        private final boolean forPeople;

        Reader(String s, Map<String, String> out, @Nullable Arguments arguments, boolean forPeople) {
            this.s = s;
            this.out = out;
            this.arguments = arguments;
            this.forPeople = forPeople;
        }

        void read(int from, int to) {
            int p = from;
            String prefix = "";
            while (p < to) {
                char c = s.charAt(p);
                if (c <= ' ' || c == ',' || c == ':' || c == '(' || c == ')' || c == '}' || c == '\'') {
                    p++;
                    continue;
                }
                if (c == '{') { // { read write } of an AVC
                    int close = s.indexOf('}', p);
                    if (close < 0 || close > to) {
                        return;
                    }
                    put("seperms", s.substring(p + 1, close).strip());
                    p = close + 1;
                    continue;
                }
                int equals = p;
                while (equals < to && s.charAt(equals) > ' ' && s.charAt(equals) != '=') {
                    equals++;
                }
                if (equals == to || s.charAt(equals) != '=') {
                    String word = s.substring(p, equals);
                    switch (word) {
                        case "old", "new" -> prefix = word + "-";
                        case "denied", "granted" -> put("seresult", word);
                        case "PAM:" -> {
                            int end = s.indexOf(' ', equals + 1);
                            put("op", "PAM:" + (end < 0 ? "" : s.substring(equals + 1, Math.min(end, to))));
                        }
                        default -> {}
                    }
                    p = equals;
                    continue;
                }
                String key = prefix + s.substring(p, equals);
                prefix = "";
                p = value(key, equals + 1, to);
            }
        }

        /** Where the text ends that goes on here: before the next key, of arguments before the next argument. */
        private int behindText(String key, int from, int to) {
            String next = null;
            if (arguments != null && key.length() < 7 && isNumber(key.substring(1))) {
                next = "a" + (Integer.parseInt(key.substring(1)) + 1) + "=";
            }
            for (int p = from; p < to; p++) {
                if (s.charAt(p) != ' ') {
                    continue;
                }
                int q = p + 1;
                while (q < to && (Character.isLetterOrDigit(s.charAt(q)) || s.charAt(q) == '_' || s.charAt(q) == '-')) {
                    q++;
                }
                if (next != null ? s.startsWith(next, p + 1) : q > p + 1 && q < to && s.charAt(q) == '=') {
                    return p;
                }
            }
            return to;
        }

        /** Where the next key may begin. */
        private int value(String key, int from, int to) {
            if (from >= to) {
                return to;
            }
            char c = s.charAt(from);
            if (c == '"') {
                int end = s.indexOf('"', from + 1);
                if (end < 0 || end >= to) {
                    end = to;
                }
                put(key, s.substring(from + 1, end), true);
                return Math.min(to, end + 1);
            }
            if (c == '\'') {
                int enriched = s.indexOf(ENRICHED, from);
                int end = s.lastIndexOf('\'', enriched < 0 || enriched > to ? to - 1 : enriched);
                int inner = end <= from ? to : end;
                if (key.equals("msg")) {
                    read(from + 1, inner);
                } else {
                    put(key, s.substring(from + 1, inner), true);
                }
                return Math.min(to, inner + 1);
            }
            if (c == '{') { // SADDR={ saddr_fam=inet laddr=… lport=… }
                int end = s.indexOf('}', from);
                int inner = end < 0 || end > to ? to : end;
                read(from + 1, inner);
                return inner;
            }
            int end = from;
            boolean result = key.equals("res") || key.equals("result");
            while (end < to && s.charAt(end) > ' ' && !(result && end > from && upper(end) && !upper(end - 1))) {
                end++;
            }
            if (forPeople && (arguments != null && key.startsWith("a") || TEXTS.contains(key))) {
                end = behindText(key, end, to);
                put(key, s.substring(from, end).stripTrailing(), true);
                return end;
            }
            int stop = end;
            while (stop > from && tail(from, stop)) {
                stop--;
            }
            put(key, s.substring(from, stop), false);
            return end;
        }

        /** What closes a list or a bracket that was opened before the value. */
        private boolean tail(int from, int stop) {
            char c = s.charAt(stop - 1);
            int open = s.indexOf('(', from);
            return c == ',' || c == '\'' || c == ')' && (open < 0 || open >= stop);
        }

        private boolean upper(int at) {
            return s.charAt(at) >= 'A' && s.charAt(at) <= 'Z';
        }

        private void put(String key, String value) {
            put(key, value, true);
        }

        private void put(String key, String value, boolean quoted) {
            if (key.isEmpty() || value.isEmpty() || value.equals("(null)") || value.equals("?")) {
                return;
            }
            if (arguments != null && arguments.take(key, value, quoted)) {
                return;
            }
            boolean hex = !quoted && TEXTS.contains(key) && isHex(value);
            out.putIfAbsent(key, hex ? unhex(value) : value);
        }
    }

    private static boolean isHex(String text) {
        if (text.isEmpty() || text.length() % 2 != 0) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'A' && c <= 'F')) {
                return false;
            }
        }
        return true;
    }

    private static String unhex(String text) {
        return Text.decode(HexFormat.of().parseHex(text), null);
    }

    /** A socket address as the kernel has it in memory, in base 16. */
    private record Peer(String family, String address, String port) {
        static @Nullable Peer read(String hex) {
            if (hex.length() < 8 || hex.length() > 256 || !isHex(hex)) {
                return null;
            }
            byte[] b = HexFormat.of().parseHex(hex);
            int family = b[0] != 0 ? b[0] : b[1]; // in the byte order of the machine
            String port = Integer.toString((b[2] & 0xFF) << 8 | b[3] & 0xFF);
            if (family == 2 && b.length >= 8) {
                return new Peer(
                        "ipv4", (b[4] & 0xFF) + "." + (b[5] & 0xFF) + "." + (b[6] & 0xFF) + "." + (b[7] & 0xFF), port);
            }
            if (family == 10 && b.length >= 24) {
                StringBuilder v6 = new StringBuilder();
                for (int i = 8; i < 24; i += 2) {
                    v6.append(i == 8 ? "" : ":").append(Integer.toHexString((b[i] & 0xFF) << 8 | b[i + 1] & 0xFF));
                }
                String ip = Ip.normal(v6.toString());
                return ip == null ? null : new Peer("ipv6", ip, port);
            }
            if (family == 1) {
                int from = b[2] == 0 ? 3 : 2;
                int end = from;
                while (end < b.length && b[end] != 0) {
                    end++;
                }
                String path = new String(b, from, end - from, StandardCharsets.UTF_8);
                return path.isEmpty() ? null : new Peer("unix", from == 3 ? "@" + path : path, "");
            }
            return null;
        }
    }

    // ---- names of numbers

    private static Map<String, Arch> arches() {
        Map<String, Arch> arches = new HashMap<>();
        resource("syscalls.txt").lines().forEach(line -> {
            String[] words = line.split(" ");
            arches.put(words[0], new Arch(words[1], java.util.Arrays.copyOfRange(words, 2, words.length)));
        });
        return arches;
    }

    private static Map<String, String> types() {
        Map<String, String> types = new HashMap<>();
        resource("audit-types.txt").lines().forEach(line -> {
            String[] words = line.split(" ");
            int number = Integer.parseInt(words[0]);
            for (int i = 1; i < words.length; i++) {
                types.put(Integer.toString(number++), words[i]);
            }
        });
        return types;
    }

    private static String resource(String name) {
        try (InputStream in = Auditd.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
