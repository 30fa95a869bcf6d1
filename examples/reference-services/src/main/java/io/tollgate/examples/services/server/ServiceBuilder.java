package io.tollgate.examples.services.server;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.api.OpenTelemetry;
import io.tollgate.examples.services.database.Database;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What both services can be told.
 *
 * @param <B> the builder itself
 */
public abstract class ServiceBuilder<B extends ServiceBuilder<B>> {
    private String host = "127.0.0.1";
    private int port;
    private String databaseUrl;
    private Duration drainTimeout = Duration.ofSeconds(10);
    private OpenTelemetry telemetry = OpenTelemetry.noop();

    /** Starts from these. */
    protected ServiceBuilder(int port, String databaseUrl) {
        this.port = port;
        this.databaseUrl = databaseUrl;
    }

    /** This, by its own type. */
    protected abstract B self();

    /** The address to listen on; {@code 127.0.0.1} by default, as the services trust whoever can reach them. */
    public final B host(String address) {
        host = requireNonNull(address, "address");
        return self();
    }

    /** The port to listen on; 0 takes a free one. */
    public final B port(int number) {
        if (number < 0 || number > 65_535) {
            throw new IllegalArgumentException("port: " + number + " (expected: 0 to 65535)");
        }
        port = number;
        return self();
    }

    /**
     * Where the data lives: {@code jdbc:h2:file:PATH}, or {@code jdbc:h2:mem:NAME} which lives as long as the service.
     * H2 writes commits to a file within half a second; append {@code ;WRITE_DELAY=0} to have each on disk at once.
     */
    public final B databaseUrl(String url) {
        databaseUrl = Database.requireH2(url);
        return self();
    }

    /** For how long closing waits for calls in flight; 10 s by default. */
    public final B drainTimeout(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("drainTimeout: " + timeout + " (expected: not negative)");
        }
        drainTimeout = timeout;
        return self();
    }

    /** Whom calls are told to, each as a span; nobody by default. Whoever made it closes it. */
    public final B openTelemetry(OpenTelemetry sdk) {
        telemetry = requireNonNull(sdk, "sdk");
        return self();
    }

    /** Where to listen. */
    protected final InetSocketAddress address() {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("host: \"" + host + "\" (expected: an address or name of this machine)");
        }
        return address;
    }

    /** Where the data lives. */
    protected final String databaseUrl() {
        return databaseUrl;
    }

    /** Whom calls are told to. */
    protected final OpenTelemetry telemetry() {
        return telemetry;
    }

    /** For how long closing waits. */
    protected final Duration drainTimeout() {
        return drainTimeout;
    }
}
