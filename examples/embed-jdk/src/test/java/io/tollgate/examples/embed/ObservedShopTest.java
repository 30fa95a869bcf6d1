package io.tollgate.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.tollgate.api.Principal;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.examples.services.order.OrderServiceServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Meters and spans of a purchase: a real client, the JDK's server, a real service. */
class ObservedShopTest {
    private static final String SECRET = "thirty-two bytes of secret, or more";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Exporter exporter = new Exporter();

    @Test
    void measuresAndTracesAPurchase() throws Exception {
        try (OpenTelemetrySdk openTelemetry = OpenTelemetrySdk.builder()
                        .setTracerProvider(SdkTracerProvider.builder()
                                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                                .build())
                        .build();
                OrderServiceServer orders = OrderServiceServer.builder()
                        .port(0)
                        .events(Map.of("jazz", 1))
                        .start();
                ObservedShop shop = new ObservedShop(
                        SECRET, "127.0.0.1", orders.port(), RateLimit.perHour(2), registry, openTelemetry)) {
            assertThat(buy(shop)).isEqualTo(200);
            Awaitility.await("the end of the last span, after the response")
                    .until(() -> exporter.spans.stream()
                            .anyMatch(span -> span.getName().equals("POST /buy")));

            SpanData request = span("POST /buy");
            assertThat(span("ratelimit").getParentSpanId()).isEqualTo(request.getSpanId());
            assertThat(span("order.OrderService/PurchaseTicket").getParentSpanId())
                    .isEqualTo(request.getSpanId());
            assertThat(count("tollgate.tokens.verified", "outcome", "valid")).isEqualTo(1);
            assertThat(count("tollgate.ratelimit.decisions", "outcome", "allowed"))
                    .isEqualTo(1);
            assertThat(registry.get("tollgate.ratelimit.buckets").gauge().value())
                    .isEqualTo(1);
            assertThat(registry.get("tollgate.tokens.cache")
                            .tag("result", "miss")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("rpc.client.call.duration")
                            .tag("upstream", "order-service")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("tollgate.breaker.state")
                            .tags("upstream", "order-service", "state", "closed")
                            .gauge()
                            .value())
                    .isEqualTo(1);

            buy(shop);
            assertThat(buy(shop)).isEqualTo(429);
            assertThat(count("tollgate.ratelimit.decisions", "outcome", "refused"))
                    .isEqualTo(1);
        }
    }

    private double count(String name, String tag, String value) {
        return registry.get(name).tag(tag, value).counter().count();
    }

    private SpanData span(String name) {
        return exporter.spans.stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static int buy(ObservedShop shop) throws Exception {
        String token = JwtTokenService.builder()
                .secret(SECRET)
                .build()
                .issue(Principal.of("ann"))
                .toCompletableFuture()
                .join()
                .accessToken();
        URI uri = URI.create("http://127.0.0.1:" + shop.address().getPort() + "/buy?jazz");
        HttpRequest request = HttpRequest.newBuilder(uri)
                .POST(HttpRequest.BodyPublishers.noBody())
                .header("Authorization", "Bearer " + token)
                .build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.discarding())
                .statusCode();
    }

    /** Keeps the spans that have ended. */
    private static final class Exporter implements SpanExporter {
        private final List<SpanData> spans = new CopyOnWriteArrayList<>();

        @Override
        public CompletableResultCode export(Collection<SpanData> ended) {
            spans.addAll(ended);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
