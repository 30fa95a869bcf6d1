/** The table of the gateway's own routes, which the router, the configuration, policies and the API description read. */
@NullMarked
package io.tollgate.runner.routes;

import org.jspecify.annotations.NullMarked;
