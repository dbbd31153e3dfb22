package firstlight.server.api;

import firstlight.database.ChangedMeanwhile;
import firstlight.database.Database;
import firstlight.server.access.Caller;
import firstlight.server.access.Permission;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From a request to its route: what exists, who may, which fields are known, and whether it is still what the caller saw. */
final class Router {
    private final List<Route> routes;
    private final Database database;

    Router(Collection<Route> routes, Database database) {
        this.database = database;
        this.routes = routes.stream()
                .sorted(Comparator.comparingLong(Route::variables))
                .toList();
    }

    List<Route> routes() {
        return routes;
    }

    /** @param variables of the template, by name */
    record Found(Route route, Map<String, String> variables) {}

    /** @throws ApiProblem 404 for a path that is none, 405 with what it knows for another method */
    Found find(String method, List<String> segments) throws ApiProblem {
        List<Found> here = routes.stream()
                .flatMap(route -> route.match(segments).map(variables -> new Found(route, variables)).stream())
                .toList();
        Optional<Found> found =
                here.stream().filter(each -> each.route.method().equals(method)).findFirst();
        if (found.isPresent()) {
            return found.get();
        }
        String path = "/api/" + String.join("/", segments);
        if (here.isEmpty()) {
            throw ApiProblem.of(
                    ProblemKind.NO_SUCH_REQUEST,
                    "there is nothing at " + path,
                    "/api/openapi.yaml tells what there is");
        }
        throw ApiProblem.of(
                ProblemKind.WRONG_METHOD,
                path + " knows no " + method,
                "allowed: "
                        + String.join(
                                ", ",
                                here.stream().map(each -> each.route.method()).toList()));
    }

    /** @throws ApiProblem 401 for nobody, 403 for somebody whose role may not */
    static void admit(Route route, Optional<Caller> caller) throws ApiProblem {
        if (route.permission() == Permission.NONE) {
            return;
        }
        if (caller.isEmpty()) {
            throw ApiProblem.of(
                    ProblemKind.NOT_SIGNED_IN,
                    "token or session is missing, wrong or over",
                    "on the server's host: run as root; elsewhere: firstlight sign-in");
        }
        if (!caller.get().may(route.permission())) {
            throw ApiProblem.of(
                    ProblemKind.FORBIDDEN,
                    "a " + Words.of(caller.get().role()) + " may not do that",
                    route.permission() == Permission.ACT
                            ? "ask a technician or an administrator"
                            : "ask an administrator");
        }
    }

    /**
     * With If-Match (RFC 9110 13.1.1) the tag is compared twice: at once,
     * which spares the work, and in the transaction of the first write.
     */
    Answer answer(Route route, Request request) throws ApiProblem, IOException {
        request.refuseUnknown(route);
        if (route.method().equals("GET")) {
            Answer answer = route.handler().answer(request);
            return answer.octets().isPresent() ? answer : answer.with("ETag", Tag.of(answer));
        }
        Optional<String> expected = request.origin().ifMatch();
        if (expected.isEmpty()) {
            return route.handler().answer(request);
        }
        Runnable check = () -> refuseOther(expected.get(), route, request);
        try {
            current(route, request); // a path of which nothing can be read is told so, and what is not there
            check.run();
            return database.<Answer, Exception>provided(
                    check, () -> route.handler().answer(request));
        } catch (ChangedMeanwhile e) {
            throw ApiProblem.of(
                    ProblemKind.CHANGED_MEANWHILE,
                    "it is no longer what you saw (If-Match)",
                    "read it again, then change it");
        } catch (ApiProblem | IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e); // routes throw nothing else
        }
    }

    /** @param expected tags with commas between, or {@code *} for "as long as it is there" */
    private void refuseOther(String expected, Route route, Request request) {
        try {
            if (!expected.equals("*") && !List.of(expected.split(" *, *")).contains(current(route, request))) {
                throw new ChangedMeanwhile();
            }
        } catch (ApiProblem gone) {
            throw new ChangedMeanwhile();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The tag of what a GET of the same path answers. */
    private String current(Route route, Request request) throws ApiProblem, IOException {
        for (Route twin : routes) {
            if (twin.method().equals("GET") && twin.template().equals(route.template())) {
                return Tag.of(twin.handler().answer(request));
            }
        }
        throw ApiProblem.of(ProblemKind.NOT_UNDERSTOOD, "If-Match means nothing here", "leave it out");
    }
}
