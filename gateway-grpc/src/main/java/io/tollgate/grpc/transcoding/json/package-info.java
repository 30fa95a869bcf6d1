/**
 * Codecs between ProtoJSON and the wire format of protobuf, compiled from descriptors. Not exported: the transcoder is the only
 * user. {@link io.tollgate.grpc.transcoding.json.Codecs} is the entry point; {@link
 * io.tollgate.grpc.transcoding.json.RequestMessage} composes a request of a body and fields set by path, query and identity.
 */
@NullMarked
package io.tollgate.grpc.transcoding.json;

import org.jspecify.annotations.NullMarked;
