package io.tollgate.grpc.transcoding;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The messages of {@code grpc/reflection/v1/reflection.proto}, which are those of {@code v1alpha} too. Six fields of them are
 * needed, for which generated classes would be a dependency.
 */
final class ReflectionMessages {
    static final int FILE_BY_NAME = 3;
    static final int FILE_OF_SYMBOL = 4;
    static final int LIST_SERVICES = 7;

    private static final int FILE_DESCRIPTORS = 4;
    private static final int SERVICES = 6;
    private static final int ERROR = 7;

    private ReflectionMessages() {}

    /** Returns a {@code ServerReflectionRequest} with one field. */
    static byte[] request(int field, String value) {
        byte[] bytes = new byte[CodedOutputStream.computeStringSize(field, value)];
        try {
            CodedOutputStream.newInstance(bytes).writeString(field, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the array has the size of the field
        }
        return bytes;
    }

    /**
     * A {@code ServerReflectionResponse}.
     *
     * @param files serialized files
     * @param services full names
     * @param error whether the server does not have what was requested
     */
    record Response(List<byte[]> files, List<String> services, boolean error) {
        static Response parse(byte[] message) throws IOException {
            List<byte[]> files = new ArrayList<>();
            List<String> services = new ArrayList<>();
            boolean error = false;
            CodedInputStream in = CodedInputStream.newInstance(message);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case FILE_DESCRIPTORS -> files.addAll(first(in.readByteArray()));
                    case SERVICES -> {
                        for (byte[] service : first(in.readByteArray())) {
                            for (byte[] name : first(service)) {
                                services.add(new String(name, UTF_8));
                            }
                        }
                    }
                    case ERROR -> {
                        error = true;
                        in.skipField(tag);
                    }
                    default -> in.skipField(tag);
                }
            }
            return new Response(files, services, error);
        }

        /** Returns the values of the first field of a message, which is of bytes, strings or messages. */
        private static List<byte[]> first(byte[] message) throws IOException {
            List<byte[]> values = new ArrayList<>();
            CodedInputStream in = CodedInputStream.newInstance(message);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == (1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                    values.add(in.readByteArray());
                } else {
                    in.skipField(tag);
                }
            }
            return values;
        }
    }
}
