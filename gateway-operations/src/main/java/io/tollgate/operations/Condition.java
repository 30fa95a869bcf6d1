package io.tollgate.operations;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The condition of a component:
 *
 * <pre>{@code
 * Condition condition = Condition.ok("connected").with("mode", "shared");
 * }</pre>
 *
 * @param detail a text for people, without numbers that change all the time
 * @param facts further members of the component in {@code /health/ready}, such as {@code breaker} with {@code OPEN}
 */
public record Condition(Status status, String detail, Map<String, String> facts) {
    /** Copies the facts. */
    public Condition {
        requireNonNull(status, "status");
        requireNonNull(detail, "detail");
        facts = Map.copyOf(facts);
    }

    /** The status of a component, or of the whole server; the best first. */
    public enum Status {
        /** It works. */
        OK,
        /** It works with restrictions. */
        DEGRADED,
        /** It does not work. */
        DOWN;

        /** Returns the name in lower case, as {@code /health/ready} has it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Returns the condition of a component that works. */
    public static Condition ok(String detail) {
        return new Condition(Status.OK, detail, Map.of());
    }

    /** Returns the condition of a component that works with restrictions. */
    public static Condition degraded(String detail) {
        return new Condition(Status.DEGRADED, detail, Map.of());
    }

    /** Returns the condition of a component that does not work. */
    public static Condition down(String detail) {
        return new Condition(Status.DOWN, detail, Map.of());
    }

    /** Returns the same condition with one more fact. */
    public Condition with(String fact, String value) {
        Map<String, String> more = new TreeMap<>(facts);
        more.put(requireNonNull(fact, "fact"), requireNonNull(value, "value"));
        return new Condition(status, detail, more);
    }
}
