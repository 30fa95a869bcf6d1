package io.tollgate.grpc.transcoding;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.tollgate.testkit.TestRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** As many bindings as all of Google's public services have. Prints what they cost. */
class ScaleTest {
    private static final int SERVICES = 2_000;
    private static final int METHODS = 5;

    @Test
    void servesTenThousandBindings() {
        byte[] set = set(SERVICES);
        ManagedChannel channel =
                ManagedChannelBuilder.forTarget("localhost:1").usePlaintext().build();
        long heap = usedHeap();
        long start = System.nanoTime();

        Transcoder transcoder = Transcoder.builder(channel)
                .descriptors(ServiceDescriptors.of("big.binpb", set))
                .auth(Auth.NONE)
                .build();

        long loaded = System.nanoTime() - start;
        System.out.printf(
                "ScaleTest: %d bindings of %d KiB loaded in %d ms, which take %d MiB%n",
                transcoder.routes().size(), set.length >> 10, loaded / 1_000_000, (usedHeap() - heap) >> 20);
        assertThat(transcoder.routes()).hasSize(SERVICES * METHODS);
        for (int i = 0; i < SERVICES; i += 97) {
            assertThat(transcoder
                            .route(TestRequest.get("/v1/s" + i + "/items/7"))
                            .orElseThrow()
                            .guarded()
                            .template())
                    .contains("/v1/{name=s" + i + "/items/*}");
            assertThat(transcoder.route(TestRequest.post("/v1/s" + i + "/items/7:act")))
                    .isPresent();
            assertThat(transcoder.route(TestRequest.get("/v1/s" + i + "/nothing/7")))
                    .isEmpty();
        }
        Transcoder few = Transcoder.builder(channel)
                .descriptors(ServiceDescriptors.of("small.binpb", set(4)))
                .build();
        for (int i = 0; i < 3; i++) { // The last line is that of compiled code.
            System.out.printf(
                    "ScaleTest: a match costs %d ns among %d bindings and %d ns among %d%n",
                    nanosOfAMatch(few), few.routes().size(), nanosOfAMatch(transcoder), SERVICES * METHODS);
        }
        channel.shutdownNow();
    }

    private static long nanosOfAMatch(Transcoder transcoder) {
        int matches = 300_000;
        TestRequest request = TestRequest.get("/v1/s3/items/7");
        long found = 0;
        long start = System.nanoTime();
        for (int i = 0; i < matches; i++) {
            found += transcoder.route(request).isPresent() ? 1 : 0;
        }
        long nanos = (System.nanoTime() - start) / matches;
        assertThat(found).isEqualTo(matches);
        return nanos;
    }

    private static long usedHeap() {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            used = Math.min(
                    used,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return used;
    }

    private static byte[] set(int services) {
        FileDescriptorSet.Builder set = FileDescriptorSet.newBuilder();
        for (int i = 0; i < services; i++) {
            set.addFile(file(i));
        }
        return set.build().toByteArray();
    }

    private static FileDescriptorProto file(int number) {
        FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder()
                .setName("s" + number + ".proto")
                .setPackage("p" + number)
                .setSyntax("proto3");
        ServiceDescriptorProto.Builder service =
                ServiceDescriptorProto.newBuilder().setName("Service");
        for (int m = 0; m < METHODS; m++) {
            DescriptorProto.Builder message = DescriptorProto.newBuilder().setName("Message" + m);
            for (int f = 1; f <= 8; f++) {
                message.addField(FieldDescriptorProto.newBuilder()
                        .setName(f == 1 ? "name" : "field_" + f)
                        .setNumber(f)
                        .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
                        .setType(
                                f % 2 == 0
                                        ? FieldDescriptorProto.Type.TYPE_INT64
                                        : FieldDescriptorProto.Type.TYPE_STRING));
            }
            file.addMessageType(message);
            service.addMethod(MethodDescriptorProto.newBuilder()
                    .setName("Method" + m)
                    .setInputType(".p" + number + ".Message" + m)
                    .setOutputType(".p" + number + ".Message" + m)
                    .setOptions(MethodOptions.newBuilder()
                            .setExtension(AnnotationsProto.http, rules(number).get(m))));
        }
        return file.addService(service).build();
    }

    private static List<HttpRule> rules(int number) {
        String items = "/v1/{name=s" + number + "/items/*}";
        List<HttpRule> rules = new ArrayList<>();
        rules.add(HttpRule.newBuilder().setGet(items).build());
        rules.add(HttpRule.newBuilder().setDelete(items).build());
        rules.add(HttpRule.newBuilder().setPatch(items).setBody("*").build());
        rules.add(HttpRule.newBuilder().setPost(items + ":act").setBody("*").build());
        rules.add(HttpRule.newBuilder().setGet("/v1/s" + number + "/items").build());
        return rules;
    }
}
