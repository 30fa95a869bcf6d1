/**
 * The operators' port: {@link io.tollgate.runner.admin.AdminPort} answers with health, measures, configuration, log levels
 * and the live page.
 */
@NullMarked
package io.tollgate.runner.admin;

import org.jspecify.annotations.NullMarked;
