/** Each module by itself, inside a service that already has a server. The README quotes this code. */
@NullMarked
package io.tollgate.examples.embed;

import org.jspecify.annotations.NullMarked;
