package io.tollgate.grpc.transcoding;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Links the files of a set to each other. A file that cannot be linked is a problem only to those who need it. Not thread-safe.
 */
final class FilePool {
    /** Imports of imports; deeper ones are taken for a fault of the set. */
    private static final int MAX_DEPTH = 500;

    private final String source;
    private final Map<String, FileDescriptorProto> protos;
    private final Map<String, FileDescriptor> linked = new HashMap<>();
    private final Map<String, TranscodingProblem> faults = new HashMap<>();
    private final Set<String> linking = new HashSet<>();

    FilePool(String source, Map<String, FileDescriptorProto> protos) {
        this.source = source;
        this.protos = protos;
    }

    /** Links every file that can be. */
    Collection<FileDescriptor> all() {
        List<FileDescriptor> files = new ArrayList<>(protos.size());
        for (String name : protos.keySet()) {
            FileDescriptor file = get(name);
            if (file != null) {
                files.add(file);
            }
        }
        return files;
    }

    /** Returns a file with all that it imports; null if that is not possible, for the reason of {@link #fault}. */
    @Nullable
    FileDescriptor get(String name) {
        FileDescriptor known = linked.get(name);
        if (known != null || faults.containsKey(name)) {
            return known;
        }
        FileDescriptorProto proto = protos.get(name);
        if (proto == null) {
            return BundledFiles.get(name);
        }
        if (linking.size() >= MAX_DEPTH || !linking.add(name)) {
            faults.put(name, TranscodingProblem.ofFile(source, name, "is imported by a file that it imports"));
            return null;
        }
        FileDescriptor file = link(name, proto);
        linking.remove(name);
        if (file != null && !faults.containsKey(name)) {
            linked.put(name, file);
            return file;
        }
        return null;
    }

    /** Returns why a file of the set cannot be linked: the problem of the first import that is at fault. */
    TranscodingProblem fault(String name) {
        return faults.getOrDefault(name, TranscodingProblem.ofFile(source, name, "cannot be used"));
    }

    private @Nullable FileDescriptor link(String name, FileDescriptorProto proto) {
        FileDescriptor[] imports = new FileDescriptor[proto.getDependencyCount()];
        for (int i = 0; i < imports.length; i++) {
            String imported = proto.getDependency(i);
            FileDescriptor file = get(imported);
            if (file == null) {
                TranscodingProblem reason = faults.get(imported);
                faults.put(
                        name,
                        reason != null
                                ? reason
                                : TranscodingProblem.ofFile(
                                        source,
                                        name,
                                        "imports " + imported + ", which is not in the set (expected: a set with its"
                                                + " imports: protoc --include_imports, or buf build)"));
                return null;
            }
            imports[i] = file;
        }
        try {
            FileDescriptor file = FileDescriptor.buildFrom(proto, imports);
            Descriptor entry = MapEntries.malformed(file.getMessageTypes());
            if (entry == null) {
                return file;
            }
            faults.put(name, TranscodingProblem.ofFile(source, name, MapEntries.fault(entry)));
            return null;
        } catch (DescriptorValidationException | RuntimeException e) {
            // An edition that this protobuf does not know is an IllegalArgumentException.
            faults.put(name, TranscodingProblem.ofFile(source, name, "cannot be used: " + e.getMessage()));
            return null;
        }
    }
}
