package io.tollgate.grpc.transcoding.json;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The codecs of a set of descriptors, each compiled when it is first used. Thread-safe. */
public final class Codecs {
    private final Map<Descriptor, MessageCodec> codecs = new ConcurrentHashMap<>();
    private final Collection<FileDescriptor> files;
    private final JsonOptions options;

    /** Null until an {@code Any} or a type with extensions needs it; making it twice is harmless. */
    private volatile @Nullable Registry registry;

    private Codecs(Collection<FileDescriptor> files, JsonOptions options) {
        this.files = files;
        this.options = options;
    }

    /**
     * Returns codecs of the types of these files.
     *
     * @param files where the types of {@code Any} and extensions are looked up, with all that they import
     */
    public static Codecs of(Collection<FileDescriptor> files, JsonOptions options) {
        return new Codecs(List.copyOf(files), requireNonNull(options, "options"));
    }

    /** Returns the codec of a type, always the same one. The type need not be in the set. */
    public MessageCodec of(Descriptor type) {
        MessageCodec codec = codecs.get(requireNonNull(type, "type"));
        return codec == null ? codecs.computeIfAbsent(type, missing -> new MessageCodec(this, missing)) : codec;
    }

    JsonOptions options() {
        return options;
    }

    /** Returns the type of a full name, or null. */
    public @Nullable Descriptor type(String fullName) {
        return registry().types.get(fullName);
    }

    /** Returns the extensions of a type. */
    List<FieldDescriptor> extensions(Descriptor type) {
        return type.isExtendable() ? registry().extensions.getOrDefault(type.getFullName(), List.of()) : List.of();
    }

    private Registry registry() {
        Registry made = registry;
        if (made == null) {
            made = new Registry(files);
            registry = made;
        }
        return made;
    }

    /** The types and extensions of all files, by name. */
    private static final class Registry {
        final Map<String, Descriptor> types = new HashMap<>();
        final Map<String, List<FieldDescriptor>> extensions = new HashMap<>();

        Registry(Collection<FileDescriptor> files) {
            Set<String> seen = new HashSet<>();
            Deque<FileDescriptor> rest = new ArrayDeque<>(files);
            while (!rest.isEmpty()) {
                FileDescriptor file = rest.pop();
                if (seen.add(file.getName())) {
                    rest.addAll(file.getDependencies());
                    file.getExtensions().forEach(this::addExtension);
                    file.getMessageTypes().forEach(this::addType);
                }
            }
        }

        private void addType(Descriptor type) {
            types.put(type.getFullName(), type);
            type.getNestedTypes().forEach(this::addType);
            type.getExtensions().forEach(this::addExtension);
        }

        private void addExtension(FieldDescriptor extension) {
            extensions
                    .computeIfAbsent(extension.getContainingType().getFullName(), name -> new ArrayList<>())
                    .add(extension);
        }
    }
}
