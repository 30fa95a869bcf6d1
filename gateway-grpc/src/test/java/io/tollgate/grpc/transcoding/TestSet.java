package io.tollgate.grpc.transcoding;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** A set of descriptors with one file {@code test.proto} of one service {@code test.Service}, whose bindings a test chooses. */
final class TestSet {
    /** Of the messages that every method has. */
    private static final String MESSAGES = """
            name: "test.proto"
            package: "test"
            syntax: "proto3"
            message_type {
              name: "Message"
              field { name: "name" json_name: "name" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
              field { name: "page_size" json_name: "pageSize" number: 2 type: TYPE_INT32 label: LABEL_OPTIONAL }
              field { name: "tags" json_name: "tags" number: 3 type: TYPE_STRING label: LABEL_REPEATED }
              field { name: "child" json_name: "child" number: 4 type: TYPE_MESSAGE type_name: ".test.Message" label: LABEL_OPTIONAL }
              field { name: "children" json_name: "children" number: 5 type: TYPE_MESSAGE type_name: ".test.Message" label: LABEL_REPEATED }
            }
            """;

    /** The fields of the entries of a map. */
    static final String KEY = "field { name: 'key' number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }";

    static final String VALUE = "field { name: 'value' number: 2 type: TYPE_STRING label: LABEL_OPTIONAL }";
    /** A value that is an entry itself. */
    static final String ITSELF = "field { name: 'value' number: 2 type: TYPE_MESSAGE"
            + " type_name: '.test.Holder.MapEntry' label: LABEL_OPTIONAL }";

    private final FileDescriptorProto.Builder file;
    private final ServiceDescriptorProto.Builder service =
            ServiceDescriptorProto.newBuilder().setName("Service");
    private final List<FileDescriptorProto> more = new ArrayList<>();

    TestSet() {
        file = file(MESSAGES);
    }

    static FileDescriptorProto.Builder file(String text) {
        FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder();
        merge(text, file);
        return file;
    }

    private static void merge(String text, com.google.protobuf.Message.Builder into) {
        try {
            TextFormat.merge(text, into);
        } catch (TextFormat.ParseException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds a method with a binding in the text format, such as {@code get: "/a"}. */
    TestSet method(String name, String rule) {
        return method(name, rule, false, false);
    }

    TestSet method(String name, String rule, boolean clientStreams, boolean serverStreams) {
        HttpRule.Builder http = HttpRule.newBuilder();
        merge(rule, http);
        service.addMethod(MethodDescriptorProto.newBuilder()
                .setName(name)
                .setInputType(".test.Message")
                .setOutputType(".test.Message")
                .setClientStreaming(clientStreams)
                .setServerStreaming(serverStreams)
                .setOptions(MethodOptions.newBuilder().setExtension(AnnotationsProto.http, http.build())));
        return this;
    }

    /** Adds a text to the message. */
    TestSet field(int number, String name, String jsonName) {
        merge(
                "name: '" + name + "' json_name: '" + jsonName + "' number: " + number
                        + " type: TYPE_STRING label: LABEL_OPTIONAL",
                file.getMessageTypeBuilder(0).addFieldBuilder());
        return this;
    }

    /** Returns the service with one method, which adds its requests to {@code received} and responds with an empty message. */
    BindableService service(String method, Queue<UnknownFieldSet> received) {
        return () -> ServerServiceDefinition.builder("test.Service")
                .addMethod(
                        RawBytes.method("test.Service/" + method, MethodType.UNARY),
                        ServerCalls.asyncUnaryCall((request, observer) -> {
                            received.add(parsed(request));
                            observer.onNext(new byte[0]);
                            observer.onCompleted();
                        }))
                .build();
    }

    private static UnknownFieldSet parsed(byte[] message) {
        try {
            return UnknownFieldSet.parseFrom(message);
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }

    TestSet plainMethod(String name) {
        service.addMethod(MethodDescriptorProto.newBuilder()
                .setName(name)
                .setInputType(".test.Message")
                .setOutputType(".test.Message"));
        return this;
    }

    /** Adds a map to the message of each method, in a message of its own, whose entries have these fields. */
    TestSet map(String fields) {
        merge(
                "message_type { name: 'Holder'"
                        + " field { name: 'map' number: 1 type: TYPE_MESSAGE type_name: '.test.Holder.MapEntry' label: LABEL_REPEATED }"
                        + " nested_type { name: 'MapEntry' options { map_entry: true } " + fields + " } }",
                file);
        file.getMessageTypeBuilder(0)
                .addField(FieldDescriptorProto.newBuilder()
                        .setName("holder")
                        .setJsonName("holder")
                        .setNumber(6)
                        .setType(FieldDescriptorProto.Type.TYPE_MESSAGE)
                        .setTypeName(".test.Holder")
                        .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL));
        return this;
    }

    TestSet importing(String name) {
        file.addDependency(name);
        return this;
    }

    TestSet with(FileDescriptorProto another) {
        more.add(another);
        return this;
    }

    byte[] bytes() {
        return FileDescriptorSet.newBuilder()
                .addFile(file.clone().addService(service))
                .addAllFile(more)
                .build()
                .toByteArray();
    }

    ServiceDescriptors descriptors() {
        return ServiceDescriptors.of("test.binpb", bytes());
    }
}
