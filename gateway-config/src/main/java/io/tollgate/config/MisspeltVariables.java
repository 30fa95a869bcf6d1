package io.tollgate.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Finds variables that belong to no key, and are nearly the variable of one. All others that belong to no key are none of ours:
 * an environment is full of them, and a cluster adds those of its services.
 */
final class MisspeltVariables {
    /** The value of a variable that Kubernetes and Docker set for a port of a service. */
    private static final Pattern SERVICE = Pattern.compile("(?:tcp|udp|sctp)://.*");

    private MisspeltVariables() {}

    /** Returns a hint for each of them, by name. */
    static List<ConfigProblem> find(List<ConfigKey<?>> keys, Map<String, String> environment) {
        Set<String> known = new LinkedHashSet<>();
        Set<String> sections = new LinkedHashSet<>();
        for (ConfigKey<?> key : keys) {
            known.add(key.variable());
            key.fileVariable().ifPresent(known::add);
            sections.add(key.name().replaceFirst("\\..*", "").toUpperCase(Locale.ROOT) + "_");
        }
        List<ConfigProblem> hints = new ArrayList<>();
        new TreeMap<>(environment).forEach((name, value) -> {
            if (!known.contains(name) && !value.isBlank() && !isOfAService(name, environment)) {
                Optional<String> hint = isFileOf(name, known)
                        ? Optional.of("only secrets are read from files of their own")
                        : sections.stream()
                                .filter(name::startsWith)
                                .findFirst()
                                .flatMap(section -> meant(name, section, known))
                                .map(meant -> "did you mean " + meant + "?");
                hint.ifPresent(text ->
                        hints.add(new ConfigProblem("variable " + name, "", "belongs to no key (" + text + ")")));
            }
        });
        return hints;
    }

    private static boolean isFileOf(String name, Set<String> known) {
        return name.endsWith("_FILE") && known.contains(name.substring(0, name.length() - "_FILE".length()));
    }

    /** Short names are near one another by chance, so that these may differ in one letter only. */
    private static Optional<String> meant(String name, String section, Set<String> known) {
        int edits = Math.max(1, Math.min(2, (name.length() - section.length()) / 4));
        return Nearest.to(
                name, known.stream().filter(v -> v.startsWith(section)).toList(), edits);
    }

    /** Such as {@code REDIS_PORT_6379_TCP=tcp://…}, and {@code REDIS_SERVICE_HOST} beside {@code REDIS_PORT=tcp://…}. */
    private static boolean isOfAService(String name, Map<String, String> environment) {
        int end = Math.max(name.lastIndexOf("_SERVICE_"), name.lastIndexOf("_PORT_"));
        return SERVICE.matcher(environment.getOrDefault(name, "")).matches()
                || (end > 0
                        && SERVICE.matcher(environment.getOrDefault(name.substring(0, end) + "_PORT", ""))
                                .matches());
    }
}
