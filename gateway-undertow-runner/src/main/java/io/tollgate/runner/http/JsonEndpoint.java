package io.tollgate.runner.http;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * An endpoint that takes a JSON body: reads and validates it, charges for what it says, and only then calls.
 *
 * @param <T> what the body is read into
 */
final class JsonEndpoint<T> implements Endpoint {
    private final Function<Fields, T> binding;
    private final Function<T, Map<String, String>> attributes;
    private final RateLimits limits;
    private final Call<T> call;

    /**
     * Puts the steps together.
     *
     * @param binding takes the fields that the body must have
     * @param attributes what policies may know of the body
     */
    JsonEndpoint(
            Function<Fields, T> binding, Function<T, Map<String, String>> attributes, RateLimits limits, Call<T> call) {
        this.binding = binding;
        this.attributes = attributes;
        this.limits = limits;
        this.call = call;
    }

    /** What to do with a body that is valid. */
    @FunctionalInterface
    interface Call<T> {
        CompletionStage<Response> answer(T body, Request request);
    }

    @Override
    public CompletionStage<Response> handle(Request request) {
        MediaType.requireJson(request);
        return Stages.flatMap(request.body(), bytes -> {
            Fields fields = new Fields(JsonBody.read(bytes));
            T body = binding.apply(fields);
            fields.check();
            return Stages.flatMap(
                    limits.onBody(request, attributes.apply(body)), admitted -> call.answer(body, request));
        });
    }
}
