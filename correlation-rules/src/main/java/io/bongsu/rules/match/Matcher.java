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

    private static final int[] NO_RULES = {};
    private static final int KEPT = 1 << 16;

    final EventView event;
    private final Literals.Found found = new Literals.Found();
    private final KeywordIndex.Texts texts = new KeywordIndex.Texts();
    private char[] text = new char[1 << 10];
    private int length;
    private long[] candidates = new long[16];
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
            this.memos = new Memo[index.fields.size()];
            for (int i = 0; i < memos.length; i++) {
                memos[i] = new Memo();
            }
        }
    }

    /** What is known of one value of one field: its forms, and which rules it brings up. */
    private record Known(int hash, Object raw, Values values, int[] rules, int ownBytes) {
        int bytes() {
            return ownBytes + values.list().get(0).bytes();
        }
    }

    /** Two places for each hash, the one used last first. It grows while it misses. */
    private static final class Memo {
        private static final int MOST = 4_096;

        private @Nullable Known[] table = new Known[0];
        private int misses;

        @Nullable
        Known get(Object raw, int hash) {
            if (table.length == 0) {
                return null;
            }
            int at = hash & table.length - 2;
            Known first = table[at];
            if (first != null && first.hash == hash && first.raw.equals(raw)) {
                return first;
            }
            Known second = table[at + 1];
            if (second != null && second.hash == hash && second.raw.equals(raw)) {
                table[at] = second;
                table[at + 1] = first;
                return second;
            }
            return null;
        }

        /** How many bytes more it holds. */
        long put(Known known) {
            long more = 0;
            if (++misses > table.length && table.length < MOST) {
                @Nullable Known[] before = table;
                table = new Known[Math.max(64, table.length * 4)];
                misses = 0;
                more += 4L * (table.length - before.length);
                for (Known old : before) {
                    if (old != null) {
                        more += enter(old) - old.bytes();
                    }
                }
            }
            return more + enter(known);
        }

        private long enter(Known known) {
            int at = known.hash & table.length - 2;
            Known out = table[at + 1];
            table[at + 1] = table[at];
            table[at] = known;
            return known.bytes() - (out == null ? 0 : out.bytes());
        }

        void forget() {
            table = new Known[0];
            misses = 0;
        }
    }

    /** @param slots how many fields the rule set has */
    public Matcher(int slots) {
        event = new EventView(Map.of(), Map.of(), slots);
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

    /**
     * Tells the rules that an event fulfils, by their place in the index, in order.
     *
     * @param envelope see {@link EventView#turnTo}
     */
    public void match(Memory memory, Map<String, ?> fields, Map<String, ?> envelope, IntConsumer hit) {
        RuleIndex index = memory.index;
        event.turnTo(fields, envelope);
        events++;
        int words = index.rest.length + 63 >>> 6;
        if (candidates.length < words) {
            candidates = new long[words];
        }
        mark(index.always);
        for (int i = 0; i < memory.memos.length; i++) {
            look(index.fields.get(i), memory.memos[i], fields, envelope);
        }
        if (index.keywords != null) {
            texts.read(event);
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

    /** Finds the values of a field, and marks the rules that they bring up. */
    private void look(FieldIndex index, Memo memo, Map<String, ?> fields, Map<String, ?> envelope) {
        String[] names = index.names();
        for (int i = 0; i < names.length; i++) {
            boolean apart = index.ofEnvelope()[i] && envelope.containsKey(names[i]);
            Object raw = (apart ? envelope : fields).get(names[i]);
            if (raw instanceof String || raw != null && !(raw instanceof Collection<?>)) {
                Known known = know(index, memo, raw);
                event.put(index.field().slot(), known.values);
                mark(known.rules);
                mark(index.onValue());
                return;
            }
            if (raw instanceof Collection<?> items && several(index, memo, items)) {
                mark(index.onValue());
                return;
            }
        }
    }

    private boolean several(FieldIndex index, Memo memo, Collection<?> items) {
        List<Value> values = new ArrayList<>(items.size());
        for (Object item : items) {
            if (item != null) {
                Known known = know(index, memo, item);
                values.add(known.values.list().get(0));
                mark(known.rules);
            }
        }
        if (values.isEmpty()) {
            return false;
        }
        event.put(index.field().slot(), new Values(true, values));
        return true;
    }

    private Known know(FieldIndex index, Memo memo, Object raw) {
        fieldsSeen++;
        boolean keep = raw instanceof String string
                ? string.length() <= MEMO_LENGTH
                : raw instanceof Long || raw instanceof Double || raw instanceof Boolean;
        if (!keep) {
            return find(index, raw, 0, 0);
        }
        int hash = raw.hashCode() * 0x9E3779B1;
        hash ^= hash >>> 15;
        Known known = memo.get(raw, hash);
        if (known != null) {
            remembered++;
            return known;
        }
        known = find(index, raw, hash, 200 + (raw instanceof String string ? 4 * string.length() : 0));
        known.values.list().get(0).kept = true;
        memoBytes += memo.put(known);
        return known;
    }

    private Known find(FieldIndex index, Object raw, int hash, int bytes) {
        Value value = new Value(raw);
        Values values = new Values(true, List.of(value));
        if (index.literals().size() == 0) {
            return new Known(hash, raw, values, NO_RULES, bytes);
        }
        folded(value);
        scanned += length;
        index.literals().all(text, length, found);
        int[] rules = NO_RULES;
        if (found.count() == 1) {
            rules = index.rules()[found.get(0)];
        } else if (found.count() > 1) {
            int size = 0;
            for (int i = 0; i < found.count(); i++) {
                size += index.rules()[found.get(i)].length;
            }
            rules = new int[size];
            int at = 0;
            for (int i = 0; i < found.count(); i++) {
                int[] more = index.rules()[found.get(i)];
                System.arraycopy(more, 0, rules, at, more.length);
                at += more.length;
            }
        }
        return new Known(hash, raw, values, rules, bytes + 4 * rules.length);
    }

    boolean remember(Value value, int test, boolean passes) {
        int before = value.bytes();
        value.remember(test, passes);
        memoBytes += value.kept ? value.bytes() - before : 0;
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
