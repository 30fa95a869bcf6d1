/** The description of the gateway's API, and the pages that show it. */
@NullMarked
package io.tollgate.runner.docs;

import org.jspecify.annotations.NullMarked;
