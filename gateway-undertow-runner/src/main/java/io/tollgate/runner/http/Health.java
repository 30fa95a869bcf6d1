package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.http.HttpResponse;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Says that this process is up, and asks nobody else. */
public final class Health implements Endpoint {
    private final String service;
    private final String version;
    private final Clock clock;

    /** Answers in the name of {@code service}, with the time of {@code clock}. */
    public Health(String service, String version, Clock clock) {
        this.service = requireNonNull(service, "service");
        this.version = requireNonNull(version, "version");
        this.clock = requireNonNull(clock, "clock");
    }

    @Override
    public CompletionStage<HttpResponse> handle(Request request) {
        byte[] body = Json.object(json -> {
            json.writeStringField("status", "ok");
            json.writeStringField("service", service);
            json.writeStringField("version", version);
            json.writeStringField("timestamp", clock.instant().toString());
        });
        return CompletableFuture.completedFuture(HttpResponse.json(200, body).withHeader("Cache-Control", "no-store"));
    }
}
