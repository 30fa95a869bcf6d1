package io.tollgate.runner;

import static java.util.Objects.requireNonNull;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.Security;
import java.util.List;
import java.util.function.Consumer;

/**
 * The program: the gateway on a command line, alone or with parts of your own.
 *
 * <p>Policies that need no code of yours to be built are best found through their factory: put a jar with an
 * {@link io.tollgate.ratelimit.config.RateLimitPolicyFactory} on the class path, and configure them.
 *
 * <pre>{@code
 * java -cp gateway.jar:my-policies.jar io.tollgate.runner.Tollgate --config config.yaml
 * }</pre>
 */
public final class Tollgate {
    private Tollgate() {}

    /** Does what {@code args} say; {@code --help} lists what that can be. */
    public static void main(String[] args) {
        run(args, gateway -> {});
    }

    /**
     * Does what {@code args} say as {@link #main} does, with configuration, reload, logging and exit codes, and has
     * {@code customizer} add to the gateway before it starts:
     *
     * <pre>{@code
     * public static void main(String[] args) {
     *     Tollgate.run(args, gateway -> gateway.policies(new TenantPolicy(quotas)));
     * }
     * }</pre>
     *
     * <p>Returns when the gateway runs, which it does until the process is asked to end by SIGTERM or SIGINT. Ends the process
     * if there is nothing to run: with status 0, with 1 if the gateway cannot start or {@code customizer} throws, with 2 if the
     * command line or the configuration is wrong.
     */
    public static void run(String[] args, Consumer<Gateway.Builder> customizer) {
        requireNonNull(customizer, "customizer");
        cacheAddressesBriefly();
        // Not System.out: its locks and its flushing are not needed.
        OutputStream logLines = new FileOutputStream(FileDescriptor.out);
        GatewayProcess process = new GatewayProcess(logLines, customizer);
        int status = new CommandLine(System.getenv(), Path.of(""), System.out, System.err, process).run(List.of(args));
        if (status != CommandLine.OK) {
            System.exit(status);
        }
    }

    /** The JVM would not see a backend that is added to DNS, or one that has moved, for 30 seconds. Its own setting wins. */
    private static void cacheAddressesBriefly() {
        if (Security.getProperty("networkaddress.cache.ttl") == null) {
            Security.setProperty("networkaddress.cache.ttl", "1");
        }
        if ("10".equals(Security.getProperty("networkaddress.cache.negative.ttl"))) { // what the JDK comes with
            Security.setProperty("networkaddress.cache.negative.ttl", "1");
        }
    }
}
