/** The costs of converting between JSON and the wire format of protobuf. */
@NullMarked
package io.tollgate.examples.benchmarks.codec;

import org.jspecify.annotations.NullMarked;
