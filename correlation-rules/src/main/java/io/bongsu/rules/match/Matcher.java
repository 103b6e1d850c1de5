package io.bongsu.rules.match;

import io.bongsu.rules.match.EventView.Value;
import io.bongsu.rules.match.EventView.Values;
import io.bongsu.rules.match.RuleIndex.FieldIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds events against rule indices. For one thread: it keeps, within a bound, the kinds of values that it has met and what
 * expensive tests said of values that come again. All that it keeps is a function of the value and the rules, so it makes no
 * difference to what is found. What is cheap is not kept: to read a value again costs no more than to find it in memory.
 */
public final class Matcher {
    /** Longer values are seldom seen twice. */
    private static final int MEMO_LENGTH = 1_024;
    /** What is kept may take so many bytes; then it begins again. */
    private static final long MEMO_BYTES = 64 << 20;

    private static final int KEPT = 1 << 16;

    final EventView event;
    private @Nullable Memory memory;
    private final Literals.Found found = new Literals.Found();
    private int[] rulesFound = new int[64];
    private int[] partsFound = new int[64];
    /** For each part the kind that it was last seen for, by number. */
    private int[] partSeen = {};

    private int kinds;
    private final KeywordIndex.EventTexts texts = new KeywordIndex.EventTexts();
    private char[] text = new char[1 << 10];
    private int length;
    /** Plans, one bit for each. */
    private long[] candidates = new long[16];

    private int[] hits = new int[64];
    private int hitCount;
    /** The fields of the index that the event has, in no order, and for each the rank of its name so far and its value. */
    private int[] foundFields = {};

    private int[] foundRanks = {};
    private Object[] foundValues = {};
    private int foundCount;
    private long memoBytes;
    private final List<Memory> memories = new ArrayList<>();
    private final Memo tested = new Memo();

    private long events;
    private long valuesSeen;
    private long candidatesSeen;
    private long scanned;
    private long keywordCharacters;
    long tests;
    long regexes;

    /**
     * What a matcher has done.
     *
     * @param values looked at
     * @param candidates rules that the index brought up
     * @param tests of a field, or of all texts, that the candidates asked for
     * @param regexes expressions that were run
     * @param scanned characters of values that were not known
     * @param compared literals compared with them, a piece of which stood there
     * @param kinds of values that were worked out
     * @param keywordCharacters characters of texts in which keywords were sought
     */
    public record Statistics(
            long events,
            long values,
            long candidates,
            long tests,
            long regexes,
            long scanned,
            long compared,
            long kinds,
            long keywordCharacters) {
        public Statistics since(Statistics before) {
            return new Statistics(
                    events - before.events,
                    values - before.values,
                    candidates - before.candidates,
                    tests - before.tests,
                    regexes - before.regexes,
                    scanned - before.scanned,
                    compared - before.compared,
                    kinds - before.kinds,
                    keywordCharacters - before.keywordCharacters);
        }
    }

    /** What one matcher has found out about values under one index. */
    public static final class Memory {
        private final RuleIndex index;
        private final Kinds[] kinds;
        private final Work @Nullable [] work;

        private Memory(RuleIndex index, boolean counting) {
            this.index = index;
            this.work = counting ? new Work[index.plans()] : null;
            this.kinds = new Kinds[index.fields.length];
            for (int i = 0; i < kinds.length; i++) {
                kinds[i] = new Kinds();
            }
        }

        /** What was done for a rule so far, by its place in the index, when it is counted; rules that say the same share it. */
        public Work work(int place) {
            return workOn(index.plan(place));
        }

        private Work workOn(int plan) {
            return work == null || work[plan] == null ? Work.NONE : work[plan];
        }
    }

    /** What was done for one rule: how often it was looked at, and what that took. */
    public record Work(long opened, long tests, long regexes, long hits) {
        public static final Work NONE = new Work(0, 0, 0, 0);

        public Work plus(Work more) {
            return new Work(opened + more.opened, tests + more.tests, regexes + more.regexes, hits + more.hits);
        }
    }

    /** Values that expensive tests were made of: two places for each hash, the one used last first. It grows while it misses. */
    private static final class Memo {
        private static final int MOST = 1 << 14;

        /** What {@link #table} has at the same place, so that others need not be looked at. */
        private int[] hashes = new int[64];

        private @Nullable Value[] table = new Value[64];
        private int misses;

        @Nullable
        Value get(Object raw, int hash) {
            int at = hash & table.length - 2;
            if (hashes[at] == hash) {
                Value first = table[at];
                if (first != null && first.raw.equals(raw)) {
                    return first;
                }
            }
            if (hashes[at + 1] == hash) {
                Value second = table[at + 1];
                if (second != null && second.raw.equals(raw)) {
                    set(at + 1, table[at], hashes[at]);
                    set(at, second, hash);
                    return second;
                }
            }
            return null;
        }

        private void set(int at, @Nullable Value value, int hash) {
            table[at] = value;
            hashes[at] = hash;
        }

        /** How many bytes more it holds. */
        long put(Value value, int hash) {
            long more = 0;
            if (++misses > table.length && table.length < MOST) {
                @Nullable Value[] before = table;
                int[] hashesBefore = hashes;
                table = new Value[table.length * 4];
                hashes = new int[table.length];
                misses = 0;
                more += 8L * (table.length - before.length);
                for (int i = 0; i < before.length; i++) {
                    Value old = before[i];
                    if (old != null) {
                        more += enter(old, hashesBefore[i]) - old.bytes;
                    }
                }
            }
            return more + enter(value, hash);
        }

        private long enter(Value value, int hash) {
            int at = hash & table.length - 2;
            Value out = table[at + 1];
            set(at + 1, table[at], hashes[at]);
            set(at, value, hash);
            return value.bytes - (out == null ? 0 : out.bytes);
        }

        void forget() {
            hashes = new int[64];
            table = new Value[64];
            misses = 0;
        }
    }

    /** The kinds of a field's values, by the literals that stand in them. Open addressing. */
    private static final class Kinds {
        private @Nullable Kind[] kinds = new Kind[0];
        private int count;

        @Nullable
        Kind get(int[] found, int count, int hash) {
            if (kinds.length == 0) {
                return null;
            }
            for (int at = hash & kinds.length - 1; ; at = at + 1 & kinds.length - 1) {
                Kind kind = kinds[at];
                if (kind == null || kind.hash == hash && kind.is(found, count)) {
                    return kind;
                }
            }
        }

        /** How many bytes more it holds. */
        int put(Kind kind) {
            int before = kinds.length;
            if (count * 2 >= before) {
                @Nullable Kind[] old = kinds;
                kinds = new Kind[Math.max(16, before * 2)];
                for (Kind one : old) {
                    if (one != null) {
                        enter(one);
                    }
                }
            }
            enter(kind);
            count++;
            return kind.bytes() + 4 * (kinds.length - before);
        }

        private void enter(Kind kind) {
            int at = kind.hash & kinds.length - 1;
            while (kinds[at] != null) {
                at = at + 1 & kinds.length - 1;
            }
            kinds[at] = kind;
        }

        void forget() {
            kinds = new Kind[0];
            count = 0;
        }
    }

    /** @param slots how many fields the rule set has */
    public Matcher(int slots) {
        event = new EventView(Map.of(), null, slots, this::read);
    }

    /**
     * A memory for an index; callers keep it as long as they use the index.
     *
     * @param counting whether it counts the work for each rule
     */
    public Memory memory(RuleIndex index, boolean counting) {
        Memory memory = new Memory(index, counting);
        memories.add(memory);
        return memory;
    }

    /** Forgets all memories that it gave. */
    public void forget() {
        clear();
        memories.clear();
    }

    private void clear() {
        memories.forEach(memory -> Arrays.stream(memory.kinds).forEach(Kinds::forget));
        tested.forget();
        memoBytes = 0;
    }

    public Statistics statistics() {
        return new Statistics(
                events, valuesSeen, candidatesSeen, tests, regexes, scanned, found.compared, kinds, keywordCharacters);
    }

    /** The event that was matched last. */
    public EventView event() {
        return event;
    }

    /** Tells the rules that an event fulfils, by their place in the index, in order. */
    public void match(Memory memory, Map<String, ?> fields, @Nullable Envelope envelope, IntConsumer hit) {
        RuleIndex index = memory.index;
        this.memory = memory;
        event.turnTo(fields, envelope);
        events++;
        int words = index.plans() + 63 >>> 6;
        if (candidates.length < words) {
            candidates = new long[words];
        }
        hitCount = 0;
        mark(index.always);
        gather(index, fields, envelope);
        for (int i = 0; i < foundCount; i++) {
            int field = foundFields[i];
            mark(index.fields[field].onValue());
            Values values = values(index.fields[field], memory.kinds[field], foundValues[field]);
            event.put(index.fields[field].field().slot(), values);
            mark(values.kind().rules);
            foundRanks[field] = Integer.MAX_VALUE;
        }
        if (index.keywords != null) {
            texts.close();
            keywordCharacters += texts.length();
            index.keywords.find(texts, rule -> candidates[rule >>> 6] |= 1L << rule);
        }
        for (int word = 0; word < words; word++) {
            long left = candidates[word];
            candidates[word] = 0;
            while (left != 0) {
                int rule = (word << 6) + Long.numberOfTrailingZeros(left);
                left &= left - 1;
                candidatesSeen++;
                long testsBefore = tests;
                long regexesBefore = regexes;
                int then = clauses(index, index.codeAt[rule]);
                boolean holds = then >= 0 && rest(index, index.code[then]);
                if (memory.work != null) {
                    memory.work[rule] = memory.workOn(rule)
                            .plus(new Work(1, tests - testsBefore, regexes - regexesBefore, holds ? 1 : 0));
                }
                if (holds) {
                    hits(index.code, then + 1);
                }
            }
        }
        Arrays.sort(hits, 0, hitCount);
        for (int i = 0; i < hitCount; i++) {
            hit.accept(hits[i]);
        }
        if (memoBytes > MEMO_BYTES) {
            clear();
        }
    }

    private void hits(int[] code, int at) {
        int count = code[at];
        if (hitCount + count > hits.length) {
            hits = Arrays.copyOf(hits, (hitCount + count) * 2);
        }
        for (int i = 1; i <= count; i++) {
            hits[hitCount++] = code[at + i];
        }
    }

    private boolean rest(RuleIndex index, int number) {
        return number < 0 || index.rests[number].holds(this);
    }

    /** Where the code goes on when all clauses hold, or -1. */
    private int clauses(RuleIndex index, int at) {
        int[] code = index.code;
        while (code[at] > 0) {
            int next = at + 1 + 2 * code[at];
            if (!clause(index, code, at + 1, next)) {
                return -1;
            }
            at = next;
        }
        return at + 1;
    }

    private boolean clause(RuleIndex index, int[] code, int at, int end) {
        while (at < end) {
            tests++;
            int place = code[at];
            if (place < 0
                    ? !kind(index, ~place).holds(code[at + 1])
                    : kind(index, place).holds(code[at + 1])) {
                return true;
            }
            at += 2;
        }
        return false;
    }

    private Kind kind(RuleIndex index, int place) {
        return event.values(index.fields[place].field()).kind();
    }

    private void mark(int[] rules) {
        for (int rule : rules) {
            candidates[rule >>> 6] |= 1L << rule;
        }
    }

    /** Goes through the event once: which values the index looks at, and the texts when it has keywords. */
    private void gather(RuleIndex index, Map<String, ?> fields, @Nullable Envelope envelope) {
        if (foundRanks.length < index.fields.length) {
            foundRanks = new int[index.fields.length];
            foundFields = new int[index.fields.length];
            foundValues = new Object[index.fields.length];
            Arrays.fill(foundRanks, Integer.MAX_VALUE);
        }
        foundCount = 0;
        boolean words = index.keywords != null;
        if (words) {
            texts.open();
        }
        fields.forEach((name, raw) -> {
            if (raw != null && (envelope == null || !Envelope.has(name))) {
                take(index, name, raw, words);
            }
        });
        if (envelope != null) {
            take(index, Envelope.ORIGINAL, envelope.original(), words);
            take(index, Envelope.DATASET, envelope.dataset(), words);
            if (envelope.id() != null) {
                take(index, Envelope.ID, envelope.id(), words);
            }
            if (envelope.time() != null) {
                take(index, Envelope.TIME, envelope.time(), words);
            }
        }
    }

    private void take(RuleIndex index, String name, Object raw, boolean words) {
        if (words && EventView.speaks(name)) {
            texts.add(raw);
        }
        FieldTable.Use[] uses = index.names.get(name);
        if (uses != null && EventView.hasValue(raw)) {
            for (FieldTable.Use use : uses) {
                take(use, raw);
            }
        }
        for (FieldTable.Below below : index.names.below()) {
            if (name.startsWith(below.beginning()) && EventView.hasValue(raw)) {
                takeBelow(below.use(), raw);
            }
        }
    }

    /** All values of one beginning go into one list of ours: what has that rank cannot come from anywhere else. */
    @SuppressWarnings("unchecked")
    private void takeBelow(FieldTable.Use use, Object raw) {
        int field = use.field();
        if (use.rank() < foundRanks[field]) {
            take(use, new ArrayList<>());
        }
        if (use.rank() == foundRanks[field]) {
            EventView.append((List<Object>) foundValues[field], raw);
        }
    }

    private void take(FieldTable.Use use, Object raw) {
        int field = use.field();
        if (use.rank() < foundRanks[field]) {
            if (foundRanks[field] == Integer.MAX_VALUE) {
                foundFields[foundCount++] = field;
            }
            foundRanks[field] = use.rank();
            foundValues[field] = raw;
        }
    }

    /** What the event view asks for. */
    private Values read(Field field, Object raw) {
        Memory here = memory;
        int place = here == null ? -1 : here.index.place(field);
        return here == null || place < 0
                ? EventView.read(raw)
                : values(here.index.fields[place], here.kinds[place], raw);
    }

    private Values values(FieldIndex index, Kinds known, Object raw) {
        if (raw instanceof String || !(raw instanceof Collection<?> items)) {
            return value(index, known, raw).alone;
        }
        List<Value> values = new ArrayList<>(items.size());
        for (Object item : items) {
            if (item != null) {
                values.add(value(index, known, item));
            }
        }
        return new Values(true, values, values.size() == 1 ? values.get(0).alone.kind() : union(index, known, values));
    }

    /** The kind of several values together: literals may stand one in this, one in that. */
    private Kind union(FieldIndex index, Kinds known, List<Value> values) {
        found.clear(index.literals().size());
        for (Value value : values) {
            for (int literal : value.alone.kind().found()) {
                found.add(literal);
            }
        }
        return kind(index, known, false);
    }

    private Value value(FieldIndex index, Kinds known, Object raw) {
        valuesSeen++;
        if (index.literals().size() == 0) {
            return new Value(raw);
        }
        if (!(raw instanceof String string) || !plain(string)) {
            String folded = Texts.folded(Texts.of(raw));
            room(folded.length());
            folded.getChars(0, length, text, 0);
        }
        scanned += length;
        index.literals().all(text, length, found);
        return new Value(raw, kind(index, known, length <= MEMO_LENGTH));
    }

    /** The kind of what was {@link #found}. */
    private Kind kind(FieldIndex index, Kinds known, boolean keep) {
        int count = found.count();
        if (count == 0) {
            return Kind.NONE;
        }
        int[] literals = found.sorted();
        int hash = 1;
        for (int i = 0; i < count; i++) {
            hash = 31 * hash + literals[i];
        }
        Kind kind = known.get(literals, count, hash);
        if (kind == null) {
            kind = make(index, literals, count, hash);
            if (keep) {
                memoBytes += known.put(kind);
            }
        }
        return kind;
    }

    private Kind make(FieldIndex index, int[] literals, int count, int hash) {
        kinds++;
        int parts = 0;
        int rules = 0;
        for (int i = 0; i < count; i++) {
            int[] fulfilled = index.parts()[literals[i]];
            if (parts + fulfilled.length > partsFound.length) {
                partsFound = Arrays.copyOf(partsFound, (parts + fulfilled.length) * 2);
            }
            for (int part : fulfilled) {
                if (part >= partSeen.length) {
                    partSeen = Arrays.copyOf(partSeen, (part + 1) * 2);
                }
                if (partSeen[part] != kinds) {
                    partSeen[part] = kinds;
                    partsFound[parts++] = part;
                }
            }
        }
        for (int i = 0; i < count; i++) {
            int[] broughtUp = index.rules()[literals[i]];
            if (rules + broughtUp.length > rulesFound.length) {
                rulesFound = Arrays.copyOf(rulesFound, (rules + broughtUp.length) * 2);
            }
            for (int at = 0; at < broughtUp.length; at += 2) {
                if (mayHold(index.needs(), broughtUp[at + 1])) {
                    rulesFound[rules++] = broughtUp[at];
                }
            }
        }
        return new Kind(Arrays.copyOf(literals, count), hash, Arrays.copyOf(rulesFound, rules), partsFound, parts);
    }

    /** What a rule asks of the field of its witness, of the kind that is being made. */
    private boolean mayHold(int[] needs, int at) {
        int refused = at + 2 + needs[at];
        int end = refused + needs[at + 1];
        for (int i = at + 2; i < end; i++) {
            boolean fulfilled = needs[i] < partSeen.length && partSeen[needs[i]] == kinds;
            if (fulfilled != (i < refused)) {
                return false;
            }
        }
        return true;
    }

    /** An equal value of which expensive tests may have been made before; the value itself when none was. */
    Value tested(Value value) {
        if (value.bytes > 0) {
            return value;
        }
        Object raw = value.raw;
        boolean keep = raw instanceof String string
                ? string.length() <= MEMO_LENGTH
                : raw instanceof Long || raw instanceof Double || raw instanceof Boolean;
        if (!keep) {
            return value;
        }
        int hash = raw.hashCode() * 0x9E3779B1;
        hash ^= hash >>> 15;
        Value known = tested.get(raw, hash);
        if (known == null) {
            known = value;
            known.bytes = 200 + (raw instanceof String string ? 4 * string.length() : 0);
            memoBytes += tested.put(known, hash);
        }
        return known;
    }

    boolean remember(Value value, int test, boolean passes) {
        int more = value.remember(test, passes);
        if (value.bytes > 0) {
            value.bytes += more;
            memoBytes += more;
        }
        return passes;
    }

    private void room(int size) {
        if (size > text.length || text.length > KEPT && size <= KEPT) {
            text = new char[Math.max(1 << 10, size)];
        }
        length = size;
    }

    /** Folds a text of letters that are composed already in place; false for others, which is work for {@link Texts}. */
    private boolean plain(String raw) {
        room(raw.length());
        char[] chars = text;
        int size = length;
        raw.getChars(0, size, chars, 0);
        int all = 0;
        for (int i = 0; i < size; i++) {
            char c = chars[i];
            all |= c;
            chars[i] = c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
        }
        return all < 128 || simple(chars, size);
    }

    private static boolean simple(char[] chars, int size) {
        for (int i = 0; i < size; i++) {
            if (chars[i] >= 128) {
                if (!Texts.simple(chars[i])) {
                    return false;
                }
                chars[i] = (char) Texts.fold(chars[i]);
            }
        }
        return true;
    }
}
