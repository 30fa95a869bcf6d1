/**
 * Exposes gRPC services over HTTP and JSON, from their descriptors: {@link io.tollgate.grpc.transcoding.Transcoder} is an endpoint
 * for any server, {@link io.tollgate.grpc.transcoding.ServiceDescriptors} are what it needs to know of a service, and {@link
 * io.tollgate.grpc.transcoding.MethodRule} are settings of single methods.
 *
 * <pre>{@code
 * Transcoder library = Transcoder.builder(upstream)
 *         .descriptors(ServiceDescriptors.read(Path.of("library.binpb")))
 *         .build();
 * }</pre>
 */
@NullMarked
package io.tollgate.grpc.transcoding;

import org.jspecify.annotations.NullMarked;
