package io.tollgate.grpc.transcoding;

import com.google.api.HttpBody;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Finds {@code google.api.HttpBody}, whichever file describes it, in messages in the wire format. */
final class HttpBodies {
    private static final String NAME = HttpBody.getDescriptor().getFullName();

    private HttpBodies() {}

    static boolean isHttpBody(Descriptor type) {
        return type.getFullName().equals(NAME);
    }

    static boolean isHttpBody(FieldDescriptor field) {
        return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                && !field.isRepeated()
                && isHttpBody(field.getMessageType());
    }

    /**
     * Returns the body that a message is, or has in a field.
     *
     * @param field null if the message is the body
     */
    static HttpBody read(byte[] message, @Nullable FieldDescriptor field) throws IOException {
        if (field == null) {
            return HttpBody.parseFrom(message);
        }
        HttpBody.Builder body = HttpBody.newBuilder();
        CodedInputStream in = CodedInputStream.newInstance(message);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == (field.getNumber() << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                body.mergeFrom(in.readByteArray());
            } else {
                in.skipField(tag);
            }
        }
        return body.build();
    }
}
