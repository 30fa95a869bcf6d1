package io.tollgate.runner;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.operations.OperatorAccess;
import io.tollgate.operations.OperatorPages;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.http.Deadline;
import io.tollgate.runner.http.Filter;
import io.tollgate.runner.http.undertow.ResponseBytes;
import io.tollgate.runner.http.undertow.ServerSettings;
import io.tollgate.runner.http.undertow.UndertowServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The port of the operators: their pages on a listener of its own, which the load of the public port does not reach. */
final class AdminPort {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    private AdminPort() {}

    /**
     * Listens.
     *
     * @throws IOException with a message of one line if it cannot; nothing stays open then
     */
    static UndertowServer open(GatewayConfig.Admin config, OperatorPages pages) throws IOException {
        HttpEndpoint endpoint = pages.endpoint();
        try {
            return UndertowServer.start(
                    ServerSettings.of(config),
                    Filter.chain(List.of(new Deadline(DEADLINE)), endpoint::handle),
                    AdminPort::unreadable);
        } catch (IOException e) {
            String setting =
                    e.getCause() instanceof UnknownHostException ? "server.admin.host: " : "server.admin.port: ";
            String advice = e.getCause() instanceof BindException
                    ? " (choose another port with SERVER_ADMIN_PORT, or disable it: server.admin.enabled: false)"
                    : "";
            throw new IOException(setting + e.getMessage() + advice, e);
        }
    }

    /** Returns the rules of a configuration. */
    static OperatorAccess access(GatewayConfig.Admin config) {
        List<String> hosts = new ArrayList<>(config.allowedHosts());
        if (!WILDCARDS.contains(config.host())) {
            hosts.add(config.host());
        }
        OperatorAccess.Builder access = OperatorAccess.builder()
                .hosts(hosts)
                .settings(
                        "server.admin.token (SERVER_ADMIN_TOKEN)",
                        "server.admin.allowed_hosts (SERVER_ADMIN_ALLOWED_HOSTS)");
        config.token().ifPresent(token -> access.token(token.value()));
        return (config.onLoopback() ? access.loopback() : access).build();
    }

    private static byte[] unreadable(int status, InetAddress peer) {
        GatewayException error = status < 500
                ? GatewayException.of(
                        CommonError.INVALID_REQUEST, "The request is not valid HTTP/1.1, or its head is too large.")
                : GatewayException.of(CommonError.INTERNAL_SERVER_ERROR, "The request could not be handled.");
        HttpRequestHead unknown = HttpRequestHead.of("-", URI.create("/"), peer, name -> List.of());
        return ResponseBytes.of(ErrorRenderer.envelope().render(error, unknown, "-"));
    }
}
