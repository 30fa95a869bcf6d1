package io.tollgate.runner.auth;

import java.util.OptionalInt;

/**
 * The numbers of keys that verify tokens.
 *
 * @param own that the configuration gives, and that have not retired
 * @param published of a URL, as far as they are known: none before they could be fetched, and none when the last good ones
 *     are too old; empty where there is no URL
 */
public record KeyState(int own, OptionalInt published) {}
