package firstlight.server.api;

import firstlight.database.Alarm;
import firstlight.database.AlarmStore;
import firstlight.server.access.Permission;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** {@code /alarms}: what a person must look at. */
final class AlarmRoutes {
    private final AlarmStore alarms;
    private final DeviceFinder finder;
    private final Acts acts;

    AlarmRoutes(AlarmStore alarms, DeviceFinder finder, Acts acts) {
        this.alarms = alarms;
        this.finder = finder;
        this.acts = acts;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/alarms", Permission.SEE, this::list).query("all", "limit"),
                Route.delete("/alarms/{alarm}", Permission.ACT, this::dismiss));
    }

    private Answer list(Request request) throws ApiProblem {
        int limit = request.limit(200, 5000);
        return Answer.ok(Json.items(request.flag("all") ? alarms.all(limit) : alarms.open(limit), this::view));
    }

    private Answer dismiss(Request request) throws ApiProblem {
        String cure = "see firstlight alarm list";
        long number = request.number("alarm", "alarm", cure);
        if (!alarms.dismiss(number, request.caller().name())) {
            throw ApiProblem.notFound("there is no open alarm " + number, cure);
        }
        acts.record(request, "alarm.dismiss", List.of(), "alarm " + number);
        return Answer.nothing();
    }

    private ObjectNode view(Alarm alarm) {
        return Json.object()
                .put("alarm", alarm.id())
                .put("device", alarm.device() == 0 ? "" : finder.name(alarm.device()))
                .put("text", alarm.text())
                .put("first", alarm.first().toString())
                .put("last", alarm.last().toString())
                .put("times", alarm.times())
                .put("dismissedBy", alarm.dismissedBy());
    }
}
