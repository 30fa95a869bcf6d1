package io.tollgate.operations;

import static java.util.Objects.requireNonNull;

import io.tollgate.operations.Condition.Status;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Watches the components, and derives whether requests should be sent here. Keeps the latest changes, and the time since
 * which each component is as it is. Thread-safe. No lock is held while components are looked at, so that one that hangs does
 * not delay the news of the listener.
 *
 * <p>The whole is {@code down} if a listener is, if no key can verify tokens, or if every upstream is down. It is
 * {@code degraded} while anything else is not {@code ok}, which is no reason to send requests elsewhere.
 */
final class Readiness {
    /** The most changes that are kept. */
    static final int MAX_CHANGES = 100;

    private final List<Component> components;
    private final Clock clock;
    private final Deque<Change> changes = new ArrayDeque<>();
    /** The number of looks that have been applied. */
    private long looks;

    private volatile Report report;

    /** Looks at all of {@code components} for the first time. */
    Readiness(List<Component> components, Clock clock) {
        this.clock = requireNonNull(clock, "clock");
        this.components = List.copyOf(components);
        this.report = new Report(Status.OK, clock.instant(), List.of(), List.of());
        look();
    }

    /** The last known state of a component. */
    record State(String name, ComponentKind kind, Instant since, Condition condition) {
        Status status() {
            return condition.status();
        }
    }

    /** A change of a component. */
    record Change(Instant at, String name, Status from, Status to, String detail) {}

    /**
     * The state of all components at one moment.
     *
     * @param since the time since which the whole has its status
     * @param changes the latest, the oldest first
     */
    record Report(Status status, Instant since, List<State> components, List<Change> changes) {}

    /** Returns what the last look found. */
    Report report() {
        return report;
    }

    /** Looks at every component. What it finds is ignored if another look was applied in the meantime. */
    void look() {
        long before = looks();
        apply(before, components.stream().map(Readiness::condition).toList());
    }

    /** Looks at one component only, which must not hang. */
    synchronized void look(String name) {
        List<Condition> found = new ArrayList<>(components.size());
        for (int i = 0; i < components.size(); i++) {
            Component component = components.get(i);
            State last = report.components().get(i);
            found.add(component.name().equals(name) ? condition(component) : last.condition());
        }
        apply(looks, found);
    }

    private synchronized long looks() {
        return looks;
    }

    private synchronized void apply(long looksBefore, List<Condition> found) {
        if (looks != looksBefore) {
            return; // Older than the report. The next look comes soon.
        }
        looks++;
        Instant now = clock.instant();
        Report before = report;
        boolean first = before.components().isEmpty();
        List<State> states = new ArrayList<>(components.size());
        boolean changed = first;
        for (int i = 0; i < components.size(); i++) {
            State last = first ? null : before.components().get(i);
            State state = state(components.get(i), found.get(i), last, now);
            states.add(state);
            changed |= !state.equals(last);
        }
        if (changed) {
            Status status = overall(states);
            Instant since = status == before.status() ? before.since() : now;
            report = new Report(status, since, List.copyOf(states), List.copyOf(changes));
        }
    }

    private State state(Component component, Condition condition, @Nullable State last, Instant now) {
        if (last == null) {
            return new State(component.name(), component.kind(), now, condition);
        }
        if (last.condition().equals(condition)) {
            return last;
        }
        boolean same = last.status() == condition.status();
        if (!same || !last.condition().detail().equals(condition.detail())) {
            keep(new Change(now, component.name(), last.status(), condition.status(), condition.detail()));
        }
        return new State(component.name(), component.kind(), same ? last.since() : now, condition);
    }

    private static Condition condition(Component component) {
        try {
            return requireNonNull(component.look().get(), "condition");
        } catch (Throwable e) { // An error of one must not hide the others, or keep the server from stopping.
            return Condition.degraded("unknown: " + e.getClass().getSimpleName());
        }
    }

    private void keep(Change change) {
        if (changes.size() == MAX_CHANGES) {
            changes.removeFirst();
        }
        changes.addLast(change);
    }

    private static Status overall(List<State> states) {
        boolean fatal = states.stream()
                .anyMatch(s -> s.status() == Status.DOWN
                        && (s.kind() == ComponentKind.LISTENER || s.kind() == ComponentKind.KEYS));
        List<State> upstreams =
                states.stream().filter(s -> s.kind() == ComponentKind.UPSTREAM).toList();
        boolean none = !upstreams.isEmpty() && upstreams.stream().allMatch(s -> s.status() == Status.DOWN);
        if (fatal || none) {
            return Status.DOWN;
        }
        return states.stream().allMatch(s -> s.status() == Status.OK) ? Status.OK : Status.DEGRADED;
    }
}
