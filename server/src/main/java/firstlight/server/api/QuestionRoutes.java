package firstlight.server.api;

import firstlight.database.ChangedMeanwhile;
import firstlight.database.DeviceStore;
import firstlight.database.PolicyStore;
import firstlight.database.QuestionStore;
import firstlight.model.MacAddress;
import firstlight.policy.Device;
import firstlight.policy.IdentityKey;
import firstlight.policy.Question;
import firstlight.server.access.Permission;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /questions}: which device is this? And {@code /shared-adapters}: MACs that tell nothing. */
final class QuestionRoutes {
    private static final String CURE = "see firstlight device questions";

    private final QuestionStore questions;
    private final DeviceStore devices;
    private final PolicyStore records;
    private final DeviceFinder finder;
    private final Acts acts;

    QuestionRoutes(QuestionStore questions, DeviceStore devices, PolicyStore records, DeviceFinder finder, Acts acts) {
        this.questions = questions;
        this.devices = devices;
        this.records = records;
        this.finder = finder;
        this.acts = acts;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/questions", Permission.SEE, this::list),
                Route.post("/questions/{question}/answer", Permission.ACT, this::answer)
                        .fields("device", "new"),
                Route.get("/shared-adapters", Permission.SEE, this::adapters),
                Route.put("/shared-adapters/{mac}", Permission.ADMINISTER, request -> share(request, true)),
                Route.delete("/shared-adapters/{mac}", Permission.ADMINISTER, request -> share(request, false)));
    }

    private Answer list(Request request) {
        return Answer.ok(Json.items(questions.open(), this::view));
    }

    /** 409 for a question that was answered, for a device that it is not about, and where one of them is gone. */
    private Answer answer(Request request) throws ApiProblem {
        Body body = request.body();
        long number = request.number("question", "question", CURE);
        Question question =
                questions.find(number).orElseThrow(() -> ApiProblem.notFound("there is no question " + number, CURE));
        boolean isNew = body.flag("new", false);
        if (isNew == body.has("device")) {
            throw ApiProblem.missing(isNew ? "either 'new' or 'device', not both" : "device");
        }
        Optional<Device> device = isNew
                ? Optional.empty()
                : Optional.of(finder.reached(finder.one(body.text("device")), request.caller()));
        Optional<Device> asked = devices.find(question.asked());
        if (device.isPresent()
                && device.get().id() != question.asked()
                && !question.candidates().contains(device.get().id())) {
            throw ApiProblem.conflict(
                    "question " + number + " is not about '" + device.get().name() + "'", CURE);
        }
        if (asked.isPresent()) { // it may go, and its work with it
            finder.reached(asked.get(), request.caller());
        }
        // A new device is in no group, so it would be in none of his.
        if (isNew && request.caller().isLimited()) {
            throw ApiProblem.of(ProblemKind.FORBIDDEN, "a technician may not register devices", "ask an administrator");
        }
        Question.Answer said =
                device.isPresent() ? new Question.Answer.Is(device.get().id()) : new Question.Answer.New();
        // What was answered is kept as marks: the next boot recognises them. With the answer, or a question that is
        // answered
        // could leave both devices as they were.
        Optional<Device> about = device.or(() -> asked);
        Optional<Question> answered;
        try {
            answered = devices.together(() -> carriedOut(question, said, about, request.now()));
        } catch (ChangedMeanwhile e) {
            throw ApiProblem.conflict(
                    "a device of question " + number + " is gone meanwhile, so nothing was done", CURE);
        }
        if (answered.isEmpty()) {
            throw ApiProblem.conflict("question " + number + " was answered already", CURE);
        }
        acts.record(
                request,
                "question.answer",
                device.map(each -> List.of(each.id())).orElse(List.of()),
                "question " + number + ": "
                        + device.map(each -> "it is '" + each.name() + "'").orElse("a new device"));
        return Answer.ok(view(answered.get()));
    }

    /** Empty when it was answered already. */
    private Optional<Question> carriedOut(
            Question question, Question.Answer said, Optional<Device> about, Instant now) {
        Optional<Question> answered = questions.answer(question.id(), said);
        if (answered.isPresent()
                && devices.settle(question.outcome(said, about, now), now).isEmpty()) {
            throw new ChangedMeanwhile();
        }
        return answered;
    }

    private Answer adapters(Request request) {
        List<String> macs = records.book().sharedAdapters().stream()
                .map(MacAddress::toString)
                .sorted()
                .toList();
        ObjectNode node = Json.object();
        node.set("items", Json.texts(macs));
        return Answer.ok(node);
    }

    /** @param shared whether it is put on the list; one that is there already is no error */
    private Answer share(Request request, boolean shared) throws ApiProblem {
        String text = request.variable("mac");
        MacAddress mac;
        try {
            mac = MacAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw ApiProblem.notAllowed("mac", "'" + text + "' is no MAC address", "write it like 52:54:00:12:34:56");
        }
        if (!records.setSharedAdapter(mac, shared) && !shared) {
            throw ApiProblem.notFound("'" + mac + "' is not a shared adapter", "see firstlight device adapters");
        }
        acts.record(request, shared ? "adapter.add" : "adapter.remove", List.of(), mac.toString());
        return adapters(request);
    }

    private ObjectNode view(Question question) {
        ObjectNode node = Json.object()
                .put("question", question.id())
                .put("opened", question.opened().toString())
                .put("lastSeen", question.lastSeen().toString());
        ArrayNode shown = node.putArray("shown");
        question.shown().stream()
                .sorted(Comparator.comparing(IdentityKey::kind))
                .forEach(mark -> shown.add(Words.of(mark.kind()) + " " + mark.value()));
        node.set(
                "candidates",
                Json.texts(question.candidates().stream().map(finder::name).toList()));
        node.set("why", Json.texts(question.why()));
        question.answer()
                .ifPresent(answer -> node.put(
                        "answer",
                        switch (answer) {
                            case Question.Answer.Is(long device) -> finder.name(device);
                            case Question.Answer.New _ -> "new";
                        }));
        return node;
    }
}
