package io.tollgate.examples.services;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads variables and collects what is wrong with them, to report all at once. Not thread-safe. */
final class Environment {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    private final Map<String, String> values;
    private final List<String> problems = new ArrayList<>();

    Environment(Map<String, String> values) {
        this.values = values;
    }

    /** What is wrong, a line each; empty if nothing is. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    boolean has(Variable variable) {
        return !values.getOrDefault(variable.name(), "").isBlank();
    }

    void text(Variable variable, Consumer<String> setter) {
        read(variable, value -> value, setter);
    }

    void integer(Variable variable, Consumer<Integer> setter) {
        read(variable, Environment::integerOf, setter);
    }

    void duration(Variable variable, Consumer<Duration> setter) {
        read(variable, Environment::durationOf, setter);
    }

    /** A list such as {@code rock=100,jazz=3}. */
    void counts(Variable variable, Consumer<Map<String, Integer>> setter) {
        read(variable, Environment::countsOf, setter);
    }

    /** An empty variable counts as none, as that is what an unset one becomes in a compose file. */
    private <T> void read(Variable variable, Function<String, T> parser, Consumer<T> setter) {
        if (!has(variable)) {
            return;
        }
        try {
            setter.accept(parser.apply(values.get(variable.name()).strip()));
        } catch (IllegalArgumentException e) {
            problems.add(variable + ": " + e.getMessage());
        }
    }

    private static Integer integerOf(String value) {
        try {
            return Integer.valueOf(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + value + "\" (expected: a whole number)", e);
        }
    }

    private static Duration durationOf(String value) {
        Matcher matcher = DURATION.matcher(value);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "\"" + value + "\" (expected: a number with a unit of ms, s, m, h or d, such as 10s)");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    private static Map<String, Integer> countsOf(String value) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (String entry : value.split(",", -1)) {
            int equals = entry.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("\"" + entry + "\" (expected: ID=TICKETS, separated by commas)");
            }
            String id = entry.substring(0, equals).strip();
            if (counts.put(id, integerOf(entry.substring(equals + 1).strip())) != null) {
                throw new IllegalArgumentException("\"" + id + "\" twice (expected: once)");
            }
        }
        return counts;
    }
}
