package io.bongsu.ingest.parse;

import java.util.List;

/**
 * What a field, or the text ({@code text}), must be like, written as in Sigma: {@code field|startswith: [a, b]}. Any of
 * the values will do; case counts. All conditions of a {@code when} must hold.
 */
record Condition(String field, Test test, List<String> values) {
    Condition {
        values = List.copyOf(values);
    }

    enum Test {
        EQUALS,
        CONTAINS,
        STARTSWITH,
        ENDSWITH,
        EXISTS,
        GT,
        GTE,
        LT,
        LTE
    }

    boolean holds(Body body) {
        Object value = field.equals("text") ? body.text : body.get(field);
        if (test == Test.EXISTS) {
            return (value != null) == values.contains("true");
        }
        if (value instanceof List<?> list) {
            for (Object item : list) {
                if (holds(item.toString())) {
                    return true;
                }
            }
            return false;
        }
        return value != null && holds(value.toString());
    }

    private boolean holds(String text) {
        for (int i = 0; i < values.size(); i++) {
            String wanted = values.get(i);
            boolean holds =
                    switch (test) {
                        case EQUALS -> text.equals(wanted);
                        case CONTAINS -> text.contains(wanted);
                        case STARTSWITH -> text.startsWith(wanted);
                        case ENDSWITH -> text.endsWith(wanted);
                        case GT, GTE, LT, LTE -> compare(text, wanted);
                        case EXISTS -> throw new IllegalStateException("answered before");
                    };
            if (holds) {
                return true;
            }
        }
        return false;
    }

    private boolean compare(String text, String wanted) {
        Double a = As.decimal(text);
        Double b = As.decimal(wanted);
        if (a == null || b == null) {
            return false;
        }
        int order = Double.compare(a, b);
        return switch (test) {
            case GT -> order > 0;
            case GTE -> order >= 0;
            case LT -> order < 0;
            default -> order <= 0;
        };
    }

    static boolean all(List<Condition> conditions, Body body) {
        for (int i = 0; i < conditions.size(); i++) {
            if (!conditions.get(i).holds(body)) {
                return false;
            }
        }
        return true;
    }
}
