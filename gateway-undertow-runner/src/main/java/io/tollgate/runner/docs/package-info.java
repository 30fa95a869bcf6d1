/** What the gateway says of its API: the description, and the page that shows it and tries it out. */
@NullMarked
package io.tollgate.runner.docs;

import org.jspecify.annotations.NullMarked;
