package io.tollgate.runner.http;

import io.tollgate.api.http.HttpResponse;
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
    private final Call<T> call;

    /**
     * Puts the steps together.
     *
     * @param binding takes the fields that the body must have
     * @param attributes what policies may know of the body
     */
    JsonEndpoint(Function<Fields, T> binding, Function<T, Map<String, String>> attributes, Call<T> call) {
        this.binding = binding;
        this.attributes = attributes;
        this.call = call;
    }

    /** Responds to a request with a valid body. */
    @FunctionalInterface
    interface Call<T> {
        CompletionStage<HttpResponse> answer(T body, Request request);
    }

    @Override
    public CompletionStage<HttpResponse> handle(Request request) {
        MediaType.requireJson(request);
        return Stages.flatMap(request.body(), bytes -> {
            Fields fields = new Fields(JsonBody.read(bytes));
            T body = binding.apply(fields);
            fields.check();
            return Guarding.charge(request, attributes.apply(body), charged -> call.answer(body, charged));
        });
    }
}
