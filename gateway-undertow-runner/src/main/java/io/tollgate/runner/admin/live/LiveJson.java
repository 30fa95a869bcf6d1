package io.tollgate.runner.admin.live;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.runner.admin.health.Readiness;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Writes what the live page reads. Names of what comes every second are short. */
final class LiveJson {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final ObjectMapper MAPPER = new ObjectMapper(FACTORY);
    private static final int MAX_MESSAGE = 300;
    private static final int MAX_BODY = 16 * 1024;

    private LiveJson() {}

    interface Content {
        void writeTo(JsonGenerator json) throws IOException;
    }

    static String object(Content content) {
        StringWriter text = new StringWriter(1024);
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            content.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    static void readiness(JsonGenerator json, Readiness.Report report) throws IOException {
        json.writeStringField("status", report.status().toString());
        json.writeNumberField("since", report.since().toEpochMilli());
        json.writeArrayFieldStart("components");
        for (Readiness.State c : report.components()) {
            json.writeStartObject();
            json.writeStringField("name", c.name());
            json.writeStringField("kind", c.kind().name());
            json.writeStringField("status", c.status().toString());
            json.writeNumberField("since", c.since().toEpochMilli());
            json.writeStringField("detail", c.condition().detail());
            for (Map.Entry<String, String> fact : c.condition().facts().entrySet()) {
                json.writeStringField(fact.getKey(), fact.getValue());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("changes");
        for (Readiness.Change change : report.changes()) {
            json.writeStartObject();
            json.writeNumberField("t", change.at().toEpochMilli());
            json.writeStringField("name", change.name());
            json.writeStringField("from", change.from().toString());
            json.writeStringField("to", change.to().toString());
            json.writeStringField("detail", change.detail());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    static void sample(JsonGenerator json, Sample sample) throws IOException {
        json.writeStartObject();
        json.writeNumberField("t", sample.at());
        numbers(json, "n", sample.answers().stream().mapToLong(Long::longValue).toArray());
        json.writeNumberField("a", sample.active());
        Sample.Latency latency = sample.latency();
        if (latency.p50() >= 0) {
            numbers(json, "l", latency.p50(), latency.p95(), latency.p99(), latency.max());
        }
        if (!sample.policies().isEmpty()) {
            json.writeObjectFieldStart("p");
            for (Map.Entry<String, PolicyCounts.Sums> policy : sample.policies().entrySet()) {
                PolicyCounts.Sums sums = policy.getValue();
                numbers(json, policy.getKey(), sums.allowed(), sums.refused(), sums.shadow(), sums.fallback());
            }
            json.writeEndObject();
        }
        if (!sample.refused().isEmpty()) {
            json.writeArrayFieldStart("k");
            for (Sample.Refused refused : sample.refused()) {
                json.writeStartArray();
                json.writeString(refused.policy());
                json.writeString(refused.key());
                json.writeNumber(refused.count());
                json.writeEndArray();
            }
            json.writeEndArray();
        }
        json.writeStringField("s", sample.states());
        Sample.Machine machine = sample.machine();
        json.writeNumberField("cpu", rounded(machine.cpu()));
        json.writeNumberField("sys", rounded(machine.systemCpu()));
        json.writeNumberField("heap", machine.heapUsed());
        json.writeNumberField("max", machine.heapMax());
        json.writeNumberField("thr", machine.threads());
        json.writeNumberField("gc", machine.gcMillis());
        json.writeEndObject();
    }

    static void requests(JsonGenerator json, String name, Collection<Seen> requests) throws IOException {
        json.writeArrayFieldStart(name);
        for (Seen seen : requests) {
            request(json, seen);
        }
        json.writeEndArray();
    }

    private static void request(JsonGenerator json, Seen seen) throws IOException {
        json.writeStartObject();
        json.writeNumberField("t", seen.at());
        json.writeStringField("m", seen.method());
        json.writeStringField("r", seen.route());
        json.writeNumberField("s", seen.status());
        json.writeNumberField("us", seen.nanos() / 1000);
        json.writeStringField("id", seen.id());
        if (seen.user() != null) {
            json.writeStringField("who", Masked.user(seen.user()));
        } else if (seen.client() != null) {
            json.writeStringField("who", Masked.address(seen.client()));
        }
        if (seen.code() != null) {
            json.writeStringField("code", seen.code().name());
        }
        if (seen.error() != null) {
            json.writeStringField("msg", message(seen.error().bytes()));
        }
        if (seen.refusal() != null) {
            refusal(json, seen.refusal());
        }
        json.writeEndObject();
    }

    /** Which limit it was, whose bucket, and when it has a token again. */
    private static void refusal(JsonGenerator json, RateLimitDecision refusal) throws IOException {
        Bandwidth limit = refusal.bandwidth();
        json.writeObjectFieldStart("limit");
        json.writeStringField("policy", refusal.policy());
        json.writeStringField("key", Masked.key(refusal.check().key()));
        json.writeNumberField("capacity", limit.capacity());
        json.writeNumberField("rate", limit.tokensPerSecond());
        json.writeStringField("refill", limit.refill().name());
        json.writeNumberField("periodMs", limit.period().toMillis());
        json.writeNumberField("cost", refusal.check().cost());
        json.writeNumberField("remaining", refusal.remaining());
        json.writeNumberField("retryMs", TimeUnit.NANOSECONDS.toMillis(refusal.retryAfterNanos()));
        json.writeNumberField("nextAt", refusal.nextTokenAt().toEpochMilli());
        json.writeBooleanField("fallback", refusal.fallback());
        json.writeEndObject();
    }

    /** What the client was told. */
    private static String message(byte[] body) {
        if (body.length > MAX_BODY) {
            return "";
        }
        try {
            @Nullable JsonNode error = MAPPER.readTree(body);
            String message = error == null
                    ? ""
                    : error.path("message").asText(error.path("detail").asText(""));
            return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "…";
        } catch (IOException e) {
            return "";
        }
    }

    private static void numbers(JsonGenerator json, String name, long... numbers) throws IOException {
        json.writeFieldName(name);
        json.writeArray(numbers, 0, numbers.length);
    }

    private static double rounded(double share) {
        return Double.isFinite(share) ? Math.round(share * 1000) / 1000.0 : -1;
    }
}
