package io.tollgate.runner.http;

import static java.time.ZoneOffset.UTC;

import io.tollgate.runner.routes.ApiRoute;
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
 * Announces in responses that their route is deprecated, and until when it stays. Dates announce and do nothing: a route goes
 * when a release takes it out of the table, never because a day has come, for that would be an outage by calendar. Immutable.
 */
public final class ApiVersions {
    private static final String PREFIX = "/api/";

    /** RFC 9110, section 5.6.7. */
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    private final Map<String, Notice> notices = new HashMap<>();

    /**
     * Creates the announcements.
     *
     * @param sunsets for deprecated routes, by template, the announced day of their removal
     * @param documentation the path of a page that says more, if there is one
     */
    public ApiVersions(Map<String, LocalDate> sunsets, Optional<String> documentation) {
        for (ApiRoute route : ApiRoute.values()) {
            route.deprecation().ifPresent(deprecation -> {
                Optional<LocalDate> sunset = Optional.ofNullable(sunsets.get(route.template()));
                notices.put(route.template(), Notice.of(deprecation, sunset, documentation));
            });
        }
    }

    /** Adds to the response that its route is deprecated, if it is: RFC 9745, RFC 8594, RFC 5829. */
    void announce(Request request, RouteMatch match) {
        Route route = match.route();
        Notice notice = route == null ? null : notices.get(route.template().toString());
        if (route != null && notice != null) {
            request.exchange().owe("Deprecation", notice.deprecation());
            notice.sunset().ifPresent(date -> request.exchange().owe("Sunset", date));
            request.exchange().owe("Link", route.template().fill(notice.links(), match.parameters()));
        }
    }

    /** Returns why there is nothing at {@code path}, as far as versions are concerned. */
    static String whyNothing(String path) {
        if (path.matches("/api/v\\d{1,4}/.*")) {
            String asked = path.substring(PREFIX.length(), path.indexOf('/', PREFIX.length()));
            TreeSet<String> versions = new TreeSet<>();
            for (ApiRoute route : ApiRoute.values()) {
                route.version().ifPresent(versions::add);
            }
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
        static Notice of(ApiRoute.Deprecation deprecation, Optional<LocalDate> sunset, Optional<String> page) {
            List<String> links = new ArrayList<>();
            links.add("<" + deprecation.successor().template() + ">; rel=\"successor-version\"");
            page.ifPresent(path -> links.add("<" + path + ">; rel=\"deprecation\""));
            page.filter(path -> sunset.isPresent()).ifPresent(path -> links.add("<" + path + ">; rel=\"sunset\""));
            return new Notice(
                    "@" + deprecation.since().atStartOfDay().toEpochSecond(UTC),
                    sunset.map(day -> HTTP_DATE.format(day.atStartOfDay())),
                    String.join(", ", links));
        }
    }
}
