/** The same gRPC service over HTTP by the transcoder, and by those of others. */
@NullMarked
package io.tollgate.examples.benchmarks.transcoding;

import org.jspecify.annotations.NullMarked;
