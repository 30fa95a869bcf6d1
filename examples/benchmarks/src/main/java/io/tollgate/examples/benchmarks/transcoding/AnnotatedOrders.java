package io.tollgate.examples.benchmarks.transcoding;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Timestamp;
import io.tollgate.grpc.order.PurchaseRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The order service with an HTTP binding. */
public final class AnnotatedOrders {
    private AnnotatedOrders() {}

    /** Writes the descriptors and returns the value of {@code transcoding.services}, by which the gateway fills in the user. */
    public static String services(Path folder, int port) throws IOException {
        return "[{\"name\":\"orders\",\"host\":\"127.0.0.1\",\"port\":" + port + ",\"descriptors\":\"" + write(folder)
                + "\",\"identity\":{\"userId\":\"principal.user_id\"}}]";
    }

    /** Writes the descriptors into a folder. */
    static Path write(Path folder) throws IOException {
        FileDescriptor orders = PurchaseRequest.getDescriptor().getFile();
        FileDescriptorProto.Builder annotated = orders.toProto().toBuilder();
        annotated
                .getServiceBuilder(0)
                .getMethodBuilder(0)
                .setOptions(MethodOptions.newBuilder()
                        .setExtension(
                                AnnotationsProto.http,
                                HttpRule.newBuilder()
                                        .setPost("/v1/events/{eventId}/purchase")
                                        .setBody("*")
                                        .build()));
        Path set = folder.resolve("orders.binpb").toAbsolutePath();
        Files.write(
                set,
                FileDescriptorSet.newBuilder()
                        .addFile(annotated) // First, as Spring Cloud Gateway looks for the service there.
                        .addFile(Timestamp.getDescriptor().getFile().toProto())
                        .build()
                        .toByteArray());
        return set;
    }
}
