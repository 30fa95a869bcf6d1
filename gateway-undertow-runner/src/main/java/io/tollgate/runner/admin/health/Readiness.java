package io.tollgate.runner.admin.health;

import static java.util.Objects.requireNonNull;

import io.tollgate.runner.admin.health.Component.Condition;
import io.tollgate.runner.admin.health.Component.Kind;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether requests should be sent here. Looks at every component when told to and remembers since when each is as it is.
 * Thread-safe.
 *
 * <p>The whole is {@code down} when the listener is closing, when no key can verify tokens, or when every upstream is
 * down; it is {@code degraded} while anything else is not {@code ok}, which is no reason to send requests elsewhere.
 */
public final class Readiness {
    /** The most changes that are remembered. */
    static final int MAX_CHANGES = 100;

    private final List<Component> components;
    private final Clock clock;
    private final Deque<Change> changes = new ArrayDeque<>();
    private volatile Report report;

    /** Looks at all of {@code components} for the first time. */
    public Readiness(List<Component> components, Clock clock) {
        this.clock = requireNonNull(clock, "clock");
        this.components = List.copyOf(components);
        this.report = new Report(Status.OK, clock.instant(), List.of(), List.of());
        look();
    }

    /** A component as it was last seen. */
    public record State(String name, Kind kind, Instant since, Condition condition) {
        public Status status() {
            return condition.status();
        }
    }

    /** A component became otherwise. */
    public record Change(Instant at, String name, Status from, Status to, String detail) {}

    /**
     * All of it at one moment.
     *
     * @param since when the status of the whole became what it is
     * @param changes the latest, the oldest first
     */
    public record Report(Status status, Instant since, List<State> components, List<Change> changes) {}

    /** What was last seen. */
    public Report report() {
        return report;
    }

    /** Looks at every component. */
    public synchronized void look() {
        Instant now = clock.instant();
        Report before = report;
        List<State> states = new ArrayList<>(components.size());
        boolean changed = before.components().isEmpty();
        for (int i = 0; i < components.size(); i++) {
            State last =
                    before.components().isEmpty() ? null : before.components().get(i);
            State state = look(components.get(i), last, now);
            states.add(state);
            changed |= !state.equals(last);
        }
        if (changed) {
            Status status = overall(states);
            Instant since = status == before.status() ? before.since() : now;
            report = new Report(status, since, List.copyOf(states), List.copyOf(changes));
        }
    }

    private State look(Component component, @Nullable State last, Instant now) {
        Condition condition = see(component);
        if (last == null) {
            return new State(component.name(), component.kind(), now, condition);
        }
        if (last.condition().equals(condition)) {
            return last;
        }
        boolean same = last.status() == condition.status();
        if (!same || !last.condition().detail().equals(condition.detail())) {
            remember(new Change(now, component.name(), last.status(), condition.status(), condition.detail()));
        }
        return new State(component.name(), component.kind(), same ? last.since() : now, condition);
    }

    private static Condition see(Component component) {
        try {
            return component.look().get();
        } catch (RuntimeException e) {
            return Condition.degraded("cannot be seen: " + e.getClass().getSimpleName());
        }
    }

    private void remember(Change change) {
        if (changes.size() == MAX_CHANGES) {
            changes.removeFirst();
        }
        changes.addLast(change);
    }

    private static Status overall(List<State> states) {
        boolean fatal = states.stream()
                .anyMatch(s -> s.status() == Status.DOWN && (s.kind() == Kind.LISTENER || s.kind() == Kind.KEYS));
        List<State> upstreams =
                states.stream().filter(s -> s.kind() == Kind.UPSTREAM).toList();
        boolean none = !upstreams.isEmpty() && upstreams.stream().allMatch(s -> s.status() == Status.DOWN);
        if (fatal || none) {
            return Status.DOWN;
        }
        return states.stream().allMatch(s -> s.status() == Status.OK) ? Status.OK : Status.DEGRADED;
    }
}
