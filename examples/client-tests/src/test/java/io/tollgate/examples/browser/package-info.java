/** The pages of the gateway, opened and clicked in a real browser: Debian's Chromium, without a window. */
@NullMarked
package io.tollgate.examples.browser;

import org.jspecify.annotations.NullMarked;
