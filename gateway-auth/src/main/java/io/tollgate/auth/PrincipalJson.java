package io.tollgate.auth;

import com.nimbusds.jose.util.JSONObjectUtils;
import io.tollgate.api.Principal;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;

/** Writes a principal as text, which a store keeps until the next access token is issued. */
final class PrincipalJson {
    private PrincipalJson() {}

    static String write(Principal principal) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("user_id", principal.userId());
        object.put("scopes", new ArrayList<>(principal.scopes()));
        object.put("roles", new ArrayList<>(principal.roles()));
        object.put("claims", principal.claims());
        return JSONObjectUtils.toJSONString(object);
    }

    /**
     * Reads a principal.
     *
     * @throws IllegalStateException if {@link #write} has not written the text
     */
    static Principal read(String json) {
        try {
            Map<String, Object> object = JSONObjectUtils.parse(json);
            return new Principal(
                    JSONObjectUtils.getString(object, "user_id"),
                    new LinkedHashSet<>(JSONObjectUtils.getStringList(object, "scopes")),
                    new LinkedHashSet<>(JSONObjectUtils.getStringList(object, "roles")),
                    JSONObjectUtils.getJSONObject(object, "claims"));
        } catch (ParseException | RuntimeException e) {
            throw new IllegalStateException(
                    "principal: not readable (expected: the text that was given to the refresh-token store)", e);
        }
    }
}
