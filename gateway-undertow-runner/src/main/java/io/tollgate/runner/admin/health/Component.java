package io.tollgate.runner.admin.health;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A part of the gateway whose condition can be looked at.
 *
 * @param look never blocks, and is called a few times a second
 */
public record Component(String name, Kind kind, Supplier<Condition> look) {
    public Component {
        requireNonNull(name, "name");
        requireNonNull(kind, "kind");
        requireNonNull(look, "look");
    }

    /** What a component is, which decides what its being down means for the whole. */
    public enum Kind {
        /** The public port. */
        LISTENER,
        /** What tokens are verified with. */
        KEYS,
        /** A service behind the gateway. */
        UPSTREAM,
        /** Who decides rate limits. */
        LIMITER,
        /** The shared store. */
        REDIS
    }

    /**
     * How a component is.
     *
     * @param detail for a person, without numbers that change all the time
     * @param facts in machines' words, such as {@code breaker} to {@code OPEN}
     */
    public record Condition(Status status, String detail, Map<String, String> facts) {
        public Condition {
            requireNonNull(status, "status");
            requireNonNull(detail, "detail");
            facts = Map.copyOf(facts);
        }

        public static Condition ok(String detail) {
            return new Condition(Status.OK, detail, Map.of());
        }

        public static Condition degraded(String detail) {
            return new Condition(Status.DEGRADED, detail, Map.of());
        }

        public static Condition down(String detail) {
            return new Condition(Status.DOWN, detail, Map.of());
        }

        /** The same with one fact more. */
        public Condition with(String fact, String value) {
            Map<String, String> more = new TreeMap<>(facts);
            more.put(fact, value);
            return new Condition(status, detail, more);
        }
    }
}
