package io.tollgate.spring.boot;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;

/**
 * Collects the wrong properties, so that all of them are reported at once: those that cannot be converted and those that do
 * not exist, which Boot would report one at a time, and those whose values are not acceptable.
 */
final class PropertyProblems implements ConfigurationPropertiesBindHandlerAdvisor {
    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of(TollgateProperties.PREFIX);
    private static final Set<String> SECRETS = Set.of("password", "secret", "token", "url");

    private final Environment environment;
    private final Map<String, PropertyProblem> byName = new LinkedHashMap<>();

    PropertyProblems(Environment environment) {
        this.environment = environment;
    }

    /** Notes a problem; of two with one property the first counts. */
    void add(String property, String message) {
        byName.putIfAbsent(property, new PropertyProblem(property, message, origin(property)));
    }

    /** Returns the result; empty if it fails with an {@link IllegalArgumentException}, which is noted as a problem. */
    <T> Optional<T> attempt(String property, Supplier<T> supplier) {
        try {
            return Optional.of(supplier.get());
        } catch (IllegalArgumentException | IllegalStateException e) {
            add(property, withoutName(property, String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    /** Returns the message of a builder without the name that the value has there. */
    private static String withoutName(String property, String message) {
        String name = property.substring(property.lastIndexOf('.') + 1).replace("-", "");
        int colon = message.indexOf(": ");
        return colon > 0 && message.substring(0, colon).equalsIgnoreCase(name) ? message.substring(colon + 2) : message;
    }

    /** Throws all problems, if there are any. */
    void throwIfAny() {
        if (!byName.isEmpty()) {
            throw new InvalidPropertiesException(new ArrayList<>(byName.values()));
        }
    }

    @Override
    public BindHandler apply(BindHandler handler) {
        return new AbstractBindHandler(handler) {
            @Override
            public @Nullable Object onFailure(
                    ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error)
                    throws Exception {
                if (!ROOT.isAncestorOf(name)) {
                    return super.onFailure(name, target, context, error);
                }
                unconvertible(name, target, context.getConfigurationProperty());
                return null;
            }

            @Override
            public void onFinish(
                    ConfigurationPropertyName name, Bindable<?> target, BindContext context, @Nullable Object result)
                    throws Exception {
                try {
                    super.onFinish(name, target, context, result);
                } catch (UnboundConfigurationPropertiesException e) {
                    if (!ROOT.equals(name)) {
                        throw e;
                    }
                    e.getUnboundProperties()
                            .forEach(unknown -> byName.putIfAbsent(
                                    unknown.getName().toString(),
                                    new PropertyProblem(
                                            unknown.getName().toString(),
                                            "unknown property (expected: one of the reference)",
                                            unknown.getOrigin())));
                }
            }
        };
    }

    private void unconvertible(
            ConfigurationPropertyName name, Bindable<?> target, @Nullable ConfigurationProperty property) {
        boolean known = property != null && property.getName().equals(name);
        String value = !known || SECRETS.contains(name.getLastElement(ConfigurationPropertyName.Form.UNIFORM))
                ? "wrong value"
                : String.valueOf(property.getValue());
        byName.putIfAbsent(
                name.toString(),
                new PropertyProblem(
                        name.toString(),
                        value + " (expected: " + expected(target.getType().resolve(Object.class)) + ")",
                        known ? property.getOrigin() : null));
    }

    private static String expected(Class<?> type) {
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "));
        }
        if (type == Duration.class) {
            return "a duration such as 50ms, 10s or 5m";
        }
        if (type == URI.class) {
            return "a URI";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (type == Integer.class || type == int.class) {
            return "a whole number";
        }
        return type == List.class ? "a list" : type == Map.class ? "a section" : "a value, not a section";
    }

    /** Returns the origin of a property, of its first element, or of the list that it is an element of. */
    private @Nullable Origin origin(String property) {
        int index = property.lastIndexOf('[');
        List<String> candidates = index > 0 && property.endsWith("]")
                ? List.of(property, property.substring(0, index))
                : List.of(property, property + "[0]");
        for (String candidate : candidates) {
            ConfigurationPropertyName name = ConfigurationPropertyName.adapt(candidate, '.');
            for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
                ConfigurationProperty found = source.getConfigurationProperty(name);
                if (found != null) {
                    return found.getOrigin();
                }
            }
        }
        return null;
    }
}
