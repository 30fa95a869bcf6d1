/** The cost of issuing and verifying access tokens. */
@NullMarked
package io.tollgate.examples.benchmarks.token;

import org.jspecify.annotations.NullMarked;
