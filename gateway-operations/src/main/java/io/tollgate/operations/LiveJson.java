package io.tollgate.operations;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Writes the events that the live page reads. The names of what is sent every second are short. */
final class LiveJson {
    private static final int MAX_MESSAGE = 300;

    private LiveJson() {}

    /** Returns a server-sent event with one JSON object. */
    static byte[] event(String name, Json.Content content) {
        byte[] head = ("event:" + name + "\ndata:").getBytes(US_ASCII);
        byte[] json = Json.object(content);
        byte[] event = new byte[head.length + json.length + 2];
        System.arraycopy(head, 0, event, 0, head.length);
        System.arraycopy(json, 0, event, head.length, json.length);
        event[event.length - 2] = '\n';
        event[event.length - 1] = '\n';
        return event;
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
        numbers(
                json,
                "n",
                sample.responses().stream().mapToLong(Long::longValue).toArray());
        json.writeNumberField("a", sample.active());
        Sample.Latency latency = sample.latency();
        if (latency.p50() >= 0) {
            numbers(json, "l", latency.p50(), latency.p95(), latency.p99(), latency.max());
        }
        if (!sample.policies().isEmpty()) {
            json.writeObjectFieldStart("p");
            for (Map.Entry<String, PolicyCounts.Sums> policy : sample.policies().entrySet()) {
                PolicyCounts.Sums sums = policy.getValue();
                numbers(json, policy.getKey(), sums.allowed(), sums.rejected(), sums.shadow(), sums.fallback());
            }
            json.writeEndObject();
        }
        if (!sample.rejected().isEmpty()) {
            json.writeArrayFieldStart("k");
            for (Sample.RejectedKey rejected : sample.rejected()) {
                json.writeStartArray();
                json.writeString(rejected.policy());
                json.writeString(rejected.key());
                json.writeNumber(rejected.count());
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

    static void requests(JsonGenerator json, String name, Collection<RecentRequest> requests) throws IOException {
        json.writeArrayFieldStart(name);
        for (RecentRequest recent : requests) {
            request(json, recent);
        }
        json.writeEndArray();
    }

    private static void request(JsonGenerator json, RecentRequest recent) throws IOException {
        json.writeStartObject();
        json.writeNumberField("t", recent.at());
        json.writeStringField("m", recent.method());
        json.writeStringField("r", recent.route());
        json.writeNumberField("s", recent.status());
        json.writeNumberField("us", recent.nanos() / 1000);
        json.writeStringField("id", recent.id());
        if (recent.user() != null) {
            json.writeStringField("who", Masked.user(recent.user()));
        } else if (recent.client() != null) {
            json.writeStringField("who", Masked.address(recent.client()));
        }
        if (recent.code() != null) {
            json.writeStringField("code", recent.code().name());
        }
        if (recent.error() != null) {
            json.writeStringField("msg", message(recent.error().bytes()));
        }
        if (recent.rejection() != null) {
            rejection(json, recent.rejection());
        }
        json.writeEndObject();
    }

    /** Writes the limit, the bucket key, and when the bucket has a token again. */
    private static void rejection(JsonGenerator json, RateLimitDecision rejection) throws IOException {
        Bandwidth limit = rejection.bandwidth();
        json.writeObjectFieldStart("limit");
        json.writeStringField("policy", rejection.policy());
        json.writeStringField("key", Masked.key(rejection.check().key()));
        json.writeNumberField("capacity", limit.capacity());
        json.writeNumberField("rate", limit.tokensPerSecond());
        json.writeStringField("refill", limit.refill().name());
        json.writeNumberField("periodMs", limit.period().toMillis());
        json.writeNumberField("cost", rejection.check().cost());
        json.writeNumberField("remaining", rejection.remaining());
        json.writeNumberField("retryMs", TimeUnit.NANOSECONDS.toMillis(rejection.retryAfterNanos()));
        json.writeNumberField("nextAt", rejection.nextTokenAt().toEpochMilli());
        json.writeBooleanField("fallback", rejection.fallback());
        json.writeEndObject();
    }

    /** Returns the message in the body of an error: the envelope's {@code message}, or {@code detail} of problem details. */
    private static String message(byte[] body) {
        String message = "";
        try (JsonParser json = Json.FACTORY.createParser(body)) {
            boolean isObject = json.nextToken() == JsonToken.START_OBJECT;
            while (isObject && json.nextToken() == JsonToken.FIELD_NAME) {
                boolean isMessage = json.currentName().equals("message")
                        || (json.currentName().equals("detail") && message.isEmpty());
                if (json.nextToken() == JsonToken.VALUE_STRING && isMessage) {
                    message = json.getText();
                }
                json.skipChildren();
            }
        } catch (IOException e) {
            return ""; // An endpoint of its own kind may respond with another body.
        }
        return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "…";
    }

    private static void numbers(JsonGenerator json, String name, long... numbers) throws IOException {
        json.writeFieldName(name);
        json.writeArray(numbers, 0, numbers.length);
    }

    private static double rounded(double share) {
        return Double.isFinite(share) ? Math.round(share * 1000) / 1000.0 : -1;
    }
}
