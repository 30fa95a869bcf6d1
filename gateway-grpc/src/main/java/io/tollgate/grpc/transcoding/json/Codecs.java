package io.tollgate.grpc.transcoding.json;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.Collection;

/** The codecs of a set of descriptors, each compiled when it is first used. Thread-safe. */
public final class Codecs {
    private Codecs() {}

    /** @param files where the types of {@code Any} and extensions are looked up, with all that they import */
    public static Codecs of(Collection<FileDescriptor> files, JsonOptions options) {
        throw new UnsupportedOperationException();
    }

    /** Returns the codec of a type, always the same one. The type need not be in the set. */
    public MessageCodec of(Descriptor type) {
        throw new UnsupportedOperationException();
    }
}
