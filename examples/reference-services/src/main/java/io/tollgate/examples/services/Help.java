package io.tollgate.examples.services;

import java.util.Arrays;

/** What {@code --help} prints. */
final class Help {
    private Help() {}

    static String text() {
        StringBuilder text = new StringBuilder("""
                Usage: java -jar reference-services.jar user|order

                Runs the user service or the order service over gRPC until SIGTERM or SIGINT.
                Environment variables, with their defaults:

                """);
        section(text, "Both services", "");
        section(text, "User service", "user");
        section(text, "Order service", "order");
        text.append("OTEL_EXPORTER_OTLP_ENDPOINT and the other OTEL_* variables of OpenTelemetry turn on traces.\n");
        return text.toString();
    }

    private static void section(StringBuilder text, String title, String onlyOf) {
        text.append(title).append(":\n");
        Arrays.stream(Variable.values())
                .filter(variable -> variable.onlyOf.equals(onlyOf))
                .forEach(variable ->
                        text.append(String.format("  %-24s%s [%s]%n", variable, variable.meaning, variable.standard)));
        text.append('\n');
    }
}
