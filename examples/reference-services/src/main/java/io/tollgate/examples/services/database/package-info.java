/** Plain JDBC on an embedded H2 with a pool. */
@NullMarked
package io.tollgate.examples.services.database;

import org.jspecify.annotations.NullMarked;
