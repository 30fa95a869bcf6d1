/** An interceptor for gRPC servers that authenticates and limits their calls. */
module io.tollgate.grpc.server {
    requires static transitive org.jspecify;
    requires transitive io.grpc;
    requires transitive io.tollgate.api;
    requires io.tollgate.grpc;
    requires org.slf4j;

    exports io.tollgate.grpc.server;
}
