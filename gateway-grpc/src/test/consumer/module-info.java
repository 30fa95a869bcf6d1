/** A module of somebody who uses gateway-grpc. */
module consumer {
    requires io.tollgate.grpc;
    requires io.tollgate.proto;
}
