package io.tollgate.grpc.transcoding;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import io.tollgate.api.guard.GuardedRoute;
import io.tollgate.grpc.transcoding.json.Codecs;
import io.tollgate.grpc.transcoding.json.FieldPath;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP binding of a method. What only requests need is made with the first of them: a set may have thousands of bindings, of
 * which few are used. Thread-safe.
 */
final class Binding {
    /** The whole message. */
    static final String ALL = "*";

    private final Spec spec;
    private final GuardedRoute route;
    private volatile @Nullable RequestBinder requests;
    private volatile @Nullable ResponseWriter responses;

    /**
     * The facts of a binding.
     *
     * @param set the descriptors that have it
     * @param verb the HTTP method; {@code *} for every other
     * @param variables the fields of the template's variables, in their order
     * @param body {@code *} if the body is the whole message; else empty, or a field's name
     * @param bodyField the field that is the body
     * @param responseBody the field that is the response
     * @param identity the fields that the gateway fills
     */
    record Spec(
            ServiceDescriptors set,
            ServiceOptions service,
            MethodSettings settings,
            MethodDescriptor method,
            io.grpc.MethodDescriptor<byte[], byte[]> call,
            Codecs codecs,
            String verb,
            HttpTemplate template,
            List<FieldPath> variables,
            String body,
            @Nullable FieldPath bodyField,
            @Nullable FieldDescriptor responseBody,
            Map<FieldPath, IdentitySource> identity) {}

    Binding(Spec spec) {
        this.spec = spec;
        this.route = new GuardedRoute(
                Optional.of(spec.template.text()), spec.settings.auth().rule(spec.settings.scopes()));
    }

    Spec spec() {
        return spec;
    }

    ServiceOptions service() {
        return spec.service;
    }

    /** Returns the template and the requirements, as a guard takes them. */
    GuardedRoute route() {
        return route;
    }

    boolean streams() {
        return spec.method.isServerStreaming();
    }

    /** Returns what makes messages of requests; made twice at worst, which does no harm. */
    RequestBinder requests() {
        RequestBinder made = requests;
        if (made == null) {
            made = new RequestBinder(spec);
            requests = made;
        }
        return made;
    }

    ResponseWriter responses() {
        ResponseWriter made = responses;
        if (made == null) {
            made = new ResponseWriter(spec);
            responses = made;
        }
        return made;
    }

    TranscodingProblem problem(String message) {
        return problem(spec.set.source(), spec.method, message);
    }

    static TranscodingProblem problem(String source, MethodDescriptor method, String message) {
        return new TranscodingProblem(
                source,
                Optional.of(method.getFile().getName()),
                Optional.of(method.getService().getFullName()),
                Optional.of(method.getName()),
                message);
    }

    TranscodedRoute describe() {
        return new TranscodedRoute(
                spec.verb,
                spec.template.text(),
                spec.method.getFullName(),
                spec.settings.auth(),
                spec.settings.scopes(),
                streams(),
                spec.set.source());
    }

    /** Returns the method, the verb and the template. */
    @Override
    public String toString() {
        return spec.method.getFullName() + " (" + spec.verb + " " + spec.template + ")";
    }
}
