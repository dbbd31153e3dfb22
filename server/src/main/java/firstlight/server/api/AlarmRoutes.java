package firstlight.server.api;

import firstlight.database.Alarm;
import firstlight.database.AlarmStore;
import firstlight.policy.Device;
import firstlight.server.access.Caller;
import firstlight.server.access.Permission;
import java.util.List;
import java.util.Optional;
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
        int limit = request.limit(200, 10_000);
        return Answer.ok(Json.items(request.flag("all") ? alarms.all(limit) : alarms.open(limit), this::view));
    }

    /** Of two persons the second is told that there is no such open alarm. */
    private Answer dismiss(Request request) throws ApiProblem {
        String cure = "see firstlight alarm list";
        long number = request.number("alarm", "alarm", cure);
        Optional<Alarm> alarm = alarms.find(number);
        if (alarm.isPresent()) {
            reached(alarm.get(), request.caller());
        }
        if (!alarms.dismiss(number, request.caller().name())) {
            throw ApiProblem.notFound("there is no open alarm " + number, cure);
        }
        acts.record(
                request,
                "alarm.dismiss",
                alarm.map(Alarm::device).filter(device -> device != 0).stream().toList(),
                "alarm " + number + alarm.map(each -> ": " + each.text()).orElse(""));
        return Answer.nothing();
    }

    /** It is gone for everybody then. Of a device that is gone nobody misses it. */
    private void reached(Alarm alarm, Caller caller) throws ApiProblem {
        if (alarm.device() == 0 && caller.isLimited()) {
            throw ApiProblem.of(ProblemKind.FORBIDDEN, "this alarm is the server's own", "ask an administrator");
        }
        Optional<Device> device = finder.find(Long.toString(alarm.device()));
        if (device.isPresent()) {
            finder.reached(device.get(), caller);
        }
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
