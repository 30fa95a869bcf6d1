/** The gateway as programs see it that share no code with it: curl, openssl and h2load, from Debian's packages. */
@NullMarked
package io.tollgate.examples.clients;

import org.jspecify.annotations.NullMarked;
