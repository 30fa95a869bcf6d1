package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.auth.redis.RedisServer;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway with all its parts measures while all sorts of requests come, and what the documentation says of it. */
class MetricsTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "observability.md");
    private static final Pattern ROW = Pattern.compile("\\| `([a-z0-9_]+)` \\| (\\w+) \\|([^|]*)\\| [^|]+ \\|");
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("([a-z0-9_]+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final String OURS = "(http|rpc|tollgate)_.*";
    private static final String PURCHASE = "/api/v1/tickets/{event_id}/purchase";

    @TempDir
    static Path folder;

    private static RedisServer redis;
    private static Deployment gateway;
    private static Scrape scrape;

    /** One line of a scrape. */
    record Sample(String name, Map<String, String> labels, double value) {}

    /** What was scraped. */
    record Scrape(Map<String, String> types, List<Sample> samples) {
        static Scrape of(String text) {
            Map<String, String> types = new TreeMap<>();
            List<Sample> samples = new ArrayList<>();
            text.lines().forEach(line -> {
                Matcher type = TYPE.matcher(line);
                Matcher sample = SAMPLE.matcher(line);
                if (type.matches()) {
                    types.put(type.group(1), type.group(2));
                } else if (sample.matches()) {
                    Map<String, String> labels = new LinkedHashMap<>();
                    Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
                    while (label.find()) {
                        labels.put(label.group(1), label.group(2));
                    }
                    samples.add(new Sample(sample.group(1), labels, Double.parseDouble(sample.group(3))));
                } else {
                    assertThat(line).startsWith("# HELP ");
                }
            });
            return new Scrape(types, samples);
        }

        /** The sum of all samples of that name that have these labels. */
        double sum(String name, String... labels) {
            return samples.stream()
                    .filter(s -> s.name().equals(name))
                    .filter(s -> {
                        for (int i = 0; i < labels.length; i += 2) {
                            if (!labels[i + 1].equals(s.labels().get(labels[i]))) {
                                return false;
                            }
                        }
                        return true;
                    })
                    .mapToDouble(Sample::value)
                    .sum();
        }

        /** The labels of a metric, those of a bucket's bound aside. */
        List<String> labels(String family) {
            return samples.stream()
                    .filter(s -> s.name().replaceAll("_(bucket|count|sum)$", "").equals(family)
                            || s.name().equals(family))
                    .flatMap(s -> s.labels().keySet().stream())
                    .filter(label -> !label.equals("le"))
                    .distinct()
                    .sorted()
                    .toList();
        }
    }

    @BeforeAll
    static void drive() throws Exception {
        redis = RedisServer.start(folder);
        gateway = Deployment.builder()
                .gatewayIssues()
                .tls(folder)
                .with("REDIS_ENABLED", "true")
                .with("REDIS_HOST", "127.0.0.1")
                .with("REDIS_PORT", Integer.toString(redis.port()))
                .with("REDIS_DECISION_DEADLINE", "5s")
                .with("RATE_LIMIT_LEASE_ENABLED", "true")
                .with("JWT_REFRESH_TOKEN_GRACE", "0s")
                .with("JWT_JWKS_URL", "http://127.0.0.1:1/jwks.json")
                .with(
                        "RATE_LIMIT_POLICIES",
                        "[{name: few, limits: 2/hour, key: user, routes: [\"" + PURCHASE + "\"]},"
                                + "{name: trial, limits: 1/hour, key: address, shadow: true}]")
                .start();
        Client client = gateway.client();
        Awaitility.await()
                .untilAsserted(() -> assertThat(Scrape.of(gateway.scrape()).sum("tollgate_redis_connected"))
                        .isEqualTo(1));
        Answer registered = client.post(
                "/api/v1/users/register",
                "{\"email\":\"marked-mail@example.org\",\"username\":\"marked-ann\",\"password\":\"correct horse\"}");
        assertThat(registered.status()).isEqualTo(201);
        String access = registered.json().get("accessToken").asText();
        String refresh = registered.json().get("refreshToken").asText();
        String[] bearer = {"Authorization", "Bearer " + access};
        client.post("/api/v1/tickets/rock-2026/purchase", "{}", bearer);
        client.post("/api/v1/tickets/marked-event/purchase", "{}", bearer);
        client.post("/api/v1/tickets/rock-2026/purchase", "{}", bearer);
        client.post("/api/v1/tickets/rock-2026/purchase", "{}");
        client.post("/api/v1/tickets/rock-2026/purchase", "{}", "Authorization", "Bearer " + access + "x");
        client.post("/api/v1/tickets/rock-2026/purchase", "{}", "Authorization", "Basic YTpi");
        client.post("/api/v1/users/refresh", "{\"refreshToken\":\"" + refresh + "\"}");
        client.post("/api/v1/users/refresh", "{\"refreshToken\":\"" + refresh + "\"}");
        client.get("/health");
        client.get("/marked/path?marked=query");
        client.send("MARKED", "/health", BodyPublishers.noBody());
        try (RawConnection raw = new RawConnection(gateway.port())) {
            raw.send("not http\r\n\r\n");
            raw.read();
        }
        scrape = Scrape.of(gateway.scrape());
    }

    @AfterAll
    static void stop() {
        gateway.close();
        redis.close();
    }

    @Test
    void theDocumentListsWhatIsScrapedWithItsTypeAndLabelsAndNothingElse() throws IOException {
        Map<String, String> documented = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(DOCUMENT));
        while (row.find()) {
            List<String> labels =
                    new ArrayList<>(new TreeSet<>(List.of(row.group(3).split("[`, ]+"))));
            labels.removeIf(String::isBlank);
            documented.put(row.group(1), row.group(2) + " " + labels);
        }
        Map<String, String> scraped = new TreeMap<>();
        scrape.types().forEach((name, type) -> {
            if (name.matches(OURS)) {
                scraped.put(name, type + " " + scrape.labels(name));
            }
        });

        assertThat(documented).isEqualTo(scraped);
    }

    @Test
    void requestsAreMeasuredByRouteMethodStatusAndError() {
        String count = "http_server_request_duration_seconds_count";
        assertThat(scrape.sum(count, "http_route", "/api/v1/users/register", "http_response_status_code", "201"))
                .isEqualTo(1);
        assertThat(scrape.sum(count, "http_route", PURCHASE, "error_type", "")).isEqualTo(1);
        assertThat(scrape.sum(count, "http_route", PURCHASE, "error_type", "RATE_LIMIT_EXCEEDED"))
                .isEqualTo(1);
        assertThat(scrape.sum(count, "http_route", PURCHASE, "http_response_status_code", "401"))
                .isEqualTo(3);
        assertThat(scrape.sum(count, "http_route", "none", "error_type", "ROUTE_NOT_FOUND"))
                .isEqualTo(1);
        assertThat(scrape.sum(count, "http_request_method", "_OTHER", "http_response_status_code", "405"))
                .isEqualTo(1);
        assertThat(scrape.sum("tollgate_unreadable_requests_total")).isEqualTo(1);
        assertThat(scrape.sum("http_server_active_requests")).isZero();
    }

    @Test
    void bucketsAreFineAndAddUp() {
        String bucket = "http_server_request_duration_seconds_bucket";
        assertThat(scrape.samples().stream()
                        .filter(s -> s.name().equals(bucket))
                        .map(s -> s.labels().get("le"))
                        .distinct())
                .hasSize(32)
                .contains("1.0E-4", "0.005", "0.025", "0.1", "2.5", "10.0", "+Inf");
        assertThat(scrape.sum(bucket, "le", "+Inf"))
                .isEqualTo(scrape.sum("http_server_request_duration_seconds_count"));
    }

    @Test
    void callsAreMeasuredByMethodAndStatus() {
        String count = "rpc_client_call_duration_seconds_count";
        assertThat(scrape.sum(
                        count, "rpc_method", "order.OrderService/PurchaseTicket", "rpc_response_status_code", "OK"))
                .isEqualTo(1);
        assertThat(scrape.sum(count, "rpc_response_status_code", "NOT_FOUND", "upstream", "order-service"))
                .isEqualTo(1);
        assertThat(scrape.sum(count, "rpc_method", "user.UserService/Register", "upstream", "user-service"))
                .isEqualTo(1);
    }

    @Test
    void decisionsAreCountedByPolicyOutcomeAndSource() {
        String total = "tollgate_ratelimit_decisions_total";
        assertThat(scrape.sum(total, "policy", "few", "outcome", "allowed", "source", "shared"))
                .isEqualTo(2);
        assertThat(scrape.sum(total, "policy", "few", "outcome", "refused", "source", "shared"))
                .isEqualTo(1);
        assertThat(scrape.sum(total, "policy", "trial", "outcome", "shadow_refused"))
                .isPositive();
        assertThat(scrape.sum(total, "source", "local")).isZero();
        assertThat(scrape.sum("tollgate_ratelimit_duration_seconds_count")).isPositive();
        assertThat(scrape.sum("tollgate_ratelimit_batch_size_sum"))
                .isGreaterThanOrEqualTo(scrape.sum("tollgate_ratelimit_batch_size_count"))
                .isPositive();
        assertThat(scrape.sum("tollgate_redis_state", "state", "shared")).isEqualTo(1);
        assertThat(scrape.sum("tollgate_redis_state")).isEqualTo(1);
    }

    @Test
    void tokensAreCountedByWhatWasFound() {
        String total = "tollgate_tokens_verified_total";
        assertThat(scrape.sum(total, "outcome", "valid")).isEqualTo(3);
        assertThat(scrape.sum(total, "outcome", "missing")).isEqualTo(1);
        assertThat(scrape.sum(total, "outcome", "invalid")).isEqualTo(1);
        assertThat(scrape.sum(total, "outcome", "malformed")).isEqualTo(1);
        assertThat(scrape.sum("tollgate_tokens_cache_total", "result", "hit")).isEqualTo(2);
        assertThat(scrape.sum("tollgate_refresh_rotations_total")).isEqualTo(1);
        assertThat(scrape.sum("tollgate_refresh_reuses_total")).isEqualTo(1);
    }

    @Test
    void oneStateOfEachUpstreamHolds() {
        for (String upstream : List.of("user-service", "order-service")) {
            assertThat(scrape.sum("tollgate_upstream_state", "upstream", upstream, "state", "ready"))
                    .isEqualTo(1);
            assertThat(scrape.sum("tollgate_upstream_state", "upstream", upstream))
                    .isEqualTo(1);
            assertThat(scrape.sum("tollgate_breaker_state", "upstream", upstream, "state", "closed"))
                    .isEqualTo(1);
            assertThat(scrape.sum("tollgate_breaker_state", "upstream", upstream))
                    .isEqualTo(1);
        }
    }

    @Test
    void theProcessIsMeasuredToo() {
        assertThat(scrape.types().keySet())
                .contains("jvm_memory_used_bytes", "jvm_threads_live_threads", "process_uptime_seconds")
                .contains("process_cpu_usage", "system_cpu_count", "process_files_open_files");
        assertThat(scrape.sum("tollgate_build_info")).isEqualTo(1);
    }

    @Test
    void nothingThatAClientWroteIsALabel() throws IOException {
        assertThat(gateway.scrape().toLowerCase(java.util.Locale.ROOT)).doesNotContain("marked");
    }
}
