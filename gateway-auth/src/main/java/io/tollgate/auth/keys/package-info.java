/**
 * Signing keys and where they come from.
 *
 * <ul>
 *   <li>{@link io.tollgate.auth.keys.TokenKey}: a key, and the one {@link io.tollgate.auth.keys.SignatureAlgorithm} that it is
 *       used with.
 *   <li>{@link io.tollgate.auth.keys.KeySet}: the keys that are valid at one moment.
 *   <li>{@link io.tollgate.auth.keys.KeySource}: the source of such sets. There are sources of {@linkplain
 *       io.tollgate.auth.keys.KeySource#fixed(io.tollgate.auth.keys.TokenKey...) fixed keys}, of {@linkplain
 *       io.tollgate.auth.keys.LocalKeys keys that the application sets}, of {@linkplain io.tollgate.auth.keys.FileKeys files},
 *       of {@linkplain io.tollgate.auth.keys.RemoteKeys a JWK set at a URL}, and of {@linkplain
 *       io.tollgate.auth.keys.KeySource#all several sources together}. A {@link io.tollgate.auth.keys.KeyQuery} says which key
 *       is wanted.
 * </ul>
 *
 * <p>To rotate a signing key without rejecting a valid token:
 *
 * <ol>
 *   <li>add the new key behind the old one, and wait until every verifier has the new set;
 *   <li>move it to the first place: it signs from now on;
 *   <li>wait for the lifetime of an access token, and the clock skew;
 *   <li>remove the old key.
 * </ol>
 *
 * <p>Remove a key that has leaked at once; every token that it signed is rejected from then on, cached or not.
 */
@NullMarked
package io.tollgate.auth.keys;

import org.jspecify.annotations.NullMarked;
