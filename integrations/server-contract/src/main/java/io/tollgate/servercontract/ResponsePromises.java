package io.tollgate.servercontract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tollgate.ratelimit.LocalRateLimiter;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The responses of one server to one client. */
abstract class ResponsePromises extends ServersWithRedis {
    private static final String REQUEST_ID = "X-Request-ID";

    @Test
    void respondsToAUserWithAToken() throws Exception {
        ServerUnderTest server = serve(guard(shared(), perHour(5)).build());

        HttpResponse<String> response = getAs("ann", server, "/hello");

        assertHello(response, "ann");
        assertThat(header(response, "Content-Type")).startsWith("text/plain");
        assertThat(header(response, "X-RateLimit-Limit")).isEqualTo("5");
        assertThat(header(response, "X-RateLimit-Remaining")).isEqualTo("4");
        assertThat(header(response, "X-RateLimit-RefillRate")).isEqualTo("0.00");
        assertThat(Long.parseLong(header(response, "X-RateLimit-Reset")))
                .isGreaterThan(Instant.now().getEpochSecond());
        assertThat(header(response, REQUEST_ID)).matches("[!-~]{1,128}");
    }

    @Test
    void rejectsARequestWithoutATokenWithAChallenge() throws Exception {
        ServerUnderTest server = serve(guard(shared(), perHour(5)).build());

        HttpResponse<String> response = get(server, "/hello");

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(header(response, "WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(header(response, "Content-Type")).startsWith("application/json");
        assertThat(header(response, "X-RateLimit-Remaining")).isEqualTo("4");
        assertThat(header(response, REQUEST_ID)).matches("[!-~]{1,128}");
        assertThat(response.body()).startsWith("{\"error\":\"AUTHENTICATION_ERROR\",\"code\":\"MISSING_TOKEN\"");
        assertThat(handlers().threads()).as("calls of the handler").isEmpty();
    }

    @Test
    void namesTheErrorOfAForgedTokenInTheChallenge() throws Exception {
        ServerUnderTest server = serve(guard(shared(), perHour(5)).build());

        HttpResponse<String> response = get(server, "/hello", "Authorization", forged());

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(header(response, "WWW-Authenticate")).contains("error=\"invalid_token\"");
        assertThat(response.body()).contains("\"code\":\"INVALID_TOKEN\"");
        assertThat(handlers().threads()).as("calls of the handler").isEmpty();
    }

    @Test
    void rejectsBeyondTheLimitWithAllHeadersAndABody() throws Exception {
        ServerUnderTest server =
                serve(guard(shared(), perHour(1)).standardHeaders(true).build());
        assertHello(getAs("ann", server, "/hello"), "ann");

        HttpResponse<String> response = getAs("ann", server, "/hello");

        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(Integer.parseInt(header(response, "Retry-After"))).isBetween(3_000, 3_600);
        assertThat(header(response, "X-RateLimit-Limit")).isEqualTo("1");
        assertThat(header(response, "X-RateLimit-Remaining")).isEqualTo("0");
        assertThat(header(response, "X-RateLimit-RefillRate")).isEqualTo("0.00");
        assertThat(Long.parseLong(header(response, "X-RateLimit-Reset")))
                .isGreaterThan(Instant.now().getEpochSecond());
        assertThat(header(response, "RateLimit-Policy")).isEqualTo("\"default\";q=1;w=3600");
        assertThat(header(response, "RateLimit")).startsWith("\"default\";r=0;t=");
        assertThat(header(response, "Content-Type")).startsWith("application/json");
        assertThat(header(response, REQUEST_ID)).matches("[!-~]{1,128}");
        assertThat(response.body())
                .startsWith("{\"error\":\"RATE_LIMIT_ERROR\",\"code\":\"RATE_LIMIT_EXCEEDED\",\"message\":\"")
                .contains("\"remaining_tokens\":0", "\"next_refill\":\"", "\"capacity\":1", "\"refill_rate\":")
                .endsWith("}}");
        assertThat(handlers().threads()).as("calls of the handler").hasSize(1);
        assertThat(getAs("bob", server, "/hello").statusCode())
                .as("another user has a limit of his own")
                .isEqualTo(200);
    }

    @Test
    void authenticatesNobodyWithoutTokens() throws Exception {
        ServerUnderTest server = serve(guardWithoutTokens(shared(), perHour(1)).build());

        assertHello(get(server, "/hello", "Authorization", forged()), "anonymous");
        assertThat(get(server, "/hello").statusCode()).isEqualTo(429);
    }

    @Test
    void keepsTheRequestIdOfTheClient() throws Exception {
        ServerUnderTest server =
                serve(guard(LocalRateLimiter.builder().build(), perHour(2)).build());

        assertThat(header(get(server, "/hello", REQUEST_ID, "a~b!42", "Authorization", bearer("ann")), REQUEST_ID))
                .isEqualTo("a~b!42");
        assertThat(header(get(server, "/hello", REQUEST_ID, "a~b!43"), REQUEST_ID))
                .as("of a request that is rejected")
                .isEqualTo("a~b!43");
    }

    @Test
    void replacesARequestIdThatIsNone() throws Exception {
        ServerUnderTest server =
                serve(guardWithoutTokens(LocalRateLimiter.builder().build(), perHour(9))
                        .build());

        for (String id : new String[] {"two words", "x".repeat(129), ""}) {
            assertThat(header(get(server, "/hello", REQUEST_ID, id), REQUEST_ID))
                    .matches("[!-~]{1,128}")
                    .isNotEqualTo(id);
        }
        assertThat(header(get(server, "/hello", REQUEST_ID, "one", REQUEST_ID, "two"), REQUEST_ID))
                .as("instead of two ids")
                .isNotIn("one", "two", "one,two", "one, two");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100_000})
    void passesBodiesOnUnchanged(int length) throws Exception {
        ServerUnderTest server = serve(guard(shared(), perHour(5)).build());
        byte[] body = new byte[length];
        for (int i = 0; i < length; i++) {
            body[i] = (byte) (i * 31 ^ i >> 8);
        }

        var withLength = request(server, "/echo", "Authorization", bearer("ann"))
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        assertThat(http().send(withLength, BodyHandlers.ofByteArray()).body()).isEqualTo(body);

        var inChunks = request(server, "/echo", "Authorization", bearer("ann"))
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
                .build();
        assertThat(http().send(inChunks, BodyHandlers.ofByteArray()).body()).isEqualTo(body);
    }

    @Test
    void rejectsARequestWithABody() throws Exception {
        ServerUnderTest server = serve(guard(shared(), perHour(5)).build());
        byte[] body = new byte[32_768];
        Arrays.fill(body, (byte) 'x');

        var anonymous =
                request(server, "/echo").POST(BodyPublishers.ofByteArray(body)).build();
        assertThat(send(anonymous).statusCode()).isEqualTo(401);
        assertThat(handlers().threads()).as("calls of the handler").isEmpty();
        assertHello(getAs("ann", server, "/hello"), "ann");
    }

    @Test
    void rejectsHeadWithoutABody() throws Exception {
        ServerUnderTest server = serve(guard(shared(), perHour(5)).build());

        String responses = exchange(server, """
                HEAD /hello HTTP/1.1
                Host: localhost

                """);

        assertThat(responses).startsWith("HTTP/1.1 401 ");
        String afterTheHead = responses.substring(responses.indexOf("\r\n\r\n") + 4);
        assertThat(afterTheHead).as("the next response").startsWith("HTTP/1.1 200 ");
    }

    /**
     * Returns whether the bare server responds to all requests that a client sends at once; true by default. Reactor Netty drops
     * those that wait, if a handler is asynchronous and the last request says {@code Connection: close}.
     */
    protected boolean respondsToAllPipelinedRequests() {
        return true;
    }

    @Test
    void respondsToPipelinedRequestsInTheirOrder() throws Exception {
        assumeTrue(respondsToAllPipelinedRequests(), "the bare server drops some");
        ServerUnderTest server = serve(guard(shared(), perHour(5)).build());

        String responses = exchange(server, """
                GET /hello HTTP/1.1
                Host: localhost
                X-Request-ID: first

                GET /hello HTTP/1.1
                Host: localhost
                X-Request-ID: second
                Authorization: %s

                """.formatted(bearer("bob")));

        assertThat(Pattern.compile("HTTP/1\\.1 ([0-9]{3})").matcher(responses).results())
                .extracting(status -> status.group(1))
                .containsExactly("401", "200", "200");
        assertThat(responses.indexOf(": first")).isPositive().isLessThan(responses.indexOf(": second"));
        assertThat(responses).containsSubsequence("MISSING_TOKEN", "Hello, bob", "Hello, ann");
    }

    /**
     * Sends these requests and a last one of Ann, and returns all that the server sends; all at once, unless the server drops
     * some then.
     */
    private String exchange(ServerUnderTest server, String requests) throws Exception {
        String last = """
                GET /hello HTTP/1.1
                Host: localhost
                Connection: close
                Authorization: %s

                """.formatted(bearer("ann"));
        try (Connection connection = new Connection(server.port())) {
            if (respondsToAllPipelinedRequests()) {
                connection.send(requests + last);
                return connection.readToEnd();
            }
            connection.send(requests);
            String first = connection.readUntil("\r\n\r\n");
            connection.send(last);
            return first + connection.readToEnd();
        }
    }
}
