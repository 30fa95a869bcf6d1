/** User and order gateways over gRPC, and the generated messages and stubs they speak. */
module io.tollgate.grpc {
    requires static transitive org.jspecify;
    requires transitive com.google.common;
    requires transitive com.google.protobuf;
    requires transitive io.grpc;
    requires transitive io.grpc.protobuf;
    requires transitive io.grpc.stub;
    requires transitive io.tollgate.api;
    requires org.slf4j;
    requires proto.google.common.protos;
    requires io.github.resilience4j.circuitbreaker;
    requires io.github.resilience4j.core;

    exports io.tollgate.grpc;
    exports io.tollgate.grpc.order;
    exports io.tollgate.grpc.user;
}
