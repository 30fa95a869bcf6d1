/** The messages and stubs of the user service and the order service, generated from the {@code .proto} files in this jar. */
module io.tollgate.proto {
    requires transitive com.google.common;
    requires transitive com.google.protobuf;
    requires transitive io.grpc;
    requires transitive io.grpc.stub;
    requires io.grpc.protobuf;

    exports io.tollgate.grpc.order;
    exports io.tollgate.grpc.user;
}
