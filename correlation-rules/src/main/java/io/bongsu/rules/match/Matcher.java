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
 * Holds events against rule indices. For one thread: it keeps, within a bound, what it has found out about values that
 * come again. All that it keeps is a function of the value and the rules, so it makes no difference to what is found.
 */
public final class Matcher {
    /** Longer values are seldom seen twice. */
    private static final int MEMO_LENGTH = 1_024;
    /** What all memos together may hold, in bytes; then they begin again. */
    private static final long MEMO_BYTES = 64 << 20;

    private static final int KEPT = 1 << 16;

    final EventView event;
    private final Literals.Found found = new Literals.Found();
    private final KeywordIndex.EventTexts texts = new KeywordIndex.EventTexts();
    private char[] text = new char[1 << 10];
    private int length;
    private long[] candidates = new long[16];
    /** The fields of the index that the event has, in no order, and for each the rank of its name so far and its value. */
    private int[] foundFields = {};

    private int[] foundRanks = {};
    private Object[] foundValues = {};
    private int foundCount;
    private long memoBytes;
    private final List<Memory> memories = new ArrayList<>();

    private long events;
    private long fieldsSeen;
    private long remembered;
    private long candidatesSeen;
    private long scanned;
    private long keywordCharacters;
    long tests;
    long regexes;

    /**
     * What a matcher has done.
     *
     * @param values looked up
     * @param remembered those of them that were known
     * @param candidates rules that the index brought up
     * @param tests of a field, or of all texts, that the candidates asked for
     * @param regexes expressions that were run
     * @param scanned characters of values that were not known
     * @param keywordCharacters characters of texts in which keywords were sought
     */
    public record Statistics(
            long events,
            long values,
            long remembered,
            long candidates,
            long tests,
            long regexes,
            long scanned,
            long keywordCharacters) {
        public Statistics since(Statistics before) {
            return new Statistics(
                    events - before.events,
                    values - before.values,
                    remembered - before.remembered,
                    candidates - before.candidates,
                    tests - before.tests,
                    regexes - before.regexes,
                    scanned - before.scanned,
                    keywordCharacters - before.keywordCharacters);
        }
    }

    /** What one matcher has found out about values under one index. */
    public static final class Memory {
        private final RuleIndex index;
        private final Memo[] memos;

        private Memory(RuleIndex index) {
            this.index = index;
            this.memos = new Memo[index.fields.length];
            for (int i = 0; i < memos.length; i++) {
                memos[i] = new Memo();
            }
        }
    }

    /** Two places for each hash, the one used last first. It grows while it misses. */
    private static final class Memo {
        private static final int MOST = 4_096;

        private @Nullable Value[] table = new Value[0];
        private int misses;

        @Nullable
        Value get(Object raw, int hash) {
            if (table.length == 0) {
                return null;
            }
            int at = hash & table.length - 2;
            Value first = table[at];
            if (first != null && first.hash == hash && first.raw.equals(raw)) {
                return first;
            }
            Value second = table[at + 1];
            if (second != null && second.hash == hash && second.raw.equals(raw)) {
                table[at] = second;
                table[at + 1] = first;
                return second;
            }
            return null;
        }

        /** How many bytes more it holds. */
        long put(Value value) {
            long more = 0;
            if (++misses > table.length && table.length < MOST) {
                @Nullable Value[] before = table;
                table = new Value[Math.max(64, table.length * 4)];
                misses = 0;
                more += 4L * (table.length - before.length);
                for (Value old : before) {
                    if (old != null) {
                        more += enter(old) - old.bytes;
                    }
                }
            }
            return more + enter(value);
        }

        private long enter(Value value) {
            int at = value.hash & table.length - 2;
            Value out = table[at + 1];
            table[at + 1] = table[at];
            table[at] = value;
            return value.bytes - (out == null ? 0 : out.bytes);
        }

        void forget() {
            table = new Value[0];
            misses = 0;
        }
    }

    /** @param slots how many fields the rule set has */
    public Matcher(int slots) {
        event = new EventView(Map.of(), null, slots);
    }

    /** A memory for an index; callers keep it as long as they use the index. */
    public Memory memory(RuleIndex index) {
        Memory memory = new Memory(index);
        memories.add(memory);
        return memory;
    }

    /** Forgets all memories that it gave. */
    public void forget() {
        memories.forEach(memory -> Arrays.stream(memory.memos).forEach(Memo::forget));
        memories.clear();
        memoBytes = 0;
    }

    public Statistics statistics() {
        return new Statistics(
                events, fieldsSeen, remembered, candidatesSeen, tests, regexes, scanned, keywordCharacters);
    }

    /** The event that was matched last. */
    public EventView event() {
        return event;
    }

    /** Tells the rules that an event fulfils, by their place in the index, in order. */
    public void match(Memory memory, Map<String, ?> fields, @Nullable Envelope envelope, IntConsumer hit) {
        RuleIndex index = memory.index;
        event.turnTo(fields, envelope);
        events++;
        int words = index.rest.length + 63 >>> 6;
        if (candidates.length < words) {
            candidates = new long[words];
        }
        mark(index.always);
        gather(index, fields, envelope);
        for (int i = 0; i < foundCount; i++) {
            int field = foundFields[i];
            look(index.fields[field], memory.memos[field], foundValues[field]);
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
                if (index.rest[rule].holds(this)) {
                    hit.accept(rule);
                }
            }
        }
        if (memoBytes > MEMO_BYTES) {
            memories.forEach(each -> Arrays.stream(each.memos).forEach(Memo::forget));
            memoBytes = 0;
        }
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
        if (uses != null && (raw instanceof String || !(raw instanceof Collection<?> items) || hasValue(items))) {
            for (FieldTable.Use use : uses) {
                int field = use.field();
                if (use.rank() < foundRanks[field]) {
                    if (foundRanks[field] == Integer.MAX_VALUE) {
                        foundFields[foundCount++] = field;
                    }
                    foundRanks[field] = use.rank();
                    foundValues[field] = raw;
                }
            }
        }
    }

    private static boolean hasValue(Collection<?> items) {
        for (Object item : items) {
            if (item != null) {
                return true;
            }
        }
        return false;
    }

    /** Marks the rules that the values of a field bring up. */
    private void look(FieldIndex index, Memo memo, Object raw) {
        mark(index.onValue());
        if (raw instanceof String || !(raw instanceof Collection<?> items)) {
            Value value = know(index, memo, raw);
            event.put(index.field().slot(), value.alone);
            mark(value.rules);
            return;
        }
        List<Value> values = new ArrayList<>(items.size());
        for (Object item : items) {
            if (item != null) {
                Value value = know(index, memo, item);
                values.add(value);
                mark(value.rules);
            }
        }
        event.put(index.field().slot(), new Values(true, values));
    }

    private Value know(FieldIndex index, Memo memo, Object raw) {
        fieldsSeen++;
        boolean keep = raw instanceof String string
                ? string.length() <= MEMO_LENGTH
                : raw instanceof Long || raw instanceof Double || raw instanceof Boolean;
        if (!keep) {
            return find(index, raw);
        }
        int hash = raw.hashCode() * 0x9E3779B1;
        hash ^= hash >>> 15;
        Value value = memo.get(raw, hash);
        if (value != null) {
            remembered++;
            return value;
        }
        value = find(index, raw);
        value.hash = hash;
        value.bytes = 200 + 4 * value.rules.length + (raw instanceof String string ? 4 * string.length() : 0);
        memoBytes += memo.put(value);
        return value;
    }

    private Value find(FieldIndex index, Object raw) {
        Value value = new Value(raw);
        if (index.literals().size() == 0) {
            return value;
        }
        folded(value);
        scanned += length;
        index.literals().all(text, length, found);
        if (found.count() == 1) {
            value.rules = index.rules()[found.get(0)];
        } else if (found.count() > 1) {
            int size = 0;
            for (int i = 0; i < found.count(); i++) {
                size += index.rules()[found.get(i)].length;
            }
            int[] rules = new int[size];
            int at = 0;
            for (int i = 0; i < found.count(); i++) {
                int[] more = index.rules()[found.get(i)];
                System.arraycopy(more, 0, rules, at, more.length);
                at += more.length;
            }
            value.rules = rules;
        }
        return value;
    }

    boolean remember(Value value, int test, boolean passes) {
        int more = value.remember(test, passes);
        if (value.bytes > 0) {
            value.bytes += more;
            memoBytes += more;
        }
        return passes;
    }

    /** The text of a value composed and folded, in an array that the next call overwrites; see {@link #length}. */
    char[] folded(Value value) {
        if (value.raw instanceof String raw && plain(raw)) {
            return text;
        }
        String folded = value.text(false);
        room(folded.length());
        folded.getChars(0, length, text, 0);
        return text;
    }

    /** How long the text is that {@link #folded} gave. */
    int length() {
        return length;
    }

    private void room(int size) {
        if (size > text.length || text.length > KEPT && size <= KEPT) {
            text = new char[Math.max(1 << 10, size)];
        }
        length = size;
    }

    /** Folds a text of ASCII in place; false for others, which is work for {@link Texts}. */
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
        return all < 128;
    }
}
