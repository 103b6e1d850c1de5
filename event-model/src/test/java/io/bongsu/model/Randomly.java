package io.bongsu.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Events with whatever names and values the schema allows. */
final class Randomly {
    private static final String[] NAMES = {
        "user.name",
        "user",
        "source.ip",
        "source.ip.x",
        "event.id",
        "event.created",
        "event.ingested",
        "tags",
        "a",
        "",
        "json.a\"b",
        "winlog.event_data.이름",
        ".",
        "a..b"
    };
    private static final String[] PIECES = {
        "plain",
        " ",
        "\"",
        "\\",
        "\n",
        "\r\t\b\f",
        "\u0000",
        "\u001b[31m",
        "\u007f",
        "é",
        "봉수",
        "\ud83d\udd25",
        "\ud83d",
        "\udd25"
    };

    private Randomly() {}

    static Event event(Random random) {
        List<String> tags = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            tags.add("_" + text(random));
        }
        Map<String, Object> fields = new HashMap<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            fields.put(NAMES[random.nextInt(NAMES.length)], value(random, true));
        }
        return new Event(
                text(random),
                random.nextInt(),
                time(random),
                random.nextInt(5) == 0 ? Micros.UNKNOWN : time(random),
                random.nextLong(),
                text(random),
                text(random),
                tags,
                fields);
    }

    static long time(Random random) {
        return random.nextLong(-70_000_000_000_000_000L, 260_000_000_000_000_000L);
    }

    static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private static Object value(Random random, boolean orList) {
        return switch (random.nextInt(orList ? 6 : 5)) {
            case 0, 1 -> text(random);
            case 2 -> random.nextLong() >> random.nextInt(64);
            case 3 -> random.nextInt(4) == 0 ? Double.NaN : random.nextDouble() * Math.pow(10, random.nextInt(-9, 20));
            case 4 -> random.nextBoolean();
            default -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(value(random, false));
                }
                yield list;
            }
        };
    }
}
