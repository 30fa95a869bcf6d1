/** JSON of untrusted origin. Not exported. */
@NullMarked
package io.tollgate.auth.json;

import org.jspecify.annotations.NullMarked;
