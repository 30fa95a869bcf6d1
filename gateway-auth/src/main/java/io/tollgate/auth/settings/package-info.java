/** Checks of the settings that builders are given. Not exported. */
@NullMarked
package io.tollgate.auth.settings;

import org.jspecify.annotations.NullMarked;
