package io.tollgate.grpc.transcoding;

import com.google.api.AnnotationsProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The choice of services and methods, with their settings; notes which parts of it match nothing. For one use. */
final class Exposure {
    private final List<NamePattern> exposed;
    private final List<NamePattern> excluded;
    private final List<MethodRule> rules;
    private final Map<String, IdentitySource> identity;
    private final MethodSettings defaults;
    private final boolean skipsStreaming;
    private final Set<Object> used = new HashSet<>();

    Exposure(
            List<NamePattern> exposed,
            List<NamePattern> excluded,
            List<MethodRule> rules,
            Map<String, IdentitySource> identity,
            MethodSettings defaults,
            boolean skipsStreaming) {
        this.exposed = List.copyOf(exposed);
        this.excluded = List.copyOf(excluded);
        this.rules = List.copyOf(rules);
        this.identity = identity;
        this.defaults = defaults;
        this.skipsStreaming = skipsStreaming;
    }

    /** Returns whether a service is exposed: by name, or else since it has a binding that is not excluded. */
    boolean exposes(String service, ServiceDescriptorProto proto) {
        boolean bound = false;
        for (MethodDescriptorProto method : proto.getMethodList()) {
            boolean excludes = excludes(service, method.getName());
            bound |= !excludes && method.getOptions().hasExtension(AnnotationsProto.http);
        }
        boolean named = false;
        for (NamePattern pattern : exposed) {
            if (pattern.matches(service)) {
                used.add(pattern);
                named = true;
            }
        }
        return exposed.isEmpty() ? bound : named;
    }

    boolean excludes(String service, String method) {
        boolean excludes = false;
        for (NamePattern pattern : excluded) {
            if (pattern.matches(service) || pattern.matches(service + "." + method)) {
                used.add(pattern);
                excludes = true;
            }
        }
        return excludes;
    }

    MethodSettings settings(String method) {
        MethodSettings settings = defaults;
        for (MethodRule rule : rules) {
            if (rule.method().matches(method)) {
                used.add(rule);
                settings = rule.over(settings);
            }
        }
        return settings;
    }

    Map<String, IdentitySource> identity() {
        return identity;
    }

    boolean skipsStreaming() {
        return skipsStreaming;
    }

    /** Returns the faults of the parts that matched nothing. */
    List<String> unused(Set<String> usedIdentity) {
        List<String> faults = new ArrayList<>();
        for (NamePattern pattern : exposed) {
            if (!used.contains(pattern)) {
                faults.add("expose: " + pattern + " (expected: the name of a service in the set)");
            }
        }
        for (NamePattern pattern : excluded) {
            if (!used.contains(pattern)) {
                faults.add("exclude: " + pattern + " (expected: the name of a method or a service in the set)");
            }
        }
        for (MethodRule rule : rules) {
            if (!used.contains(rule)) {
                faults.add("rules: " + rule.method() + " (expected: the name of an exposed method with a route)");
            }
        }
        for (String name : identity.keySet()) {
            if (!usedIdentity.contains(name)) {
                faults.add("identity: " + name + " (expected: a field in the request of an exposed method)");
            }
        }
        return faults;
    }
}
