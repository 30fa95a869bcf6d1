package io.tollgate.grpc.transcoding;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.tollgate.grpc.transcoding.json.Codecs;
import io.tollgate.grpc.transcoding.json.FieldPath;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes bindings of the methods of a set, and collects every problem on the way. For one use. */
final class BindingCompiler {
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}");

    private final Exposure exposure;
    private final ServiceDescriptors descriptors;
    private final ServiceOptions options;
    private final FilePool pool;
    private final Codecs codecs;
    private final List<Binding> bindings = new ArrayList<>();
    private final Set<TranscodingProblem> problems = new LinkedHashSet<>();
    private final Map<String, String> fileOfService = new HashMap<>();
    private final Set<String> usedIdentity = new HashSet<>();

    BindingCompiler(Exposure exposure, ServiceDescriptors descriptors, ServiceOptions options) {
        this.exposure = exposure;
        this.descriptors = descriptors;
        this.options = options;
        this.pool = new FilePool(descriptors.source(), descriptors.files());
        this.codecs = Codecs.of(withErrorDetails(pool.all()), options.json());
    }

    /** Adds the details that errors usually have, unless the set has types of its own. */
    private static Collection<FileDescriptor> withErrorDetails(Collection<FileDescriptor> files) {
        String details = "google/rpc/error_details.proto";
        FileDescriptor bundled = BundledFiles.get(details);
        if (bundled == null || files.stream().anyMatch(file -> file.getName().equals(details))) {
            return files;
        }
        List<FileDescriptor> more = new ArrayList<>(files);
        more.add(bundled);
        return more;
    }

    /** Returns the bindings; there may be problems all the same. */
    List<Binding> compile() {
        for (FileDescriptorProto file : descriptors.files().values()) {
            for (ServiceDescriptorProto service : file.getServiceList()) {
                String name =
                        file.getPackage().isEmpty() ? service.getName() : file.getPackage() + "." + service.getName();
                if (exposure.exposes(name, service)) {
                    service(file, name, service);
                }
            }
        }
        exposure.unused(usedIdentity)
                .forEach(message -> problems.add(TranscodingProblem.of(descriptors.source(), message)));
        if (bindings.isEmpty() && problems.isEmpty()) {
            problems.add(TranscodingProblem.of(
                    descriptors.source(),
                    "has no method with a route (expected: methods with the option google.api.http)"));
        }
        return bindings;
    }

    Collection<TranscodingProblem> problems() {
        return problems;
    }

    private void service(FileDescriptorProto file, String name, ServiceDescriptorProto service) {
        String before = fileOfService.putIfAbsent(name, file.getName());
        if (before != null) {
            problems.add(new TranscodingProblem(
                    descriptors.source(),
                    Optional.of(file.getName()),
                    Optional.of(name),
                    Optional.empty(),
                    "is defined in " + before + " too (expected: once)"));
            return;
        }
        FileDescriptor linked = pool.get(file.getName());
        if (linked == null) {
            TranscodingProblem fault = pool.fault(file.getName());
            problems.add(new TranscodingProblem(
                    fault.source(), fault.file(), Optional.of(name), Optional.empty(), fault.message()));
            // What is said of its methods is not what is wrong.
            service.getMethodList().forEach(method -> exposure.settings(name + "." + method.getName()));
            usedIdentity.addAll(exposure.identity().keySet());
            return;
        }
        for (MethodDescriptorProto method : service.getMethodList()) {
            if (method.getOptions().hasExtension(AnnotationsProto.http) && !exposure.excludes(name, method.getName())) {
                MethodDescriptor found = Objects.requireNonNull(linked.findServiceByName(service.getName()))
                        .findMethodByName(method.getName());
                method(found, method.getOptions().getExtension(AnnotationsProto.http));
            }
        }
    }

    private void method(MethodDescriptor method, HttpRule rule) {
        // A rule has matched even if its method has another problem.
        MethodSettings settings = exposure.settings(method.getFullName());
        if (method.isClientStreaming()) {
            if (!exposure.skipsStreaming()) {
                problem(
                        method,
                        "has an HTTP binding, and its client streams (expected: exclude it, or skip_streaming)");
            }
            return;
        }
        MethodBinder binder = new MethodBinder(method, settings, identity(method));
        binder.add(rule);
        for (HttpRule more : rule.getAdditionalBindingsList()) {
            if (more.getAdditionalBindingsCount() > 0) {
                problem(method, "has additional_bindings in additional_bindings (expected: one level)");
            }
            binder.add(more);
        }
    }

    /** Returns the fields of a request that the gateway fills. */
    private Map<FieldPath, IdentitySource> identity(MethodDescriptor method) {
        Map<FieldPath, IdentitySource> found = new LinkedHashMap<>();
        Map<FieldPath, String> names = new HashMap<>();
        exposure.identity().forEach((name, source) -> {
            FieldPath path = pathIn(method.getInputType(), name);
            if (path == null) {
                path = FieldPath.find(method.getInputType(), name);
            }
            if (path == null) {
                return;
            }
            usedIdentity.add(name);
            String other = names.putIfAbsent(path, name);
            if (other != null) {
                problem(method, "identity." + name + " is the field of identity." + other + " (expected: one of them)");
            } else if (path.readsText() && !path.field().isRepeated()) {
                found.put(path, source);
            } else {
                problem(method, "identity." + name + " is " + kind(path) + " (expected: a single value)");
            }
        });
        return found;
    }

    private static @Nullable FieldPath pathIn(Descriptor type, String name) {
        try {
            return FieldPath.of(type, name);
        } catch (IllegalArgumentException e) {
            return null; // Many requests have no such field; one that none has is reported.
        }
    }

    private static String kind(FieldPath path) {
        return path.field().isMapField() ? "a map" : path.field().isRepeated() ? "repeated" : "a message";
    }

    private void problem(MethodDescriptor method, String message) {
        problems.add(Binding.problem(descriptors.source(), method, message));
    }

    /** Makes the bindings of one method. */
    private final class MethodBinder {
        private final MethodDescriptor method;
        private final MethodSettings settings;
        private final Map<FieldPath, IdentitySource> identity;
        private final io.grpc.MethodDescriptor<byte[], byte[]> call;

        MethodBinder(MethodDescriptor method, MethodSettings settings, Map<FieldPath, IdentitySource> identity) {
            this.method = method;
            this.settings = settings;
            this.identity = identity;
            this.call = RawBytes.method(
                    method.getService().getFullName() + "/" + method.getName(),
                    method.isServerStreaming() ? MethodType.SERVER_STREAMING : MethodType.UNARY);
        }

        void add(HttpRule rule) {
            int before = problems.size();
            String verb = verb(rule);
            HttpTemplate template = template(rule);
            if (verb == null || template == null) {
                return;
            }
            List<FieldPath> variables = new ArrayList<>();
            for (HttpTemplate.Variable variable : template.variables()) {
                FieldPath path = variable(template, variable.field());
                if (path != null) {
                    variables.add(path);
                }
            }
            FieldPath body = rule.getBody().isEmpty() || rule.getBody().equals(Binding.ALL)
                    ? null
                    : top("body", method.getInputType(), rule.getBody());
            FieldPath responseBody = rule.getResponseBody().isEmpty()
                    ? null
                    : top("response_body", method.getOutputType(), rule.getResponseBody());
            if (problems.size() == before) {
                FieldDescriptor response = responseBody == null ? null : responseBody.field();
                bindings.add(new Binding(new Binding.Spec(
                        descriptors,
                        options,
                        settings,
                        method,
                        call,
                        codecs,
                        verb,
                        template,
                        List.copyOf(variables),
                        rule.getBody(),
                        body,
                        response,
                        identity)));
            }
        }

        private @Nullable String verb(HttpRule rule) {
            String verb = switch (rule.getPatternCase()) {
                case GET -> "GET";
                case PUT -> "PUT";
                case POST -> "POST";
                case DELETE -> "DELETE";
                case PATCH -> "PATCH";
                case CUSTOM -> rule.getCustom().getKind();
                case PATTERN_NOT_SET -> null;
            };
            if (verb == null) {
                problem(
                        method,
                        "has an HTTP binding without a pattern (expected: get, put, post, delete, patch or"
                                + " custom)");
            } else if (!TOKEN.matcher(verb).matches()) {
                problem(method, "has the custom kind \"" + verb + "\" (expected: an HTTP method, or *)");
                return null;
            }
            return verb;
        }

        private @Nullable HttpTemplate template(HttpRule rule) {
            String text = switch (rule.getPatternCase()) {
                case GET -> rule.getGet();
                case PUT -> rule.getPut();
                case POST -> rule.getPost();
                case DELETE -> rule.getDelete();
                case PATCH -> rule.getPatch();
                case CUSTOM -> rule.getCustom().getPath();
                case PATTERN_NOT_SET -> null;
            };
            try {
                return text == null ? null : HttpTemplate.parse(text);
            } catch (IllegalArgumentException e) {
                problem(method, String.valueOf(e.getMessage()));
                return null;
            }
        }

        private @Nullable FieldPath variable(HttpTemplate template, String name) {
            try {
                FieldPath path = FieldPath.of(method.getInputType(), name);
                if (path.readsText() && !path.field().isRepeated()) {
                    return path;
                }
                problem(
                        method,
                        "template " + template + " has the variable " + name + ", which is " + kind(path)
                                + " (expected: a field with a single value)");
            } catch (IllegalArgumentException e) {
                problem(method, "template " + template + " has the variable " + name + ": " + e.getMessage());
            }
            return null;
        }

        private @Nullable FieldPath top(String setting, Descriptor type, String name) {
            FieldPath path = name.indexOf('.') < 0 ? pathIn(type, name) : null;
            if (path == null) {
                problem(
                        method,
                        setting + ": " + name + " (expected: a field of " + type.getFullName()
                                + (setting.equals("body") ? ", or *)" : ")"));
            }
            return path;
        }
    }
}
