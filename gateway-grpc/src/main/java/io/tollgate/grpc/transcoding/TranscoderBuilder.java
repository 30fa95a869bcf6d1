package io.tollgate.grpc.transcoding;

import static java.util.Objects.requireNonNull;

import io.grpc.Channel;
import io.grpc.Metadata;
import io.tollgate.grpc.transcoding.json.JsonOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Describes a {@link Transcoder}. Each setter rejects values that cannot be right. Not thread-safe. */
public final class TranscoderBuilder {
    private final Channel channel;
    private @Nullable ServiceDescriptors descriptors;
    private final List<NamePattern> exposed = new ArrayList<>();
    private final List<NamePattern> excluded = new ArrayList<>();
    private final List<MethodRule> rules = new ArrayList<>();
    private final Map<String, IdentitySource> identity = new LinkedHashMap<>();
    private final Set<String> reserved = new HashSet<>();
    private final Map<String, Metadata.Key<String>> forwarded = new LinkedHashMap<>();
    private MethodSettings defaults = MethodSettings.DEFAULTS;
    private Optional<Duration> streamDeadline = Optional.empty();
    private Duration streamIdleTimeout = Duration.ofMinutes(5);
    private Duration heartbeat = Duration.ofSeconds(15);
    private int maxBodySize = 1 << 20;
    private boolean preserveProtoNames;
    private boolean emitDefaultValues;
    private boolean skipStreaming;
    private boolean ignoreUnknownQuery;

    TranscoderBuilder(Channel channel) {
        this.channel = channel;
    }

    /** Sets the descriptors of the services. Must be set. */
    public TranscoderBuilder descriptors(ServiceDescriptors value) {
        this.descriptors = requireNonNull(value, "value");
        return this;
    }

    /**
     * Exposes services by their full names, in which {@code *} and {@code **} stand as in a {@link MethodRule}; by default
     * every service that has a method with a {@code google.api.http} option.
     */
    public TranscoderBuilder expose(String... services) {
        for (String service : services) {
            exposed.add(NamePattern.of("expose", service));
        }
        return this;
    }

    /** Leaves methods, or all methods of services, out, by patterns of their full names as in a {@link MethodRule}. */
    public TranscoderBuilder exclude(String... methods) {
        for (String method : methods) {
            excluded.add(NamePattern.of("exclude", method));
        }
        return this;
    }

    /** Sets the token that requests need, unless a rule says otherwise; by default {@link Auth#REQUIRED}. */
    public TranscoderBuilder auth(Auth value) {
        this.defaults = defaults.withAuth(requireNonNull(value, "value"), List.of());
        return this;
    }

    /**
     * Sets the time that a call with one response may take, unless a rule says otherwise: 1 millisecond to 1 hour, by default 5
     * seconds. An earlier deadline of the upstream or of the request's context wins.
     */
    public TranscoderBuilder deadline(Duration value) {
        this.defaults = defaults.withDeadline(MethodSettings.deadline("deadline", value));
        return this;
    }

    /** Bounds the time of a stream, 1 millisecond to 1 day; by default it may last for ever. */
    public TranscoderBuilder streamDeadline(Duration value) {
        this.streamDeadline =
                Optional.of(MethodSettings.within("streamDeadline", value, Duration.ofMillis(1), Duration.ofDays(1)));
        return this;
    }

    /**
     * Ends a stream for whose next message the client has waited this long, with {@code REQUEST_TIMEOUT}: 1 millisecond to 1
     * day, by default 5 minutes.
     */
    public TranscoderBuilder streamIdleTimeout(Duration value) {
        this.streamIdleTimeout =
                MethodSettings.within("streamIdleTimeout", value, Duration.ofMillis(1), Duration.ofDays(1));
        return this;
    }

    /** Sets the time between two heartbeats of an event stream; for tests, which have not that much time. */
    TranscoderBuilder heartbeat(Duration value) {
        this.heartbeat = value;
        return this;
    }

    /** Limits the body of a request in bytes, 0 to 64 MiB, by default 1 MiB. A server may accept less. */
    public TranscoderBuilder maxBodySize(int bytes) {
        if (bytes < 0 || bytes > 64 << 20) {
            throw new IllegalArgumentException("maxBodySize: " + bytes + " (expected: 0 to " + (64 << 20) + ")");
        }
        this.maxBodySize = bytes;
        return this;
    }

    /**
     * Fills a field of every request that has it. What the client sends for it, in path, query or body, is discarded, also if
     * the request has no such value.
     *
     * @param field the path of a field with a single value, such as {@code owner.user_id}
     * @param source {@code principal.user_id}, {@code principal.claims.<name>}, {@code request.id} or {@code
     *     request.client_address}
     */
    public TranscoderBuilder identity(String field, String source) {
        identity.put(requireNonNull(field, "field"), IdentitySource.parse(field, source));
        return this;
    }

    /**
     * Reserves the requests of a route that the server has itself: a binding with the same verb and template, whatever its variables
     * are called, is a problem.
     *
     * @param verb the HTTP method
     * @param template such as {@code /tickets/{id}}
     * @throws IllegalArgumentException if the template is malformed
     */
    public TranscoderBuilder reserve(String verb, String template) {
        reserved.add(verb + " " + HttpTemplate.parse(template).shape());
        return this;
    }

    /** Adds rules, which are applied in the order in which they were added. */
    public TranscoderBuilder rule(MethodRule... added) {
        rules.addAll(List.of(added));
        return this;
    }

    /** Sends {@code Authorization} to the service, or not; by default it does not. */
    public TranscoderBuilder forwardAuthorization(boolean value) {
        if (value) {
            forwarded.put(ForwardedHeaders.AUTHORIZATION, ForwardedHeaders.authorization());
        } else {
            forwarded.remove(ForwardedHeaders.AUTHORIZATION);
        }
        return this;
    }

    /**
     * Sends further headers to the service, under their names in lower case. {@code x-request-id}, {@code traceparent}, {@code
     * tracestate} and {@code baggage} are sent anyway.
     *
     * @throws IllegalArgumentException if one belongs to the connection, to gRPC or to HTTP itself, or is binary
     */
    public TranscoderBuilder forwardHeaders(String... names) {
        for (String name : names) {
            Metadata.Key<String> key = ForwardedHeaders.key(name);
            forwarded.put(key.name(), key);
        }
        return this;
    }

    /** Writes names as the {@code .proto} file has them, not as lowerCamelCase; both are always read. */
    public TranscoderBuilder preserveProtoNames(boolean value) {
        this.preserveProtoNames = value;
        return this;
    }

    /** Writes scalars, lists and maps with their default values too; never messages, optional fields and members of oneofs. */
    public TranscoderBuilder emitDefaultValues(boolean value) {
        this.emitDefaultValues = value;
        return this;
    }

    /** Leaves methods out whose client streams; by default, one with a binding is a problem. */
    public TranscoderBuilder skipStreaming(boolean value) {
        this.skipStreaming = value;
        return this;
    }

    /** Ignores parameters of a query that name no field; by default they are errors. */
    public TranscoderBuilder ignoreUnknownQuery(boolean value) {
        this.ignoreUnknownQuery = value;
        return this;
    }

    /**
     * Returns the transcoder.
     *
     * @throws IllegalStateException if there are no descriptors
     * @throws InvalidTranscodingException if the descriptors cannot be served like this, with every problem of exposed methods
     *     and every setting that matches nothing
     */
    public Transcoder build() {
        ServiceDescriptors set = descriptors;
        if (set == null) {
            throw new IllegalStateException("descriptors: unset (expected: descriptors(...) in the builder)");
        }
        ServiceOptions options = new ServiceOptions(
                channel,
                maxBodySize,
                streamDeadline,
                streamIdleTimeout,
                heartbeat,
                List.copyOf(forwarded.values()),
                ignoreUnknownQuery,
                new JsonOptions(preserveProtoNames, emitDefaultValues));
        Exposure exposure = new Exposure(
                exposed,
                excluded,
                rules,
                Collections.unmodifiableMap(new LinkedHashMap<>(identity)),
                defaults,
                skipStreaming);
        BindingCompiler compiler = new BindingCompiler(exposure, set, options);
        List<Binding> bindings = compiler.compile();
        List<TranscodingProblem> problems = new ArrayList<>(compiler.problems());
        for (Binding binding : bindings) {
            Binding.Spec spec = binding.spec();
            if (reserved.contains(spec.verb() + " " + spec.template().shape())) {
                problems.add(binding.problem(spec.verb() + " " + spec.template()
                        + " has the requests of a route of the server itself (expected: another path, or exclude)"));
            }
        }
        return Transcoder.of(bindings, problems);
    }
}
