package io.tollgate.examples.services;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.tollgate.examples.services.database.DatabaseException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Runs the user service or the order service alone, until SIGTERM or SIGINT. */
public final class ReferenceServices {
    /** The exit code of a command line or an environment that makes no sense. */
    private static final int USAGE = 2;

    private ReferenceServices() {}

    /** Starts the service that the first argument names; {@code --help} tells the rest. */
    public static void main(String[] args) throws InterruptedException {
        // Before anything asks for a logger, which is when logback looks for its configuration.
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "reference-services-logback.xml");
        }
        // gRPC logs through java.util.logging.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        int exitCode = run(List.of(args), System.getenv(), System.out, System.err);
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }

    /** Blocks for as long as the service runs. */
    static int run(List<String> args, Map<String, String> environment, PrintStream out, PrintStream err)
            throws InterruptedException {
        if (args.contains("--help") || args.contains("-h")) {
            out.print(Help.text());
            return 0;
        }
        if (args.size() != 1 || !List.of("user", "order").contains(args.get(0))) {
            err.println("arguments: " + args + " (expected: user or order; --help tells the rest)");
            return USAGE;
        }
        Environment variables = new Environment(environment);
        Optional<OpenTelemetrySdk> telemetry;
        try {
            telemetry = Telemetry.of(environment, args.get(0) + "-service");
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            return USAGE;
        }
        OpenTelemetry told = telemetry.<OpenTelemetry>map(sdk -> sdk).orElseGet(OpenTelemetry::noop);
        Launch launch = args.get(0).equals("user") ? Launch.user(variables, told) : Launch.order(variables, told);
        if (!variables.problems().isEmpty()) {
            variables.problems().forEach(err::println);
            return USAGE;
        }
        try {
            return start(launch, err);
        } finally {
            telemetry.ifPresent(OpenTelemetrySdk::close);
        }
    }

    private static int start(Launch launch, PrintStream err) throws InterruptedException {
        try {
            launch.runUntilTerminated();
            return 0;
        } catch (UncheckedIOException | DatabaseException | IllegalArgumentException e) {
            err.println(e.getMessage());
            return 1;
        }
    }
}
