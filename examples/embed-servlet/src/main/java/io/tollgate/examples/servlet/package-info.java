/** The filter of {@code gateway-servlet} in front of servlets. */
@NullMarked
package io.tollgate.examples.servlet;

import org.jspecify.annotations.NullMarked;
