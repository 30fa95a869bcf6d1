package io.tollgate.runner.http;

import io.tollgate.api.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Stands before an endpoint: may respond in its place, and may look at request and response. Thread-safe, never blocks. */
@FunctionalInterface
public interface Filter {
    /** Returns the response, from {@code next} or in its place. */
    CompletionStage<HttpResponse> apply(Request request, Endpoint next);

    /** Returns an endpoint that runs {@code filters}, the first outermost, and then {@code last}. */
    static Endpoint chain(List<Filter> filters, Endpoint last) {
        Endpoint endpoint = last;
        for (int i = filters.size() - 1; i >= 0; i--) {
            Filter filter = filters.get(i);
            Endpoint next = endpoint;
            endpoint = request -> filter.apply(request, next);
        }
        return endpoint;
    }
}
