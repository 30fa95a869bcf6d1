/** Calls of gRPC services with deadline, retries and circuit breaker, and the user and order gateways over them. */
module io.tollgate.grpc {
    requires static transitive org.jspecify;
    requires transitive io.grpc;
    requires transitive io.tollgate.api;
    requires com.google.protobuf;
    requires io.grpc.util;
    requires io.tollgate.proto;
    requires org.slf4j;
    requires proto.google.common.protos;

    exports io.tollgate.grpc;
    exports io.tollgate.grpc.transcoding;
}
