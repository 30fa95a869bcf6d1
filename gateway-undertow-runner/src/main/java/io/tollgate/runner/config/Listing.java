package io.tollgate.runner.config;

import io.tollgate.config.ConfigKey;

/** Shows the table of keys to people. */
final class Listing {
    private Listing() {}

    static String text() {
        StringBuilder text = new StringBuilder();
        for (ConfigKey<?> key : ConfigKeys.all()) {
            String fallback = defaultOf(key);
            text.append(key.name())
                    .append(fallback.isEmpty() ? "" : " = " + fallback)
                    .append('\n');
            text.append("    ").append(key.variable()).append('\n');
            text.append("    ").append(key.meaning()).append('\n');
            text.append("    Expected: ").append(key.expected()).append('\n');
        }
        return text.toString();
    }

    /** Without the release's number, which would make every release's documentation another. */
    static String defaultOf(ConfigKey<?> key) {
        return key == ConfigKeys.APP_VERSION
                ? "the gateway's own"
                : key.defaultValue().orElse("");
    }
}
