package io.bongsu.ingest.parse;

import io.bongsu.model.Micros;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Reads the time stamps that syslog senders write, without regular expressions: RFC 3164 with all its habits, ISO 8601
 * as in RFC 3339, year first, epoch seconds. A stamp without a year gets the year that brings it closest to the
 * reference; one without a zone is in the zone given. A cursor: {@code end} and {@code micros} tell what was read.
 * Not thread-safe.
 */
final class Stamp {
    /** German, French, Spanish, Portuguese, Italian, Dutch, Czech, Polish, Turkish, Swedish, Danish and Russian, where they are not as in English. */
    private static final Map<String, Integer> LOCAL_MONTHS = localMonths();

    private static Map<String, Integer> localMonths() {
        String[] names = {
            "janv ene gen jän led sty oca янв",
            "févr fév feb fev úno lut şub фев",
            "mär märz mars mrt bře",
            "avr avril abr dub kwi nis апр",
            "mai mag mei kvě maj мая май",
            "juin giu čvn cze haz июн",
            "juil lug čec lip tem июл",
            "août aoû ago srp sie ağu авг",
            "sept set zář wrz eyl сен",
            "okt out ott říj paź eki окт",
            "nov lis kas ноя",
            "dez déc dic pro gru ara des дек"
        };
        Map<String, Integer> months = new HashMap<>();
        for (int i = 0; i < names.length; i++) {
            for (String name : names[i].split(" ")) {
                months.put(name, i + 1);
            }
        }
        return months;
    }

    private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";
    private static final String[] LONG_MONTHS = {
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december"
    };
    private static final String WEEKDAYS = "montuewedthufrisatsun";
    private static final int NO_OFFSET = Integer.MIN_VALUE;
    private static final int LISTENER_OFFSET = Integer.MAX_VALUE;
    private static final long SECOND = 1_000_000L;
    private static final long DAY = 86_400 * SECOND;

    private final String s;
    private final int to;
    private final long reference;
    private final ZoneId zone;

    /** Behind the stamp; where the attempt began when there is none. */
    int end;
    /** The stamp in microseconds; {@link Micros#UNKNOWN} for one without a year when there is no reference. */
    long micros = Micros.UNKNOWN;

    private int year;
    private int month;
    private int day;
    private long clock;
    private boolean loose;

    Stamp(String s, int to, long reference, ZoneId zone) {
        this.s = s;
        this.to = to;
        this.reference = reference;
        this.zone = zone;
    }

    /** Tries all forms that begin with a month, a weekday or a year. */
    boolean read(int from) {
        end = from;
        if (from >= to) {
            return false;
        }
        char c = s.charAt(from);
        if (c >= '0' && c <= '9') {
            return iso(from) || yearFirst(from) || dayFirst(from) || colons(from) || korean(from) || koreanMonth(from);
        }
        return c >= 'A' && (bsd(from) || weekday(from)) || c == '@' && tai64n(from);
    }

    /** {@code 2026:11:22-09:15:02}, as Sophos and DirectAdmin write it. */
    private boolean colons(int from) {
        if (!fourDigits(from) || at(from + 4) != ':' || at(from + 7) != ':' || at(from + 10) != '-') {
            return false;
        }
        year = number(from, 4);
        month = number(from + 5, 2);
        day = number(from + 8, 2);
        int p = validDate() ? clock(from + 11) : -1;
        return p > 0 && atBoundary(p) && done(p, NO_OFFSET);
    }

    /** {@code @400000006a2b3c4d077a9e94}: the label of D. J. Bernstein's daemons, which count ten seconds more than UTC. */
    private boolean tai64n(int from) {
        if (!s.startsWith("@40000000", from) || from + 25 > to || from + 25 < to && !atBoundary(from + 25)) {
            return false;
        }
        long seconds = 0;
        long nanos = 0;
        for (int i = from + 9; i < from + 25; i++) {
            int digit = Character.digit(s.charAt(i), 16);
            if (digit < 0) {
                return false;
            }
            seconds = i < from + 17 ? seconds * 16 + digit : seconds;
            nanos = i < from + 17 ? nanos : nanos * 16 + digit;
        }
        end = from + 25;
        micros = (seconds - 10) * SECOND + nanos / 1000;
        return true;
    }

    /**
     * What no header may be judged by, but the first words of a line that is nothing else: {@code 22-11-2026 09:15:02},
     * {@code 11/22/2026 - 09:15:02}, {@code Nov-22-26 09:15:02}, {@code 11-22 09:15:02}, {@code 20261122:091502},
     * ten digits of an epoch in brackets.
     */
    boolean loose(int from) {
        end = from;
        loose = true;
        return read(from)
                || numbers(from)
                || monthFirst(from)
                || compact(from)
                || from > 0 && s.charAt(from - 1) == '[' && epoch(from);
    }

    /** Day and month in either order: the one that can be, else the one that is closest to the reference. */
    private boolean numbers(int from) {
        int p = digits(from, 1);
        int first = read;
        char sep = p < 0 ? 0 : at(p);
        p = p < 0 || sep != '-' && sep != '/' && sep != '.' ? -1 : digits(p + 1, 1);
        int second = read;
        if (p < 0) {
            return false;
        }
        year = 0;
        if (at(p) == sep) {
            boolean four = fourDigits(p + 1);
            int said = number(p + 1, four ? 4 : 2);
            year = four ? said : 2000 + said;
            if (said < 0 || !isYear(year)) {
                return false;
            }
            p += four ? 5 : 3;
        }
        if (s.startsWith(" - ", p) || s.startsWith(", ", p)) {
            p += at(p) == ',' ? 1 : 2;
        }
        p = at(p) == ' ' ? clock(p + 1) : -1;
        if (p < 0) {
            return false;
        }
        p = half(p);
        int after = offset(at(p) == ' ' ? p + 1 : p);
        int offset = after > 0 && atBoundary(after) ? foundOffset : NO_OFFSET;
        p = offset == NO_OFFSET ? p : after;
        month = second;
        day = first;
        boolean dayFirst = (year == 0 || validDate()) && month >= 1 && month <= 12 && done(p, offset);
        long one = micros;
        month = first;
        day = second;
        boolean monthFirst = (year == 0 || validDate()) && month >= 1 && month <= 12 && done(p, offset);
        if (dayFirst
                && (!monthFirst
                        || reference != Micros.UNKNOWN && Math.abs(one - reference) <= Math.abs(micros - reference))) {
            micros = one;
            end = p;
        }
        return dayFirst || monthFirst;
    }

    /** {@code Nov-22-26 09:15:02} */
    private boolean monthFirst(int from) {
        int found = -1;
        for (int i = 0; i < 12; i++) {
            found = s.regionMatches(true, from, MONTHS, i * 3, 3) ? i + 1 : found;
        }
        char sep = at(from + 3);
        int p = found < 0 || sep != '-' && sep != '/' ? -1 : day(from + 4);
        if (p < 0 || at(p) != sep) {
            return false;
        }
        month = found;
        boolean four = fourDigits(p + 1);
        int said = number(p + 1, four ? 4 : 2);
        year = four ? said : 2000 + said;
        p = said < 0 ? -1 : clock(p + (four ? 6 : 4));
        return p > 0 && isYear(year) && validDate() && done(p, NO_OFFSET);
    }

    /** {@code 20261122:091502.123}, {@code 20261122-09:15:02}, {@code 20261122 09:15:02} */
    private boolean compact(int from) {
        char sep = at(from + 8);
        if (sep != ':' && sep != '-' && sep != ' ' && sep != 'T') {
            return false;
        }
        year = number(from, 4);
        month = number(from + 4, 2);
        day = number(from + 6, 2);
        if (!isYear(year) || !validDate()) {
            return false;
        }
        int p = clock(from + 9);
        if (p < 0) {
            int time = number(from + 9, 6);
            if (time < 0 || time / 10_000 > 23 || time / 100 % 100 > 59 || time % 100 > 60 || isDigit(at(from + 15))) {
                return false;
            }
            p = from + 15;
            clock = 0;
            if (at(p) == '.' && isDigit(at(p + 1))) {
                p = fraction(p + 1);
            }
            clock += (time / 10_000 * 3600L + time / 100 % 100 * 60 + time % 100) * SECOND;
        }
        return done(p, NO_OFFSET);
    }

    /** {@code 11월 22 09:15:02}, as journalctl writes it in Korean, and so in Japanese and Chinese. */
    private boolean koreanMonth(int from) {
        int p = digits(from, 1);
        month = read;
        p = p < 0 || at(p) != '월' && at(p) != '月' ? -1 : blanks(p + 1);
        p = p < 0 ? -1 : day(p);
        p = p < 0 ? -1 : blanks(p);
        p = p < 0 ? -1 : clock(p);
        year = 0;
        return p > 0 && month >= 1 && month <= 12 && atBoundary(p) && done(p, NO_OFFSET);
    }

    /** {@code 2026-11-22T09:15:02.123456+09:00}, also with a blank for the T, {@code /} for {@code -}, a comma for the point. */
    boolean iso(int from) {
        int p = from;
        if (!fourDigits(p)) {
            return false;
        }
        char sep = at(p + 4);
        if (sep != '-' && sep != '/' || at(p + 7) != sep) {
            return false;
        }
        year = number(p, 4);
        month = number(p + 5, 2);
        day = number(p + 8, 2);
        char t = at(p + 10);
        if (t != 'T' && t != ' ' && t != 't' || !validDate()) {
            return false;
        }
        p = clock(p + 11);
        if (p < 0) {
            return false;
        }
        int offset = NO_OFFSET;
        int q = p;
        if (at(q) == ' ' && (at(q + 1) == '+' || at(q + 1) == '-' || isUpper(at(q + 1)))) {
            q++;
        }
        int after = offset(q);
        if (after > 0) {
            offset = foundOffset;
            p = after;
        }
        if (!atBoundary(p)) {
            return false;
        }
        return done(p, offset);
    }

    /**
     * As programs in Korea write: {@code 2026년 11월 22일 오전 9시 15분 2초}, {@code 2026. 11. 22. 오후 3:04:05},
     * {@code 2026-11-22 오후 3:04:05}.
     */
    private boolean korean(int from) {
        if (!fourDigits(from)) {
            return false;
        }
        year = number(from, 4);
        int p = behind(from + 4, '년', true);
        p = p < 0 ? p : digits(p, 1);
        month = read;
        p = p < 0 ? p : behind(p, '월', true);
        p = p < 0 ? p : digits(p, 1);
        day = read;
        if (p < 0 || !validDate()) {
            return false;
        }
        p = at(p) == '일' || at(p) == '.' ? p + 1 : p;
        p = blanks(p);
        if (p < 0) {
            return false;
        }
        boolean pm = s.startsWith("오후 ", p);
        boolean half = pm || s.startsWith("오전 ", p);
        p = digits(half ? p + 3 : p, 1);
        long hour = read;
        p = p < 0 ? p : behind(p, '시', false);
        p = p < 0 ? p : digits(p, 1);
        long minute = read;
        p = p < 0 ? p : behind(p, '분', false);
        p = p < 0 ? p : digits(p, 1);
        long second = read;
        if (p < 0 || hour > (half ? 12 : 23) || minute > 59 || second > 60) {
            return false;
        }
        hour = half ? hour % 12 + (pm ? 12 : 0) : hour;
        clock = 0;
        if (at(p) == '.' && isDigit(at(p + 1))) {
            p = fraction(p + 1);
        }
        clock += ((hour * 60 + minute) * 60 + second) * SECOND;
        p = at(p) == '초' ? p + 1 : p;
        return atBoundary(p) && done(p, NO_OFFSET);
    }

    /** Behind the word of a part or what stands for it ({@code -}, {@code /}, {@code .}; {@code :} of a clock) and blanks, or -1. */
    private int behind(int p, char word, boolean date) {
        char c = at(p);
        if (c != word && !(date ? c == '-' || c == '/' || c == '.' : c == ':')) {
            return -1;
        }
        p++;
        while (at(p) == ' ') {
            p++;
        }
        return p;
    }

    /** {@code [Www ]Mmm d HH:mm:ss}, with the year before or after the time, a fraction, a zone. */
    private boolean bsd(int from) {
        int p = month(from);
        if (p < 0) {
            return false;
        }
        p = blanks(p);
        if (p < 0) {
            return false;
        }
        p = day(p);
        if (p < 0) {
            return false;
        }
        if (at(p) == ',') {
            p++;
        }
        p = blanks(p);
        if (p < 0) {
            return false;
        }
        year = 0;
        if (fourDigits(p) && at(p + 4) == ' ' && isYear(number(p, 4))) {
            year = number(p, 4);
            p = blanks(p + 4);
        }
        p = clock(p);
        if (p < 0) {
            return false;
        }
        p = half(p);
        int offset = NO_OFFSET;
        for (int i = 0; i < 2; i++) { // a zone and a year, in either order
            int q = at(p) == ' ' ? p + 1 : p;
            if (year == 0 && q > p && fourDigits(q) && isYear(number(q, 4)) && endsYear(q + 4)) {
                year = number(q, 4);
                p = q + 4;
            } else if (offset == NO_OFFSET) {
                int after = offset(q);
                if (after > 0 && atBoundary(after)) {
                    offset = foundOffset;
                    p = after;
                }
            }
        }
        return atBoundary(p) && (year == 0 || validDate()) && done(p, offset);
    }

    /** {@code  AM} or {@code  PM} behind a clock of twelve hours, as Java's own logging writes it. */
    private int half(int p) {
        boolean pm = s.startsWith(" PM", p);
        long hour = clock / (3600 * SECOND);
        if (!pm && !s.startsWith(" AM", p) || !atBoundary(p + 3) || hour < 1 || hour > 12) {
            return p;
        }
        clock += (pm ? 12 : 0) * 3600 * SECOND - (hour == 12 ? 12 * 3600 * SECOND : 0);
        return p + 3;
    }

    private boolean weekday(int from) {
        if (!isName(WEEKDAYS, from)) {
            return false;
        }
        int p = from + 3;
        if (at(p) == ',') {
            p++;
        }
        p = blanks(p);
        return p > 0 && bsd(p);
    }

    /** {@code 2017 Mar 06 09:22:34 CET} */
    private boolean yearFirst(int from) {
        if (!fourDigits(from) || at(from + 4) != ' ' || !isYear(number(from, 4))) {
            return false;
        }
        int first = number(from, 4);
        int p = month(from + 5);
        p = p < 0 ? p : blanks(p);
        p = p < 0 ? p : day(p);
        p = p < 0 ? p : blanks(p);
        p = p < 0 ? p : clock(p);
        if (p < 0) {
            return false;
        }
        year = first;
        int offset = NO_OFFSET;
        int after = offset(at(p) == ' ' ? p + 1 : p);
        if (after > 0 && atBoundary(after)) {
            offset = foundOffset;
            p = after;
        }
        return atBoundary(p) && validDate() && done(p, offset);
    }

    /** {@code 22/Nov/2026:09:15:02.123 +0900} of web servers, {@code 22-Nov-2026 09:15:02.123} of BIND. */
    private boolean dayFirst(int from) {
        int p = day(from);
        char sep = p < 0 ? 0 : at(p);
        if (sep != '/' && sep != '-' && sep != ' ') {
            return false;
        }
        int inMonth = -1;
        for (int i = 0; i < 12; i++) {
            inMonth = s.regionMatches(true, p + 1, MONTHS, i * 3, 3) ? i + 1 : inMonth;
        }
        p += 4;
        if (inMonth < 0 || at(p) != sep || !fourDigits(p + 1) || !isYear(number(p + 1, 4))) {
            return false;
        }
        month = inMonth;
        year = number(p + 1, 4);
        p += 5;
        if (at(p) != ':' && at(p) != ' ') {
            return false;
        }
        p = clock(p + 1);
        if (p < 0 || !validDate()) {
            return false;
        }
        int offset = NO_OFFSET;
        int after = offset(at(p) == ' ' ? p + 1 : p);
        if (after > 0 && atBoundary(after)) {
            offset = foundOffset;
            p = after;
        }
        return atBoundary(p) && done(p, offset);
    }

    /** The whole text as a pattern says. */
    boolean pattern(List<DateFormat.Part> parts) {
        year = 0;
        month = 1;
        day = 1;
        clock = 0;
        offsetRead = NO_OFFSET;
        hourAdd = 0;
        int p = parts(parts, 0);
        if (p != to) {
            return false;
        }
        clock += hourAdd * 3600 * SECOND;
        return (year == 0 || validDate()) && done(p, offsetRead);
    }

    private int offsetRead = NO_OFFSET;
    private long hourAdd;

    private int parts(List<DateFormat.Part> parts, int from) {
        int p = from;
        for (int i = 0; i < parts.size() && p >= 0; i++) {
            p = part(parts.get(i), p);
        }
        return p;
    }

    private int part(DateFormat.Part part, int p) {
        return switch (part.letter()) {
            case '\'' -> {
                String literal = Objects.requireNonNull(part.literal());
                yield s.startsWith(literal, p) ? p + literal.length() : -1;
            }
            case '[' -> {
                long clockBefore = clock;
                long hourBefore = hourAdd;
                int after = parts(Objects.requireNonNull(part.optional()), p);
                if (after < 0) {
                    clock = clockBefore;
                    hourAdd = hourBefore;
                }
                yield after < 0 ? p : after;
            }
            case 'y' -> {
                int digits = part.count() == 2 ? 2 : 4;
                int found = number(p, digits);
                year = digits == 2 && found >= 0 ? 2000 + found : found;
                yield found < 0 || !isYear(year) ? -1 : p + digits;
            }
            case 'M' -> {
                if (part.count() < 3) {
                    int after = digits(p, part.count());
                    month = read;
                    yield after < 0 || month < 1 || month > 12 ? -1 : after;
                }
                for (int i = 0; i < 12; i++) {
                    if (s.regionMatches(true, p, MONTHS, i * 3, 3)) {
                        month = i + 1;
                        String full = LONG_MONTHS[i];
                        yield p + (s.regionMatches(true, p, full, 0, full.length()) ? full.length() : 3);
                    }
                }
                yield -1;
            }
            case 'd' -> {
                int after = digits(p, part.count());
                day = read;
                yield after < 0 || day < 1 || day > 31 ? -1 : after;
            }
            case 'H', 'h' -> {
                int after = digits(p, part.count());
                hourAdd += part.letter() == 'h' ? read % 12 : read;
                yield after < 0 || read > 23 ? -1 : after;
            }
            case 'm' -> {
                int after = digits(p, part.count());
                clock += read * 60 * SECOND;
                yield after < 0 || read > 59 ? -1 : after;
            }
            case 's' -> {
                int after = digits(p, part.count());
                clock += read * SECOND;
                yield after < 0 || read > 60 ? -1 : after;
            }
            case 'S' -> {
                if (!isDigit(at(p))) {
                    yield -1;
                }
                long whole = clock;
                int after = fraction(p);
                clock += whole;
                yield after;
            }
            case 'a' -> {
                boolean pm = s.regionMatches(true, p, "PM", 0, 2) || s.startsWith("오후", p);
                boolean am = s.regionMatches(true, p, "AM", 0, 2) || s.startsWith("오전", p);
                hourAdd += pm ? 12 : 0;
                yield pm || am ? p + 2 : -1;
            }
            case 'E' -> isName(WEEKDAYS, p) ? p + 3 : -1;
            case 'Z', 'X', 'z' -> {
                int after = offset(p);
                offsetRead = after < 0 ? NO_OFFSET : foundOffset;
                yield after;
            }
            default -> throw new IllegalStateException("a pattern has a part " + part.letter());
        };
    }

    private int read;

    /** One or two digits, as the pattern says: {@code d} takes both, {@code dd} two, the first of which may be a blank. */
    private int digits(int p, int count) {
        read = 0;
        int q = count > 1 && at(p) == ' ' ? p + 1 : p;
        int first = q;
        while (q < p + 2 && isDigit(at(q))) {
            read = read * 10 + at(q++) - '0';
        }
        return q == first || count > 1 && q < p + 2 ? -1 : q;
    }

    /** {@code 1774775706.123456789}: ten digits of seconds and an optional fraction. */
    boolean epoch(int from) {
        long seconds = 0;
        int p = from;
        while (p < from + 11 && isDigit(at(p))) {
            seconds = seconds * 10 + (at(p) - '0');
            p++;
        }
        if (p != from + 10) {
            return false;
        }
        long fraction = 0;
        if (at(p) == '.' && isDigit(at(p + 1))) {
            p = fraction(p + 1);
            fraction = clock;
        }
        if (!atBoundary(p)) {
            return false;
        }
        end = p;
        micros = seconds * SECOND + fraction;
        return true;
    }

    // ---- parts: each returns the position behind it, or -1

    private int month(int p) {
        for (int i = 0; i < 12; i++) {
            if (s.regionMatches(true, p, MONTHS, i * 3, 3)) {
                month = i + 1;
                if (at(p + 3) == ' ') {
                    return p + 3;
                }
                String full = LONG_MONTHS[i];
                return s.regionMatches(true, p, full, 0, full.length()) ? p + full.length() : localMonth(p);
            }
        }
        return localMonth(p);
    }

    /** As journalctl and Java name it in other languages; with a point or without, and only if a blank follows. */
    private int localMonth(int p) {
        int end = p;
        while (end < to && end - p <= 10 && Character.isLetter(s.charAt(end))) {
            end++;
        }
        int behind = at(end) == '.' ? end + 1 : end;
        if (end - p < 3 || at(behind) != ' ' || at(behind + 1) != ' ' && !isDigit(at(behind + 1))) {
            return -1;
        }
        Integer found = LOCAL_MONTHS.get(s.substring(p, end).toLowerCase(Locale.ROOT));
        if (found == null) {
            return -1;
        }
        month = found;
        return behind;
    }

    private int day(int p) {
        if (!isDigit(at(p))) {
            return -1;
        }
        day = at(p) - '0';
        p++;
        if (isDigit(at(p))) {
            day = day * 10 + at(p) - '0';
            p++;
        }
        return day >= 1 && day <= 31 ? p : -1;
    }

    /** {@code H:mm:ss} with a fraction of up to nine digits; a leap second counts as the next one. */
    private int clock(int p) {
        if (p < 0 || !isDigit(at(p))) {
            return -1;
        }
        int hour = at(p++) - '0';
        if (isDigit(at(p))) {
            hour = hour * 10 + at(p++) - '0';
        }
        if (at(p) != ':' || !isDigit(at(p + 1)) || !isDigit(at(p + 2)) || at(p + 3) != ':') {
            return -1;
        }
        int minute = number(p + 1, 2);
        if (!isDigit(at(p + 4)) || !isDigit(at(p + 5))) {
            return -1;
        }
        int second = number(p + 4, 2);
        if (hour > 23 || minute > 59 || second > 60) {
            return -1;
        }
        p += 6;
        long whole = ((hour * 60L + minute) * 60 + second) * SECOND;
        clock = 0;
        if ((at(p) == '.' || at(p) == ',') && isDigit(at(p + 1))) {
            p = fraction(p + 1);
        }
        clock += whole;
        return p;
    }

    private int fraction(int p) {
        long value = 0;
        int digits = 0;
        for (; isDigit(at(p)); p++, digits++) {
            if (digits < 6) {
                value = value * 10 + at(p) - '0';
            }
        }
        for (; digits < 6; digits++) {
            value *= 10;
        }
        clock = value;
        return p;
    }

    private int foundOffset;

    /** {@code Z}, {@code +09:00}, {@code +0900}, {@code +09} or a zone word; the offset in seconds goes to foundOffset. */
    private int offset(int p) {
        char c = at(p);
        if (c == '+' || c == '-') {
            if (!isDigit(at(p + 1)) || !isDigit(at(p + 2))) {
                return -1;
            }
            int hours = number(p + 1, 2);
            int minutes = 0;
            int after = p + 3;
            int m = at(after) == ':' ? after + 1 : after;
            if (isDigit(at(m)) && isDigit(at(m + 1))) {
                minutes = number(m, 2);
                after = m + 2;
            }
            if (hours > 18 || minutes > 59) {
                return -1;
            }
            foundOffset = (hours * 3600 + minutes * 60) * (c == '-' ? -1 : 1);
            return after;
        }
        if (!isUpper(c) && c != 'z') {
            return -1;
        }
        int q = p;
        while (isUpper(at(q))) {
            q++;
        }
        if (c == 'z') {
            q = p + 1;
        }
        if (q - p > 5) {
            return -1;
        }
        int hours2 =
                switch (s.substring(p, q)) { // in half hours
                    case "Z", "z", "UTC", "GMT", "UCT", "WET" -> 0;
                    case "CET", "MEZ", "WEST" -> 2;
                    case "CEST", "MESZ", "EET", "SAST" -> 4;
                    case "EEST", "MSK" -> 6;
                    case "KST", "JST" -> 18;
                    case "AEST" -> 20;
                    case "AEDT" -> 22;
                    case "NZST" -> 24;
                    case "NZDT" -> 26;
                    case "ACST" -> 19;
                    case "AWST", "HKT", "SGT" -> 16;
                    case "EST" -> -10;
                    case "EDT" -> -8;
                    case "CDT" -> -10;
                    case "MST" -> -14;
                    case "MDT" -> -12;
                    case "PST" -> -16;
                    case "PDT" -> -14;
                    case "CST", "IST", "BST" -> NO_OFFSET; // each is several zones: the listener's decides
                    // Cisco's "NZT: %SYS-5-…"; the word of "DENY: IN=eth0" is none.
                    default ->
                        at(q) == ':' && at(q + 1) == ' ' && at(q + 2) == '%' && q - p >= 2 ? NO_OFFSET : NO_OFFSET + 1;
                };
        if (hours2 == NO_OFFSET + 1) {
            return -1;
        }
        foundOffset = hours2 == NO_OFFSET ? LISTENER_OFFSET : hours2 * 1800;
        return q;
    }

    private boolean done(int p, int offset) {
        if (year == 0) {
            if (reference == Micros.UNKNOWN) {
                end = p;
                micros = Micros.UNKNOWN;
                return day <= 29 || month != 2;
            }
            return closestYear(p, offset);
        }
        end = p;
        micros = utc(year, offset);
        return true;
    }

    /** The year that brings the stamp closest to the reference; leap days look further than a year away. */
    private boolean closestYear(int p, int offset) {
        int around = LocalDateTime.ofEpochSecond(Math.floorDiv(reference, SECOND), 0, ZoneOffset.UTC)
                .getYear();
        int reach = month == 2 && day == 29 ? 8 : 1;
        long best = Micros.UNKNOWN;
        for (int y = around - reach; y <= around + reach; y++) {
            year = y;
            if (validDate()) {
                long candidate = utc(y, offset);
                if (best == Micros.UNKNOWN || Math.abs(candidate - reference) < Math.abs(best - reference)) {
                    best = candidate;
                }
            }
        }
        year = 0;
        if (best == Micros.UNKNOWN) {
            return false;
        }
        end = p;
        micros = best;
        return true;
    }

    private long utc(int inYear, int offset) {
        long local = epochDay(inYear, month, day) * DAY + clock;
        if (offset != NO_OFFSET && offset != LISTENER_OFFSET) {
            return local - offset * SECOND;
        }
        if (zone instanceof ZoneOffset fixed) {
            return local - fixed.getTotalSeconds() * SECOND;
        }
        LocalDateTime at = LocalDateTime.ofEpochSecond(Math.floorDiv(local, SECOND), 0, ZoneOffset.UTC);
        return local - zone.getRules().getOffset(at).getTotalSeconds() * SECOND;
    }

    /** Days since 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, days_from_civil). */
    private static long epochDay(int year, int month, int day) {
        int y = month <= 2 ? year - 1 : year;
        int era = Math.floorDiv(y, 400);
        int yearOfEra = y - era * 400;
        int dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146_097L + dayOfEra - 719_468;
    }

    private boolean validDate() {
        if (month < 1 || month > 12 || day < 1) {
            return false;
        }
        int days =
                switch (month) {
                    case 4, 6, 9, 11 -> 30;
                    case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
                    default -> 31;
                };
        return day <= days && year >= 1970;
    }

    private static boolean isYear(int y) {
        return y >= 1970 && y <= 2199;
    }

    private boolean isName(String names, int p) {
        for (int i = 0; i < names.length(); i += 3) {
            if (s.regionMatches(true, p, names, i, 3)) {
                return true;
            }
        }
        return false;
    }

    private int blanks(int p) {
        int q = p;
        while (at(q) == ' ') {
            q++;
        }
        return q == p ? -1 : q;
    }

    /** The first group of an IPv6 address may look like a year; a colon directly before something gives it away. */
    private boolean endsYear(int p) {
        return p >= to || at(p) == ' ' || at(p) == ']' || at(p) == ':' && (p + 1 >= to || at(p + 1) == ' ');
    }

    private boolean atBoundary(int p) {
        return loose && ")>|,;".indexOf(at(p)) >= 0
                || p >= to
                || at(p) == ' '
                || at(p) == ':'
                || at(p) == '\t'
                || at(p) == ']'
                || at(p) == '"';
    }

    private char at(int p) {
        return p < to ? s.charAt(p) : '\0';
    }

    private boolean fourDigits(int p) {
        return isDigit(at(p)) && isDigit(at(p + 1)) && isDigit(at(p + 2)) && isDigit(at(p + 3));
    }

    /** The number that {@code digits} characters write; negative when one of them is no digit. */
    private int number(int p, int digits) {
        int value = 0;
        for (int i = p; i < p + digits; i++) {
            char c = at(i);
            if (!isDigit(c)) {
                return -1;
            }
            value = value * 10 + c - '0';
        }
        return value;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isUpper(char c) {
        return c >= 'A' && c <= 'Z';
    }
}
