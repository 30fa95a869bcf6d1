package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RouteFilter;
import java.util.concurrent.CompletionStage;

/** A filter that was added in code. */
public final class CustomFilter implements Filter {
    private final RouteFilter filter;

    /** Stands for {@code filter}. */
    public CustomFilter(RouteFilter filter) {
        this.filter = requireNonNull(filter, "filter");
    }

    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        return filter.apply(request, given -> {
            if (!(given instanceof Request same) || same.log() != request.log()) {
                throw new IllegalArgumentException(
                        "request: another one (expected: the one that the filter was given)");
            }
            return next.handle(same);
        });
    }
}
