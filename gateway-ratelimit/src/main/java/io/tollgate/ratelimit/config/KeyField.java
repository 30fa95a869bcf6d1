package io.tollgate.ratelimit.config;

import io.tollgate.ratelimit.KeySelector;
import java.util.List;
import java.util.Optional;

/** Reads bucket keys: one part, or several that are joined. */
final class KeyField {
    static final Scalar<Part> PART = new Scalar<>(
            "user_or_address, user, address, certificate, account, route, global, header:<name> or claim:<name>",
            KeyField::part);

    private static final Scalar<String> HEADER = Scalar.matching("", "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}");
    private static final Scalar<String> CLAIM = Scalar.text(256);

    private KeyField() {}

    /**
     * A part of a bucket key.
     *
     * @param text the text of the configuration
     * @param inBody true if the part comes from the body
     */
    record Part(String text, KeySelector selector, boolean inBody) {
        @Override
        public boolean equals(Object o) {
            return o instanceof Part other && text.equals(other.text);
        }

        @Override
        public int hashCode() {
            return text.hashCode();
        }
    }

    static List<Part> read(Place section, String field) {
        return section.list(field, PART.expected(), PART);
    }

    static Optional<KeySelector> joined(List<Part> parts) {
        return parts.stream().map(Part::selector).reduce(KeySelector::and);
    }

    private static Part part(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? "" : text.substring(colon + 1);
        return switch (colon < 0 ? text : text.substring(0, colon + 1)) {
            case "user" -> new Part(text, KeySelector.user(), false);
            case "user_or_address" -> new Part(text, KeySelector.userOrAddress(), false);
            case "address" -> new Part(text, KeySelector.address(), false);
            case "certificate" -> new Part(text, KeySelector.certificate(), false);
            case "route" -> new Part(text, KeySelector.route(), false);
            case "global" -> new Part(text, KeySelector.global(), false);
            case "account" -> new Part(text, KeySelector.attribute("account"), true);
            case "header:" -> new Part(text, KeySelector.header(HEADER.parse(name)), false);
            case "claim:" -> new Part(text, KeySelector.claim(CLAIM.parse(name)), false);
            default -> throw new IllegalArgumentException();
        };
    }
}
