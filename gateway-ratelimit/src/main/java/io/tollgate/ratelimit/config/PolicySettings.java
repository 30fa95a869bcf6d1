package io.tollgate.ratelimit.config;

import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.ratelimit.KeySelector;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The fields of a policy in the configuration, for a {@link RateLimitPolicyFactory}. If a field is wrong, or is
 * required and unset, it is noted as a problem with its path, and a substitute is returned. So a factory reads all its
 * fields and need not check for problems. Fields that the factory does not read are problems too.
 *
 * <p>The {@link PolicyReader} applies {@code name}, {@code type}, {@code routes}, {@code methods}, {@code exempt},
 * {@code shadow} and {@code on_outage} to every policy. All other names are free.
 */
public final class PolicySettings {
    private static final int MAX_TEXT = 4096;
    private static final RateLimit SUBSTITUTE = RateLimit.perSecond(1);

    private final Place place;
    private final String name;

    PolicySettings(Place place, String name) {
        this.place = place;
        this.name = name;
    }

    /** Returns the policy's name. */
    public String name() {
        return name;
    }

    /** Returns whether the field is set. */
    public boolean has(String field) {
        return place.has(field);
    }

    /** Returns a string of 1 to 4,096 printable characters. The field must be set. */
    public String text(String field) {
        return required(field, Scalar.text(MAX_TEXT), "");
    }

    /** Returns a string of 1 to 4,096 printable characters, or the default if the field is unset. */
    public String text(String field, String defaultValue) {
        return optional(field, Scalar.text(MAX_TEXT), defaultValue);
    }

    /** Returns a whole number. The field must be set. */
    public long integer(String field, long min, long max) {
        return required(field, Scalar.integer(min, max), min);
    }

    /** Returns a whole number, or the default if the field is unset. */
    public long integer(String field, long min, long max, long defaultValue) {
        return optional(field, Scalar.integer(min, max), defaultValue);
    }

    /** Returns a boolean. The field must be set. */
    public boolean bool(String field) {
        return required(field, Scalar.bool(), false);
    }

    /** Returns a boolean, or the default if the field is unset. */
    public boolean bool(String field, boolean defaultValue) {
        return optional(field, Scalar.bool(), defaultValue);
    }

    /** Returns a duration, such as {@code 15m}. The field must be set. */
    public Duration duration(String field, Duration min, Duration max) {
        return required(field, Scalar.duration(min, max), min);
    }

    /** Returns a duration, or the default if the field is unset. */
    public Duration duration(String field, Duration min, Duration max, Duration defaultValue) {
        return optional(field, Scalar.duration(min, max), defaultValue);
    }

    /** Returns a constant of an enum, by its name in any case. The field must be set. */
    public <E extends Enum<E>> E choice(String field, Class<E> type) {
        return required(field, Scalar.choice(type), type.getEnumConstants()[0]);
    }

    /** Returns a constant of an enum, by its name in any case, or the default if the field is unset. */
    public <E extends Enum<E>> E choice(String field, E defaultValue) {
        return optional(field, Scalar.choice(defaultValue.getDeclaringClass()), defaultValue);
    }

    /** Returns a limit, in any form of {@code limits}. The field must be set. */
    public RateLimit limit(String field) {
        return place.take(field)
                .map(set -> LimitFields.read(set).orElse(SUBSTITUTE))
                .orElseGet(() -> missing(field, LimitFields.EXPECTED, SUBSTITUTE));
    }

    /** Returns a limit, or the default if the field is unset. */
    public RateLimit limit(String field, RateLimit defaultValue) {
        return place.take(field).flatMap(LimitFields::read).orElse(defaultValue);
    }

    /**
     * Returns the strings of a list or a single string, without duplicates. At least one must be set. Unmodifiable.
     */
    public List<String> list(String field) {
        List<String> texts = list(field, List.of());
        return texts.isEmpty() && !has(field)
                ? missing(field, "a list, each " + Scalar.text(MAX_TEXT).expected(), texts)
                : notEmpty(field, texts);
    }

    private List<String> notEmpty(String field, List<String> texts) {
        if (texts.isEmpty()) {
            place.take(field)
                    .filter(set -> set.isList() && set.elements("").isEmpty())
                    .ifPresent(set -> set.problem("an empty list (expected: at least one element)"));
        }
        return texts;
    }

    /**
     * Returns the strings of a list or a single string, without duplicates, or the default if the field is unset.
     * Unmodifiable.
     */
    public List<String> list(String field, List<String> defaultValue) {
        Scalar<String> text = Scalar.text(MAX_TEXT);
        List<String> texts = place.list(field, "a list, each " + text.expected(), text);
        return List.copyOf(has(field) ? texts : defaultValue);
    }

    /** Returns a selector of bucket keys, in any form of {@code key}, or the default if the field is unset. */
    public KeySelector key(String field, KeySelector defaultValue) {
        return KeyField.joined(KeyField.read(place, field)).orElse(defaultValue);
    }

    /**
     * Notes a problem with a field that the other methods do not detect.
     *
     * @param message the value and the expectation, such as {@code acme (expected: the id of a tenant)}
     */
    public void problem(String field, String message) {
        place.problem(field, Scalar.message(message));
    }

    private <T> T required(String field, Scalar<T> type, T substitute) {
        return place.take(field).map(set -> set.as(type).orElse(substitute)).orElseGet((Supplier<T>)
                () -> missing(field, type.expected(), substitute));
    }

    private <T> T optional(String field, Scalar<T> type, T defaultValue) {
        Optional<T> set = place.take(field, type);
        return set.orElse(defaultValue);
    }

    private <T> T missing(String field, String expected, T substitute) {
        place.problem("no " + field + " (expected: " + field + ", " + expected + ")");
        return substitute;
    }
}
