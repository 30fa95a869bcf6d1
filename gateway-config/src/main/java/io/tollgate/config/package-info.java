/**
 * Typed settings from a YAML or HOCON file and environment variables, with all mistakes reported at once: {@link
 * io.tollgate.config.ConfigReader} reads {@link io.tollgate.config.ConfigKey}s into {@link io.tollgate.config.ConfigValues}.
 */
@NullMarked
package io.tollgate.config;

import org.jspecify.annotations.NullMarked;
