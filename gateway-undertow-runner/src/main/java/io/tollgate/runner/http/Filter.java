package io.tollgate.runner.http;

import io.tollgate.api.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Stands before an endpoint: may answer in its stead, and may look at request and answer. Thread-safe, never blocks. */
@FunctionalInterface
public interface Filter {
    /** The answer, from {@code next} or in its stead. */
    CompletionStage<HttpResponse> apply(Request request, Endpoint next);

    /** An endpoint that runs {@code filters}, the first outermost, and then {@code last}. */
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
