/**
 * What the live page shows: {@link io.tollgate.runner.admin.live.Traffic} counts requests as they pass,
 * {@link io.tollgate.runner.admin.live.LiveFeed} makes a sample of it every second.
 */
@NullMarked
package io.tollgate.runner.admin.live;

import org.jspecify.annotations.NullMarked;
