package io.tollgate.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Registers meters that read an object whenever they are read themselves. The registry holds the object weakly, as it is
 * Micrometer's custom: what is not in use any more has nothing to measure.
 *
 * @param registry where the meters are registered
 * @param subject the object that they read
 * @param tags the tags of each of them
 */
record Readings<T>(MeterRegistry registry, T subject, Tags tags) {
    void gauge(String name, String description, ToDoubleFunction<T> value) {
        Gauge.builder(name, subject, value).description(description).tags(tags).register(registry);
    }

    void counter(String name, String description, ToDoubleFunction<T> value, String... more) {
        FunctionCounter.builder(name, subject, value)
                .description(description)
                .tags(tags.and(more))
                .register(registry);
    }

    /** Registers a gauge for one state, in the tag {@code state}. */
    void count(String name, String description, Enum<?> state, ToDoubleFunction<T> value) {
        Gauge.builder(name, subject, value)
                .description(description)
                .tags(tags.and("state", state.name().toLowerCase(Locale.ROOT)))
                .register(registry);
    }

    /** Registers a gauge for each constant, in the tag {@code state}: 1 for the state that holds, 0 for the others. */
    <E extends Enum<E>> void states(String name, String description, E[] constants, Function<T, E> state) {
        for (E constant : constants) {
            Gauge.builder(name, subject, s -> state.apply(s) == constant ? 1 : 0)
                    .description(description)
                    .tags(tags.and("state", constant.name().toLowerCase(Locale.ROOT)))
                    .register(registry);
        }
    }
}
