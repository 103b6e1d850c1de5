package io.bongsu.shipper.files;

import io.bongsu.shipper.FileInput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows files: finds them, reads what is new, notices that one was renamed, truncated, copied, deleted or replaced, and
 * keeps the checkpoint behind Kafka's acknowledgement. A file is known by its inode together with its first line, and
 * before each read by the bytes in front of the place where reading goes on; neither its name nor any one of these alone
 * would do. One thread; it never waits: {@link #turn} does what can be done now.
 */
final class Follower {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final Pattern PACKED = Pattern.compile("(?i).*\\.(gz|bz2|xz|zst|lz4|zip|Z|7z)");
    private static final int MAX_EPOCHS = 5_000;
    private static final int READS_A_TURN = 8;
    /** What may be a copy for a truncation waits so long for it, and as long again for each change. */
    private static final long COPYING = Duration.ofSeconds(10).toNanos();

    /**
     * @param scan time between two looks into the folders
     * @param unended a last line without a line feed is a line after so long without a change
     * @param away a file that was renamed out of the patterns, or deleted, is given up after so long without a change
     * @param maxOpen files that are held open
     */
    record Settings(int maxLine, int maxOpen, Duration scan, Duration unended, Duration away) {
        static Settings of(int maxLine) {
            return new Settings(maxLine, 1_000, Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofSeconds(60));
        }
    }

    private record Found(FileInput input, Path path, Path real, Object key, long size, long modified) {}

    private final List<FileInput> inputs;
    private final Map<String, List<Glob>> paths = new HashMap<>();
    private final Map<String, List<Glob>> excluded = new HashMap<>();
    private final Settings settings;
    private final Output output;
    private final Path checkpointFile;
    private final byte[] buffer;

    private final Map<Object, LogFile> files = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();
    private final LinkedHashMap<String, Long> epochs = new LinkedHashMap<>();
    private final List<Checkpoint.Entry> unmatched = new ArrayList<>();
    private final Map<String, String> complaints = new HashMap<>();
    private Set<String> complained = new HashSet<>();
    private boolean scanned;
    private long nextScan = Long.MIN_VALUE;
    private long nextSave = Long.MIN_VALUE;
    private boolean unsavedName;
    private @Nullable Checkpoint written;

    // For the ledger, read by other threads.
    volatile long followed;
    volatile long open;
    volatile long unreadable;
    volatile long unread;
    volatile long replaced;
    volatile long lost;
    volatile boolean checkpointFails;

    /** @throws IOException the checkpoint cannot be read; the message says what to do */
    Follower(List<FileInput> inputs, Settings settings, Output output, Path checkpointFile) throws IOException {
        this.inputs = List.copyOf(inputs);
        this.settings = settings;
        this.output = output;
        this.checkpointFile = checkpointFile;
        this.buffer = new byte[LogFile.TAIL + settings.maxLine() + 64 * 1024];
        for (FileInput input : inputs) {
            paths.put(input.name(), input.paths().stream().map(Glob::new).toList());
            excluded.put(input.name(), input.exclude().stream().map(Glob::new).toList());
        }
        Checkpoint before = Checkpoint.load(checkpointFile);
        known.addAll(before.inputs());
        known.retainAll(paths.keySet());
        epochs.putAll(before.epochs());
        for (Checkpoint.Entry entry : before.files()) {
            if (known.contains(entry.input())) {
                unmatched.add(entry);
                epochs.merge(entry.name(), entry.epoch(), Math::max);
            }
        }
    }

    /**
     * Looks for files when it is time, and reads from each a little.
     *
     * @param now any clock in nanoseconds
     * @return whether there is more to do at once
     */
    boolean turn(long now) {
        if (nextScan == Long.MIN_VALUE || now - nextScan >= 0) {
            long before = System.nanoTime();
            scan(now);
            // Never more than a twentieth of the time, however many there are.
            nextScan = now + Math.max(settings.scan().toNanos(), 20 * (System.nanoTime() - before));
        }
        boolean more = false;
        for (Map.Entry<Object, LogFile> entry : List.copyOf(files.entrySet())) {
            more |= follow(entry.getKey(), entry.getValue(), now);
        }
        gauges();
        saveIfDue(now);
        return more && output.open();
    }

    /** Writes the checkpoint a last time, and lets the files go. */
    void close() {
        save();
        files.values().forEach(LogFile::close);
    }

    // ---- finding

    private void scan(long now) {
        complained = new HashSet<>();
        Map<Object, Found> found = new LinkedHashMap<>();
        for (FileInput input : inputs) {
            for (Found file : find(input)) {
                found.putIfAbsent(file.key(), file);
            }
        }
        files.values().forEach(log -> log.blocked = false);
        boolean first = !scanned;
        for (Found file : found.values()) {
            LogFile log = files.get(file.key());
            if (log != null) {
                log.where = file.real();
                log.away = false;
                log.look(file.size(), file.modified(), now);
            } else {
                discover(file, first, now);
            }
        }
        for (Map.Entry<Object, LogFile> entry : List.copyOf(files.entrySet())) {
            if (!found.containsKey(entry.getKey())) {
                missing(entry.getKey(), entry.getValue(), now);
            }
        }
        if (first) {
            scanned = true;
            List.copyOf(unmatched).forEach(entry -> foundElsewhere(entry, now));
            unmatched.clear();
            known.addAll(paths.keySet());
            save(); // from now on it is known what was skipped
        }
        complaints.keySet().retainAll(complained);
        unreadable = complaints.size();
    }

    private List<Found> find(FileInput input) {
        Map<Path, Found> found = new TreeMap<>();
        for (Glob glob : paths.getOrDefault(input.name(), List.of())) {
            if (!Files.exists(glob.root())) {
                continue;
            }
            try {
                Files.walkFileTree(
                        glob.root(), EnumSet.noneOf(FileVisitOption.class), glob.depth(), new SimpleFileVisitor<>() {
                            @Override
                            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                                if (glob.matches(path)) {
                                    file(input, path, attributes, found);
                                }
                                return FileVisitResult.CONTINUE;
                            }

                            @Override
                            public FileVisitResult visitFileFailed(Path path, IOException e) {
                                complain(path, e);
                                return FileVisitResult.CONTINUE;
                            }
                        });
            } catch (IOException e) {
                complain(glob.root(), e);
            }
        }
        return List.copyOf(found.values());
    }

    private void file(FileInput input, Path path, BasicFileAttributes itsOwn, Map<Path, Found> found) {
        if (isPacked(path)
                || excluded.getOrDefault(input.name(), List.of()).stream().anyMatch(g -> g.matches(path))) {
            return;
        }
        try {
            BasicFileAttributes attributes =
                    itsOwn.isSymbolicLink() ? Files.readAttributes(path, BasicFileAttributes.class) : itsOwn;
            Object key = attributes.fileKey();
            if (attributes.isRegularFile() && key != null) {
                found.put(
                        path,
                        new Found(
                                input,
                                path,
                                itsOwn.isSymbolicLink() ? path.toRealPath() : path,
                                key,
                                attributes.size(),
                                attributes.lastModifiedTime().toMillis()));
            }
        } catch (NoSuchFileException e) {
            // A link to nothing, or gone meanwhile.
        } catch (IOException e) {
            complain(path, e);
        }
    }

    private void discover(Found file, boolean first, long now) {
        LogFile log = fresh(file.input(), file.path().toString(), file.real(), file.key(), now);
        log.look(file.size(), file.modified(), now);
        if (!opened(log)) {
            return;
        }
        try {
            log.look(now);
            for (Checkpoint.Entry entry : unmatched) {
                boolean may = entry.input().equals(file.input().name()) && entry.inode() == log.inode();
                if (may && log.holds(entry.head(), entry.acknowledged())) {
                    unmatched.remove(entry);
                    Place place = entry.acknowledged();
                    files.put(file.key(), continued(log, entry, place, new Acknowledged(place)));
                    return;
                }
            }
            boolean isNew = first && !known.contains(file.input().name());
            if (isNew && file.input().start() == FileInput.Start.END) {
                log.skipToEnd(buffer);
                if (log.place().offset() > 0) {
                    byte[] line = log.lineAt(0);
                    log.head = Mark.of(line, 0, line.length);
                    name(log, line);
                }
            }
            files.put(file.key(), log);
        } catch (IOException e) {
            log.close();
            complain(file.path(), e);
        }
    }

    private LogFile fresh(FileInput input, String path, Path where, Object key, long now) {
        return new LogFile(
                input, path, where, key, settings.maxLine(), Place.START, new Acknowledged(Place.START), now);
    }

    /** The file of an entry, to be read from a place on. */
    private LogFile continued(LogFile opened, Checkpoint.Entry entry, Place place, Acknowledged acknowledged) {
        LogFile log = new LogFile(
                opened.input,
                entry.path(),
                opened.where,
                opened.key,
                settings.maxLine(),
                place,
                acknowledged,
                opened.changedAt);
        log.take(opened);
        log.head = entry.head();
        log.name = entry.name();
        log.epoch = entry.epoch();
        log.out = output.file(log.input, entry.name(), entry.epoch(), entry.path(), place.offset());
        return log;
    }

    /** Of a file that was there before a restart and is not where it was, or not as it was. */
    private void foundElsewhere(Checkpoint.Entry entry, long now) {
        Place place = entry.acknowledged();
        if (!elsewhere(input(entry), entry, place, new Acknowledged(place), now)) {
            gone(Path.of(entry.where()), place.offset(), entry.size());
        }
    }

    private FileInput input(Checkpoint.Entry entry) {
        return inputs.stream()
                .filter(i -> i.name().equals(entry.input()))
                .findFirst()
                .orElseThrow();
    }

    /** Looks for it in its folder: by its inode, and for a copy that goes as far. */
    private boolean elsewhere(
            FileInput input, Checkpoint.Entry entry, Place place, Acknowledged acknowledged, long now) {
        Path was = Path.of(entry.where());
        List<Map.Entry<Object, Path>> around = new ArrayList<>(siblings(was).entrySet());
        around.removeIf(e -> LogFile.inode(e.getKey()) != entry.inode() && !areRelated(was, e.getValue()));
        around.sort(Comparator.comparing(e -> LogFile.inode(e.getKey()) == entry.inode() ? 0 : 1));
        for (Map.Entry<Object, Path> sibling : around) {
            LogFile known = files.get(sibling.getKey());
            if (isPacked(sibling.getValue()) || entry.head().length() == 0) {
                continue;
            }
            LogFile log = fresh(input, entry.path(), sibling.getValue(), sibling.getKey(), now);
            try {
                if (log.open()) {
                    log.look(now);
                    // One that is known is another, unless its inode was given to this one since.
                    boolean other = known != null && known.name != null && log.holds(known.head, known.place());
                    if (!other && log.holds(entry.head(), place)) {
                        if (known != null) {
                            forget(sibling.getKey(), known);
                        }
                        LogFile going = continued(log, entry, place, acknowledged);
                        going.away = true;
                        files.put(sibling.getKey(), going);
                        return true;
                    }
                }
            } catch (IOException e) {
                LOG.atDebug().addKeyValue("file", sibling.getValue()).log("Not readable, so it is not the one");
            }
            log.close();
        }
        return false;
    }

    /** Whether the one may be the other after a rotation: {@code auth.log}, and {@code auth.log.1} or {@code auth-2026.log}. */
    private static boolean areRelated(Path a, Path b) {
        Path folder = a.getParent();
        if (folder == null || !folder.equals(b.getParent()) || a.equals(b)) {
            return false;
        }
        return stem(b).startsWith(stem(a)) || stem(a).startsWith(stem(b));
    }

    private static String stem(Path path) {
        String name = String.valueOf(path.getFileName());
        int dot = name.indexOf('.', 1);
        return dot < 0 ? name : name.substring(0, dot);
    }

    private static boolean isPacked(Path path) {
        return PACKED.matcher(path.toString()).matches();
    }

    private static Map<Object, Path> siblings(Path of) {
        Map<Object, Path> found = new LinkedHashMap<>();
        Path folder = of.getParent();
        if (folder == null) {
            return found;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path path : all) {
                BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                if (attributes.isRegularFile() && attributes.fileKey() != null) {
                    found.put(attributes.fileKey(), path);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // The folder went as well, or a file of it just now: what is left is looked at.
        }
        return found;
    }

    /** A file that no pattern finds any more: renamed, moved or deleted. */
    private void missing(Object key, LogFile log, long now) {
        boolean there = false;
        try {
            BasicFileAttributes attributes = Files.readAttributes(log.where, BasicFileAttributes.class);
            there = key.equals(attributes.fileKey());
            if (there) {
                log.look(attributes.size(), attributes.lastModifiedTime().toMillis(), now);
            }
        } catch (IOException e) {
            // It is not there.
        }
        if (!there && !log.where.equals(log.vanished)) {
            Path renamed = siblings(log.where).get(key);
            if (renamed != null && isStill(log, renamed, now)) {
                log.where = renamed;
            } else if (!log.isOpen()) {
                gone(log.where, log.place().offset(), log.size);
                forget(key, log);
                return;
            } else {
                log.vanished = log.where;
            }
        } else if (!there && !log.isOpen()) {
            forget(key, log);
            return;
        }
        if (!log.away) {
            log.away = true;
            log.changedAt = now;
        }
    }

    /** An inode that we do not hold open may have been given to another file since. */
    private boolean isStill(LogFile log, Path renamed, long now) {
        if (log.isOpen()) {
            return true;
        }
        LogFile found = fresh(log.input, log.path, renamed, log.key, now);
        try {
            if (log.name == null || !found.open()) {
                return false;
            }
            found.look(now);
            return found.holds(log.head, log.place());
        } catch (IOException e) {
            complain(renamed, e);
            return false;
        } finally {
            found.close();
        }
    }

    private void gone(Path path, long read, long size) {
        if (read < size) {
            lost++;
            LOG.atWarn()
                    .addKeyValue("file", path)
                    .addKeyValue("bytes", size - read)
                    .log("A file went away before it was read to its end; what was left of it is lost");
        }
    }

    private void forget(Object key, LogFile log) {
        log.close();
        if (log.out != null) {
            log.out.forget();
        }
        files.remove(key);
    }

    // ---- reading

    private boolean follow(Object key, LogFile log, long now) {
        try {
            log.look(now);
            if (log.blocked) {
                return false;
            }
            if (log.more && output.open()) {
                return opened(log) && read(key, log, now);
            }
            if (!log.more) {
                atRest(key, log, now);
            }
        } catch (IOException e) {
            complain(log.where, e);
            log.close();
        }
        return false;
    }

    private boolean read(Object key, LogFile log, long now) throws IOException {
        if (log.name == null) {
            named(log, now);
            return log.name != null;
        }
        if (!log.nameIsSaved) {
            return true;
        }
        for (int i = 0; i < READS_A_TURN && output.open(); i++) {
            switch (log.read(buffer)) {
                case MORE -> {}
                case END -> {
                    return false;
                }
                case REPLACED -> {
                    begunAnew(key, log, now);
                    return true;
                }
            }
        }
        return true;
    }

    /** Finds out which file this is, when that can be known by now. */
    private void named(LogFile log, long now) throws IOException {
        if (log.place().offset() == 0 && log.beginsWithNul()) {
            log.skipNuls(buffer);
        }
        byte[] line = log.lineAt(log.place().offset());
        if (line.length == 0) {
            log.more = false;
            return;
        }
        if (log.place().offset() == 0) {
            Mark head = Mark.of(line, 0, line.length);
            if (mayBeACopy(log, head, now)) {
                return;
            }
            log.head = head;
        }
        name(log, line);
    }

    /** Copied, perhaps, so that the other can be truncated: then it is the other that goes on here. */
    private boolean mayBeACopy(LogFile log, Mark head, long now) throws IOException {
        if (now - log.changedAt >= COPYING || now - log.foundAt >= 6 * COPYING) {
            return false;
        }
        for (LogFile other : files.values()) {
            boolean alike = other != log && other.input == log.input && other.head.equals(head);
            if (alike && other.place().offset() > 0 && areRelated(other.where, log.where)) {
                if (log.size < other.place().offset() || log.holds(other.head, other.place())) {
                    return true;
                }
            }
        }
        return false;
    }

    private void name(LogFile log, byte[] line) {
        byte[] inode = (log.inode() + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] both = new byte[inode.length + line.length];
        System.arraycopy(inode, 0, both, 0, inode.length);
        System.arraycopy(line, 0, both, inode.length, line.length);
        String name = Mark.hash(both, 0, both.length);
        Long before = epochs.remove(name);
        log.name = name;
        log.epoch = before == null ? 0 : before + 1;
        epochs.put(name, log.epoch);
        unsavedName = true;
        log.out = output.file(log.input, name, log.epoch, log.path, log.place().offset());
    }

    /** What was read is not there any more. A copy of it may hold what was written last. */
    private void begunAnew(Object key, LogFile log, long now) throws IOException {
        replaced++;
        Checkpoint.Entry entry = entry(log);
        LogFile fresh = fresh(log.input, log.where.toString(), log.where, key, now);
        fresh.take(log);
        fresh.look(now);
        files.put(key, fresh);
        if (entry != null) {
            elsewhere(log.input, entry, log.place(), log.acknowledged, now);
        }
        if (log.out != null) {
            log.out.forget();
        }
    }

    private void atRest(Object key, LogFile log, long now) throws IOException {
        long quiet = now - log.changedAt;
        if (quiet >= settings.unended().toNanos() && log.isUnended() && output.open()) {
            if (opened(log) && (log.name != null || nameUnended(log)) && log.nameIsSaved) {
                log.more = !log.end(buffer);
                log.changedAt = now;
            }
        }
        if (log.away && quiet >= settings.away().toNanos() && log.isDone()) {
            forget(key, log);
        } else if (log.isOpen() && open > settings.maxOpen() && log.isDone()) {
            log.close();
            open--;
        }
    }

    /** The first line has no end, and will not have one. */
    private boolean nameUnended(LogFile log) throws IOException {
        byte[] bytes = new byte[LogFile.HEAD];
        int n = log.read(bytes, 0, 0, bytes.length);
        if (n == 0) {
            return false;
        }
        log.head = Mark.of(bytes, 0, n);
        name(log, Arrays.copyOf(bytes, n));
        return true;
    }

    private boolean opened(LogFile log) {
        if (log.isOpen()) {
            return true;
        }
        try {
            if (open >= settings.maxOpen()) {
                closeOne();
            }
            if (log.open()) {
                open++;
                return true;
            }
        } catch (NoSuchFileException e) {
            LOG.atDebug().addKeyValue("file", log.where).log("Not there any more");
        } catch (IOException e) {
            complain(log.where, e);
        }
        log.blocked = true; // until the next look into the folder, which may tell its new name
        return false;
    }

    /** The one that has been quiet for longest, of those that are read to their end if there are such. */
    private void closeOne() {
        files.values().stream()
                .filter(LogFile::isOpen)
                .min(Comparator.comparing((LogFile log) -> log.more).thenComparing(log -> log.changedAt))
                .ifPresent(log -> {
                    log.close();
                    open--;
                });
    }

    // ---- telling

    /** Once, and again when the file or the reason is another. */
    private void complain(Path path, IOException e) {
        String what = e.getClass().getSimpleName() + owner(path);
        complained.add(path.toString());
        if (what.equals(complaints.put(path.toString(), what))) {
            return;
        }
        if (e instanceof AccessDeniedException) {
            LOG.atWarn()
                    .addKeyValue("file", path)
                    .addKeyValue("user", System.getProperty("user.name"))
                    .addKeyValue("owner", owner(path))
                    .log(
                            "A file or folder may not be read. Let this user read it: setfacl -m u:USER:rX PATH, or make it a"
                                    + " member of the group that owns it (adm, on Debian)");
        } else {
            LOG.atWarn()
                    .addKeyValue("file", path)
                    .addKeyValue("reason", e.toString())
                    .log("A file or folder cannot be read; it is tried again");
        }
    }

    private static String owner(Path path) {
        try {
            PosixFileAttributes a = Files.readAttributes(path, PosixFileAttributes.class);
            return " " + a.owner().getName() + ":" + a.group().getName() + " "
                    + PosixFilePermissions.toString(a.permissions());
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }

    private void gauges() {
        long openNow = 0;
        long unreadNow = 0;
        for (LogFile log : files.values()) {
            openNow += log.isOpen() ? 1 : 0;
            unreadNow += Math.max(0, log.size - log.place().offset());
        }
        open = openNow;
        unread = unreadNow;
        followed = files.size();
    }

    // ---- the checkpoint

    private void saveIfDue(long now) {
        // An identity is on disk before the first line that has it is sent: the file may be copied while we are away.
        if (unsavedName || nextSave == Long.MIN_VALUE || now - nextSave >= 0) {
            long before = System.nanoTime();
            save();
            nextSave = now + Math.max(Duration.ofSeconds(1).toNanos(), 20 * (System.nanoTime() - before));
        }
    }

    private void save() {
        if (!scanned) {
            return;
        }
        while (epochs.size() > files.size() + MAX_EPOCHS) {
            Set<String> alive = new HashSet<>();
            files.values().forEach(log -> alive.add(String.valueOf(log.name)));
            epochs.keySet().stream()
                    .filter(name -> !alive.contains(name))
                    .limit(MAX_EPOCHS / 10)
                    .toList()
                    .forEach(epochs::remove);
        }
        Checkpoint now = new Checkpoint(
                Set.copyOf(known),
                files.values().stream()
                        .map(Follower::entry)
                        .filter(Objects::nonNull)
                        .toList(),
                Map.copyOf(epochs));
        if (now.equals(written)) {
            unsavedName = false;
            return;
        }
        try {
            new Checkpoint(known, now.files(), epochs).save(checkpointFile);
            written = now;
            checkpointFails = false;
        } catch (IOException e) {
            if (!checkpointFails) {
                LOG.atError()
                        .addKeyValue("file", checkpointFile)
                        .addKeyValue("reason", e.toString())
                        .log(
                                "The places in files cannot be written; reading goes on, but after a restart the same lines"
                                        + " are sent again (they are recognised). Make room, or make the folder writable");
            }
            checkpointFails = true;
        }
        files.values().forEach(log -> log.nameIsSaved = log.name != null);
        unsavedName = false;
    }

    private static Checkpoint.@Nullable Entry entry(LogFile log) {
        String name = log.name;
        return name == null
                ? null
                : new Checkpoint.Entry(
                        log.input.name(),
                        name,
                        log.epoch,
                        log.inode(),
                        log.head,
                        log.acknowledged.place,
                        log.size,
                        log.path,
                        log.where.toString());
    }
}
