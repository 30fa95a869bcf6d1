/**
 * The pages that people see of a server: {@link io.tollgate.operations.OperatorPages} for operators,
 * {@link io.tollgate.operations.ApiPages} for developers. Both are endpoints for any server.
 */
@NullMarked
package io.tollgate.operations;

import org.jspecify.annotations.NullMarked;
