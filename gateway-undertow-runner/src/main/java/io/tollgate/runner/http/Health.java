package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.TimeSource;
import io.tollgate.api.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Responds that this process is up, without calling a service. */
public final class Health implements Endpoint {
    private final String service;
    private final String version;
    private final TimeSource time;

    /** Responds in the name of {@code service}, with the time of {@code time}. */
    public Health(String service, String version, TimeSource time) {
        this.service = requireNonNull(service, "service");
        this.version = requireNonNull(version, "version");
        this.time = requireNonNull(time, "time");
    }

    @Override
    public CompletionStage<HttpResponse> handle(Request request) {
        byte[] body = Json.object(json -> {
            json.writeStringField("status", "ok");
            json.writeStringField("service", service);
            json.writeStringField("version", version);
            json.writeStringField("timestamp", time.now().toString());
        });
        return CompletableFuture.completedFuture(HttpResponse.json(200, body).withHeader("Cache-Control", "no-store"));
    }
}
