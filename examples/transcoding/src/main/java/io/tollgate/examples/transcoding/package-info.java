/** A gRPC service with HTTP annotations, behind the gateway. */
@NullMarked
package io.tollgate.examples.transcoding;

import org.jspecify.annotations.NullMarked;
