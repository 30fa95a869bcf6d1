package io.tollgate.runner.config;

import io.tollgate.config.ConfigKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The tables of keys in Markdown. */
final class KeyTables {
    /** What a newcomer changes first. */
    private static final List<String> MOST_USED = List.of(
            "app.environment",
            "server.http.port",
            "server.http.trusted_proxies",
            "cors.allowed_origins",
            "jwt.secret_key",
            "jwt.keys",
            "auth.issuer",
            "redis.enabled",
            "redis.host",
            "redis.port",
            "redis.password",
            "redis.token_bucket.capacity",
            "redis.token_bucket.refill_rate",
            "services.user_service.host",
            "services.user_service.port",
            "services.order_service.host",
            "services.order_service.port",
            "rate_limit.policies",
            "log.level");

    private KeyTables() {}

    /** Every key, under the headings of their sections. */
    static String all() {
        Map<String, StringBuilder> sections = new LinkedHashMap<>();
        for (ConfigKey<?> key : ConfigKeys.all()) {
            sections.computeIfAbsent(section(key.name()), KeyTables::heading)
                    .append(row(
                            code(key.name()),
                            variables(key),
                            value(ConfigKeys.defaultOf(key)),
                            escaped(key.expected()),
                            example(key),
                            key.meaning()));
        }
        return String.join("", sections.values());
    }

    /** The keys of {@link #MOST_USED}. */
    static String mostUsed() {
        Map<String, ConfigKey<?>> byName =
                ConfigKeys.all().stream().collect(Collectors.toMap(ConfigKey::name, key -> key));
        return row("Key", "Variable", "Default", "Meaning")
                + row("---", "---", "---", "---")
                + MOST_USED.stream()
                        .map(byName::get)
                        .map(key -> row(
                                code(key.name()),
                                variables(key),
                                value(ConfigKeys.defaultOf(key)),
                                key.meaning() + " (" + escaped(key.expected()) + ")"))
                        .collect(Collectors.joining());
    }

    private static StringBuilder heading(String section) {
        return new StringBuilder("\n### `" + section + "`\n\n")
                .append(row("Key", "Variable", "Default", "Takes", "Example", "Meaning"))
                .append(row("---", "---", "---", "---", "---", "---"));
    }

    /** {@code server.http} of {@code server.http.port}, {@code redis} of {@code redis.host}. */
    private static String section(String name) {
        String[] parts = name.split("\\.", -1);
        return parts.length == 2 ? parts[0] : parts[0] + "." + parts[1];
    }

    private static String example(ConfigKey<?> key) {
        String sample = Samples.BY_KEY.get(key.name());
        return key.secret() || sample == null ? "" : code(sample);
    }

    private static String variables(ConfigKey<?> key) {
        return code(key.variable())
                + key.fileVariable().map(file -> ", " + code(file)).orElse("");
    }

    private static String value(String value) {
        return value.isEmpty() ? "–" : code(value);
    }

    private static String code(String text) {
        return "`" + text.replace("|", "\\|") + "`";
    }

    private static String escaped(String cell) {
        return cell.replace("|", "\\|").replace("*", "\\*").replace("<", "\\<");
    }

    private static String row(String... cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }
}
