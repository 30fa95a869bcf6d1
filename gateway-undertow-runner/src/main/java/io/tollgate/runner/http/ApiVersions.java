package io.tollgate.runner.http;

import static java.time.ZoneOffset.UTC;
import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which routes of which version of the API there are, since when, and how long still; what answers say of that comes from
 * here. Dates announce and do nothing: a route goes when a release takes it out of the table, never because a day has come,
 * for that would be an outage by calendar. Immutable.
 */
public final class ApiVersions {
    static final String REGISTER = "/api/v1/users/register";
    static final String LOGIN = "/api/v1/users/login";
    static final String REFRESH = "/api/v1/users/refresh";
    static final String LOGOUT = "/api/v1/users/logout";
    static final String PURCHASE = "/api/v1/tickets/{event_id}/purchase";
    static final String FORMER_PURCHASE = "/api/v1/orders/{event_id}/purchase";

    /** The table. The path that is older than its successor comes first. */
    private static final List<Entry> TABLE = List.of(
            new Entry(FORMER_PURCHASE, "0.1.0").deprecated(LocalDate.of(2026, 1, 1), PURCHASE),
            new Entry(PURCHASE, "0.1.0"),
            new Entry(REGISTER, "0.1.0"),
            new Entry(LOGIN, "0.1.0"),
            new Entry(REFRESH, "0.1.0"),
            new Entry(LOGOUT, "0.1.0"));

    private static final String PREFIX = "/api/";

    /** RFC 9110, section 5.6.7. */
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    private final Map<String, Notice> notices = new HashMap<>();

    /**
     * The table with what an operator has decided.
     *
     * @param sunsets for deprecated routes, by template, the day of their removal, in place of the table's
     * @param documentation the path of a page that says more, if there is one
     */
    public ApiVersions(Map<String, LocalDate> sunsets, Optional<String> documentation) {
        for (Entry entry : TABLE) {
            entry.deprecated().ifPresent(since -> {
                Optional<LocalDate> sunset =
                        Optional.ofNullable(sunsets.get(entry.template())).or(entry::removed);
                notices.put(entry.template(), Notice.of(since, sunset, entry.successor(), documentation));
            });
        }
    }

    /**
     * A route of the API.
     *
     * @param since the release that has it first
     * @param deprecated the day from which it should not be used any more
     * @param removed the day of its removal, where a release has announced one; an operator may announce another
     * @param successor the template of the route to use instead
     */
    public record Entry(
            String template,
            String since,
            Optional<LocalDate> deprecated,
            Optional<LocalDate> removed,
            Optional<String> successor) {
        public Entry {
            requireNonNull(template, "template");
            requireNonNull(since, "since");
            requireNonNull(deprecated, "deprecated");
            requireNonNull(removed, "removed");
            requireNonNull(successor, "successor");
        }

        Entry(String template, String since) {
            this(template, since, Optional.empty(), Optional.empty(), Optional.empty());
        }

        Entry deprecated(LocalDate from, String newTemplate) {
            return new Entry(template, since, Optional.of(from), removed, Optional.of(newTemplate));
        }

        /** The version, as the path has it: {@code v1}. */
        public String version() {
            return template.substring(PREFIX.length(), template.indexOf('/', PREFIX.length()));
        }
    }

    /** All of them. Unmodifiable. */
    public static List<Entry> table() {
        return TABLE;
    }

    /** Has the answer say that its route is on its way out, if it is: RFC 9745, RFC 8594, RFC 5829. */
    void announce(Request request, RouteMatch match) {
        Route route = match.route();
        Notice notice = route == null ? null : notices.get(route.template());
        if (notice != null) {
            request.owe("Deprecation", notice.deprecation());
            notice.sunset().ifPresent(date -> request.owe("Sunset", date));
            request.owe("Link", Route.expand(notice.links(), match.parameter()));
        }
    }

    /** Why there is nothing at {@code path}, as far as versions are concerned. */
    static String whyNothing(String path) {
        if (path.matches("/api/v\\d{1,4}/.*")) {
            String asked = path.substring(PREFIX.length(), path.indexOf('/', PREFIX.length()));
            TreeSet<String> versions = new TreeSet<>();
            TABLE.forEach(entry -> versions.add(entry.version()));
            if (!versions.contains(asked)) {
                return "There is no version " + asked + " of this API; there is " + String.join(", ", versions) + ".";
            }
        }
        return "There is nothing at this path.";
    }

    /**
     * The headers of a deprecated route.
     *
     * @param links with the parameter of the successor's template still in it
     */
    private record Notice(String deprecation, Optional<String> sunset, String links) {
        static Notice of(
                LocalDate since, Optional<LocalDate> sunset, Optional<String> successor, Optional<String> page) {
            List<String> links = new ArrayList<>();
            successor.ifPresent(template -> links.add("<" + template + ">; rel=\"successor-version\""));
            page.ifPresent(path -> links.add("<" + path + ">; rel=\"deprecation\""));
            page.filter(path -> sunset.isPresent()).ifPresent(path -> links.add("<" + path + ">; rel=\"sunset\""));
            return new Notice(
                    "@" + since.atStartOfDay().toEpochSecond(UTC),
                    sunset.map(day -> HTTP_DATE.format(day.atStartOfDay())),
                    String.join(", ", links));
        }
    }
}
