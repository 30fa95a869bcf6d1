/**
 * Tollgate in a Spring Boot application, without Java: {@link io.tollgate.spring.boot.TollgateAutoConfiguration} guards all
 * requests of a servlet or reactive web application as {@link io.tollgate.spring.boot.TollgateProperties} describe it.
 */
@NullMarked
package io.tollgate.spring.boot;

import org.jspecify.annotations.NullMarked;
