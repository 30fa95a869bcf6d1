package io.tollgate.httpserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The filter in the JDK's HTTPS server, whose handlers expect an {@link HttpsExchange}. */
class HttpsTest {
    private static final String PASSWORD = "of-this-test";

    private final JwtTokenService tokens = JwtTokenService.builder()
            .secret("thirty-two bytes of secret, or more")
            .build();

    @Test
    void givesHandlersTheExchangeOfHttps(@TempDir Path folder) throws Exception {
        SSLContext tls = tls(folder.resolve("keys.p12"));
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        RequestGuard guard = RequestGuard.builder()
                .tokens(tokens)
                .limiter(LocalRateLimiter.builder().build(), List.of(Policies.standard(RateLimit.perHour(1))))
                .build();
        server.createContext("/echo", HttpsTest::describe).getFilters().add(GuardFilter.of(guard));
        server.start();
        try {
            HttpClient http = HttpClient.newBuilder().sslContext(tls).build();
            String bearer = "Bearer "
                    + tokens.issue(Principal.of("ann"))
                            .toCompletableFuture()
                            .join()
                            .accessToken();
            HttpRequest request = HttpRequest.newBuilder(URI.create(
                            "https://localhost:" + server.getAddress().getPort() + "/echo?q"))
                    .timeout(Duration.ofSeconds(60))
                    .header("Authorization", bearer)
                    .POST(BodyPublishers.ofString("body"))
                    .build();

            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            assertThat(response.body())
                    .isEqualTo(
                            "POST /echo?q HTTP/1.1 in /echo at loopback by loopback, body of ann; was null, is 7; -1");
            assertThat(response.headers().firstValue("X-RateLimit-Remaining")).contains("0");
            assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(429);
        } finally {
            server.stop(0);
        }
    }

    private static void describe(HttpExchange exchange) throws IOException {
        HttpsExchange https = (HttpsExchange) exchange;
        assertThat(https.getSSLSession().getProtocol()).startsWith("TLS");
        assertThat(https.getRequestHeaders().getFirst("Content-Length")).isEqualTo("4");
        Object before = https.getAttribute("a");
        https.setAttribute("a", 7);
        https.setStreams(null, null); // Keeps both.
        String text = "%s %s %s in %s at %s by %s, %s of %s; was %s, is %s; %s"
                .formatted(
                        https.getRequestMethod(),
                        https.getRequestURI(),
                        https.getProtocol(),
                        https.getHttpContext().getPath(),
                        https.getLocalAddress().getAddress().isLoopbackAddress() ? "loopback" : "elsewhere",
                        https.getRemoteAddress().getAddress().isLoopbackAddress() ? "loopback" : "elsewhere",
                        new String(https.getRequestBody().readAllBytes(), UTF_8),
                        https.getPrincipal().getUsername(),
                        before,
                        https.getAttribute("a"),
                        https.getResponseCode());
        TestServer.text(exchange, text);
        exchange.close();
    }

    /** Returns a context that has and trusts a key for localhost, made by the JDK's own tool. */
    private static SSLContext tls(Path file) throws Exception {
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process process = new ProcessBuilder(List.of(
                        keytool.toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        file.toString()))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();

        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD.toCharArray());
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }
}
