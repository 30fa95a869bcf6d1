/** What both services share around their methods: the gRPC server, its interceptors, and the threads that may block. */
@NullMarked
package io.tollgate.examples.services.server;

import org.jspecify.annotations.NullMarked;
